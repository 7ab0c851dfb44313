"""All tables of the first release. Frozen: what changes later stands in a later revision."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
create type uuid_range as range (subtype = uuid);

create table coordinator (
    id uuid not null,
    email text not null,
    name text not null,
    role text not null,
    language text not null,
    password_hash text,
    active boolean not null,
    epoch integer not null,
    revision integer not null,
    link_version integer not null,
    link_expires_at timestamptz,
    link_asked_at timestamptz,
    successor_id uuid,
    created_at timestamptz not null,
    last_login_at timestamptz,
    constraint pk_coordinator primary key (id),
    constraint ck_coordinator_role check (role in ('admin', 'coordinator', 'viewer')),
    constraint ck_coordinator_email_lower check (email = lower(email)),
    constraint uq_coordinator_email unique (email),
    constraint fk_coordinator_successor_id_coordinator foreign key (successor_id)
        references coordinator (id)
);

create table login_throttle (
    key text not null,
    failures integer not null,
    failed_at timestamptz not null,
    constraint pk_login_throttle primary key (key)
);
create index ix_login_throttle_failed_at on login_throttle (failed_at);

create table network (
    id uuid not null,
    slug text not null,
    name text not null,
    language text not null,
    time_zone text not null,
    contact_name text not null,
    contact_email text not null,
    contact_phone text not null,
    revision integer not null,
    created_at timestamptz not null,
    constraint pk_network primary key (id),
    constraint uq_network_slug unique (slug)
);

create table roster_check_in (
    attendee_id uuid not null,
    registration_id uuid not null,
    meeting_id uuid not null,
    checked_in_at timestamptz not null,
    constraint pk_roster_check_in primary key (attendee_id)
);
create index ix_roster_check_in_meeting_id on roster_check_in (meeting_id);
create index ix_roster_check_in_registration_id on roster_check_in (registration_id);

create table roster_entry (
    registration_id uuid not null,
    revision integer not null,
    meeting_id uuid not null,
    slot_id uuid not null,
    state text not null,
    living boolean not null,
    seats integer not null,
    company text not null,
    sort_key text not null,
    contact_name text not null,
    contact_email text,
    contact_phone text not null,
    attendees jsonb not null,
    mails integer not null,
    calendar_entries integer not null,
    on_behalf boolean not null,
    signed_up_at timestamptz not null,
    updated_at timestamptz not null,
    constraint pk_roster_entry primary key (registration_id)
);
create index ix_roster_entry_page
    on roster_entry (meeting_id, sort_key, registration_id) where living;
create index ix_roster_entry_slot_page
    on roster_entry (slot_id, sort_key, registration_id) where living;

create table api_token (
    id uuid not null,
    coordinator_id uuid not null,
    name text not null,
    created_at timestamptz not null,
    revoked_at timestamptz,
    constraint pk_api_token primary key (id),
    constraint fk_api_token_coordinator_id_coordinator foreign key (coordinator_id)
        references coordinator (id) on delete cascade
);
create index ix_api_token_coordinator_id on api_token (coordinator_id);
create index ix_api_token_revoked on api_token (coordinator_id) where revoked_at is not null;

create table coordinator_network (
    coordinator_id uuid not null,
    network_id uuid not null,
    constraint pk_coordinator_network primary key (coordinator_id, network_id),
    constraint fk_coordinator_network_coordinator_id_coordinator foreign key (coordinator_id)
        references coordinator (id) on delete cascade,
    constraint fk_coordinator_network_network_id_network foreign key (network_id)
        references network (id) on delete cascade
);

create table district (
    id uuid not null,
    network_id uuid not null,
    position integer not null,
    name text not null,
    postcodes text[] not null,
    constraint pk_district primary key (id),
    constraint fk_district_network_id_network foreign key (network_id)
        references network (id) on delete cascade
);
create index ix_district_network_id on district (network_id);

create table login_session (
    hash text not null,
    coordinator_id uuid not null,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    device text not null,
    constraint pk_login_session primary key (hash),
    constraint fk_login_session_coordinator_id_coordinator foreign key (coordinator_id)
        references coordinator (id) on delete cascade
);
create index ix_login_session_coordinator_id on login_session (coordinator_id);
create index ix_login_session_expires_at on login_session (expires_at);

create table series (
    id uuid not null,
    network_id uuid not null,
    name text not null,
    constraint pk_series primary key (id),
    constraint uq_series_network_id_name unique (network_id, name),
    constraint fk_series_network_id_network foreign key (network_id)
        references network (id) on delete cascade
);

create table venue (
    id uuid not null,
    network_id uuid not null,
    name text not null,
    street text not null,
    postcode text not null,
    city text not null,
    room text not null,
    arrival_note text not null,
    accessibility text not null,
    contact_name text not null,
    contact_email text not null,
    contact_phone text not null,
    created_at timestamptz not null,
    constraint pk_venue primary key (id),
    constraint fk_venue_network_id_network foreign key (network_id)
        references network (id) on delete cascade
);
create index ix_venue_network_id on venue (network_id);

create table meeting (
    id uuid not null,
    network_id uuid not null,
    series_id uuid,
    venue_id uuid not null,
    slug text not null,
    state text not null,
    title text not null,
    description text not null,
    focus_topic text not null,
    room text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    uses_from timestamptz not null,
    uses_until timestamptz not null,
    admission text not null,
    registration_opens_at timestamptz,
    registration_closes_at timestamptz,
    seats_per_company integer,
    approval boolean not null,
    waitlist text not null,
    revision integer not null,
    cancel_reason text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    published_at timestamptz,
    cancelled_at timestamptz,
    constraint pk_meeting primary key (id),
    constraint ck_meeting_state check (state in ('draft', 'published', 'cancelled')),
    constraint ck_meeting_admission check (admission in ('open', 'districts', 'invited')),
    constraint ck_meeting_waitlist check (waitlist in ('off', 'strict', 'fill')),
    constraint ck_meeting_span check (starts_at < ends_at),
    constraint ck_meeting_use check (uses_from <= starts_at and uses_until >= ends_at),
    constraint meeting_venue_in_use exclude using gist (
        uuid_range(venue_id, venue_id, '[]') with &&,
        tstzrange(uses_from, uses_until) with &&
    ) where (state <> 'cancelled'),
    constraint fk_meeting_network_id_network foreign key (network_id) references network (id),
    constraint fk_meeting_series_id_series foreign key (series_id) references series (id),
    constraint fk_meeting_venue_id_venue foreign key (venue_id) references venue (id),
    constraint uq_meeting_slug unique (slug)
);
create index ix_meeting_network_id_starts_at on meeting (network_id, starts_at);
create index ix_meeting_starts_at on meeting (starts_at);
create index ix_meeting_venue_id on meeting (venue_id);

create table agenda_item (
    id uuid not null,
    meeting_id uuid not null,
    position integer not null,
    starts_at timestamptz not null,
    title text not null,
    speaker text not null,
    constraint pk_agenda_item primary key (id),
    constraint fk_agenda_item_meeting_id_meeting foreign key (meeting_id)
        references meeting (id) on delete cascade
);
create index ix_agenda_item_meeting_id on agenda_item (meeting_id);

create table slot (
    id uuid not null,
    meeting_id uuid not null,
    label text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    capacity integer not null,
    confirmed_seats integer default '0' not null,
    held_seats integer default '0' not null,
    pending_seats integer default '0' not null,
    waitlisted_seats integer default '0' not null,
    companies integer default '0' not null,
    mails integer default '0' not null,
    calendar_entries integer default '0' not null,
    overbooked_by integer default '0' not null,
    overbooked_revision integer default '0' not null,
    constraint pk_slot primary key (id),
    constraint ck_slot_span check (starts_at < ends_at),
    constraint ck_slot_capacity check (capacity > 0),
    constraint fk_slot_meeting_id_meeting foreign key (meeting_id)
        references meeting (id) on delete cascade
);
create index ix_slot_meeting_id on slot (meeting_id);
"""

# The same in every service.
MESSAGING = """
create table inbox (
    event_id uuid not null,
    publisher text not null,
    name text not null,
    aggregate_id uuid not null,
    revision integer not null,
    correlation_id text not null,
    envelope jsonb not null,
    state text not null,
    attempts integer not null,
    due_at timestamptz not null,
    received_at timestamptz not null,
    done_at timestamptz,
    last_error text,
    constraint pk_inbox primary key (event_id),
    constraint ck_inbox_state check (state in ('new', 'done', 'parked', 'dropped'))
);
create index ix_inbox_done_at on inbox (done_at);
create index ix_inbox_due on inbox (due_at) where state = 'new';
create index ix_inbox_unfinished on inbox (aggregate_id, revision) where state in ('new', 'parked');

create table outbox_event (
    id uuid not null,
    name text not null,
    version integer not null,
    aggregate_id uuid not null,
    revision integer not null,
    occurred_at timestamptz not null,
    correlation_id text not null,
    payload jsonb not null,
    constraint pk_outbox_event primary key (id)
);
create index ix_outbox_event_aggregate_id on outbox_event (aggregate_id);

create table outbox_delivery (
    event_id uuid not null,
    subscriber text not null,
    state text not null,
    attempts integer default '0' not null,
    asks integer default '0' not null,
    due_at timestamptz not null,
    published_at timestamptz,
    received_at timestamptz,
    last_error text,
    constraint pk_outbox_delivery primary key (event_id, subscriber),
    constraint ck_outbox_delivery_state check (state in ('pending', 'published', 'received')),
    constraint fk_outbox_delivery_event_id_outbox_event foreign key (event_id)
        references outbox_event (id) on delete cascade
);
create index ix_outbox_delivery_open on outbox_delivery (state, due_at) where state <> 'received';
"""


def upgrade() -> None:
    """Create everything in an empty database."""
    op.execute(TABLES)
    op.execute(MESSAGING)
