"""All tables of the first release. Frozen: what changes later stands in a later revision."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
create table company (
    id uuid not null,
    name text not null,
    name_key text not null,
    sort_key text not null,
    postcode text not null,
    district text not null,
    created_at timestamptz not null,
    constraint pk_company primary key (id),
    constraint uq_company_name_key_postcode unique (name_key, postcode)
);
create index ix_company_sort_key on company (sort_key);

create table coordinator (
    id uuid not null,
    revision integer not null,
    name text not null,
    email text not null,
    role text not null,
    network_ids uuid[] not null,
    active boolean not null,
    epoch integer not null,
    revoked_token_ids uuid[] not null,
    constraint pk_coordinator primary key (id)
);

create table coordinator_visit (
    coordinator_id uuid not null,
    place text not null,
    seen_at timestamptz not null,
    seen_before_at timestamptz,
    constraint pk_coordinator_visit primary key (coordinator_id, place)
);

create table failing_address (
    email_key text not null,
    kind text not null,
    mail_id uuid not null,
    failed_at timestamptz not null,
    registration_id uuid,
    invitation_id uuid,
    constraint pk_failing_address primary key (email_key)
);
create index ix_failing_address_invitation_id on failing_address (invitation_id);
create index ix_failing_address_registration_id on failing_address (registration_id);

create table idempotency_key (
    key text not null,
    body_hash text not null,
    answer jsonb,
    created_at timestamptz not null,
    constraint pk_idempotency_key primary key (key)
);
create index ix_idempotency_key_created_at on idempotency_key (created_at);

create table legal_text (
    page text not null,
    language text not null,
    body text not null,
    updated_at timestamptz not null,
    updated_by uuid,
    constraint pk_legal_text primary key (page, language)
);

create table meeting (
    id uuid not null,
    revision integer not null,
    network_id uuid not null,
    slug text not null,
    state text not null,
    title text not null,
    description text not null,
    focus_topic text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    time_zone text not null,
    venue jsonb not null,
    agenda jsonb not null,
    admission text not null,
    registration_opens_at timestamptz,
    registration_closes_at timestamptz,
    seats_per_company integer,
    approval boolean not null,
    waitlist text not null,
    cancel_reason text default '' not null,
    constraint pk_meeting primary key (id)
);
create index ix_meeting_slug on meeting (slug);
create index ix_meeting_starts_at on meeting (starts_at);
create index ix_meeting_upcoming on meeting (network_id, starts_at);

create table network (
    id uuid not null,
    revision integer not null,
    slug text not null,
    name text not null,
    language text not null,
    time_zone text not null,
    contact_name text not null,
    contact_email text not null,
    contact_phone text not null,
    constraint pk_network primary key (id)
);
create index ix_network_slug on network (slug);

create table planned_mails (
    meeting_id uuid not null,
    revision integer not null,
    planned jsonb not null,
    constraint pk_planned_mails primary key (meeting_id)
);

create table company_domain (
    domain text not null,
    company_id uuid not null,
    verified_at timestamptz not null,
    constraint pk_company_domain primary key (domain),
    constraint fk_company_domain_company_id_company foreign key (company_id)
        references company (id) on delete cascade
);
create index ix_company_domain_company_id on company_domain (company_id);

create table contact (
    id uuid not null,
    company_id uuid not null,
    name text not null,
    email text,
    email_key text,
    phone text not null,
    verified_at timestamptz,
    created_at timestamptz not null,
    constraint pk_contact primary key (id),
    constraint fk_contact_company_id_company foreign key (company_id) references company (id),
    constraint uq_contact_email_key unique (email_key)
);
create index ix_contact_company_id on contact (company_id);

create table district (
    id uuid not null,
    network_id uuid not null,
    name text not null,
    postcodes text[] not null,
    constraint pk_district primary key (id),
    constraint fk_district_network_id_network foreign key (network_id)
        references network (id) on delete cascade
);
create index ix_district_network_id on district (network_id);

create table invitation (
    id uuid not null,
    network_id uuid not null,
    meeting_id uuid not null,
    company_name text not null,
    company_sort text not null,
    contact_name text not null,
    email text not null,
    email_key text not null,
    language text not null,
    answer text default '' not null,
    answered_at timestamptz,
    link_version integer default '1' not null,
    revision integer default '1' not null,
    reminder_number integer default '0' not null,
    created_at timestamptz not null,
    last_issued_at timestamptz not null,
    on_recommendation_of text default '' not null,
    forwarded_by uuid,
    registration_id uuid,
    created_by uuid,
    withdrawn boolean default false not null,
    constraint pk_invitation primary key (id),
    constraint fk_invitation_meeting_id_meeting foreign key (meeting_id)
        references meeting (id) on delete cascade
);
create index ix_invitation_email_key on invitation (email_key);
create index ix_invitation_of_meeting on invitation (meeting_id, company_sort, id);
create index ix_invitation_registration_id on invitation (registration_id);
create unique index uq_invitation_address on invitation (meeting_id, email_key) where not withdrawn;

create table slot (
    id uuid not null,
    meeting_id uuid not null,
    label text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    capacity integer not null,
    taken integer default '0' not null,
    waiting integer default '0' not null,
    waiting_seats integer default '0' not null,
    last_rank integer default '0' not null,
    overbooked boolean default false not null,
    revision integer default '0' not null,
    removed boolean default false not null,
    constraint pk_slot primary key (id),
    constraint ck_slot_taken_not_negative check (taken >= 0),
    constraint ck_slot_never_oversold check (taken <= capacity or overbooked),
    constraint ck_slot_waiting_not_negative check (waiting >= 0 and waiting_seats >= waiting),
    constraint fk_slot_meeting_id_meeting foreign key (meeting_id)
        references meeting (id) on delete cascade
)
 with (fillfactor = 50);
create index ix_slot_meeting_id on slot (meeting_id);

create table registration (
    id uuid not null,
    network_id uuid not null,
    meeting_id uuid not null,
    slot_id uuid not null,
    company_id uuid not null,
    contact_id uuid not null,
    company_name text not null,
    company_sort text not null,
    postcode text not null,
    district text not null,
    contact_name text not null,
    email text,
    email_key text,
    phone text not null,
    state text not null,
    seats integer not null,
    rank integer not null,
    reason text default '' not null,
    signed_up_at timestamptz not null,
    verified_at timestamptz,
    deadline_at timestamptz,
    state_changed_at timestamptz not null,
    link_version integer default '1' not null,
    revision integer default '1' not null,
    language text not null,
    accepts_fewer boolean default false not null,
    on_behalf boolean default false not null,
    note text default '' not null,
    hint text default '' not null,
    notice_version text default '' not null,
    answers jsonb default '{}' not null,
    invitation_id uuid,
    linked_to uuid,
    link_requests timestamptz[] default '{}' not null,
    search tsvector,
    constraint pk_registration primary key (id),
    constraint ck_registration_seats check (seats > 0),
    constraint fk_registration_meeting_id_meeting foreign key (meeting_id) references meeting (id),
    constraint fk_registration_slot_id_slot foreign key (slot_id) references slot (id),
    constraint fk_registration_company_id_company foreign key (company_id) references company (id),
    constraint fk_registration_contact_id_contact foreign key (contact_id) references contact (id)
);
create index ix_registration_by_state on registration (meeting_id, state, company_sort, id);
create index ix_registration_deadline on registration (deadline_at) where deadline_at is not null;
create index ix_registration_doubtful on registration (network_id, id) where hint <> '';
create index ix_registration_email_key on registration (email_key);
create index ix_registration_linked_to on registration (linked_to) where linked_to is not null;
create index ix_registration_news on registration (meeting_id, state_changed_at);
create index ix_registration_of_company on registration (company_id, meeting_id);
create index ix_registration_of_meeting on registration (meeting_id, company_sort, id);
create index ix_registration_of_network on registration (network_id, id);
create index ix_registration_of_slot on registration (slot_id, company_sort, id);
create index ix_registration_pending
    on registration (network_id, id) where state = 'pending_approval';
create index ix_registration_rank on registration (slot_id, rank) where state = 'waitlisted';
create index ix_registration_search on registration using gin (search);
create unique index uq_registration_living
    on registration (slot_id, email_key)
    where state in ('held', 'pending_approval', 'confirmed', 'waitlisted') and linked_to is null;

create table attendee (
    id uuid not null,
    registration_id uuid not null,
    position integer not null,
    name text not null,
    email text,
    is_contact boolean not null,
    link_version integer default '1' not null,
    checked_in_at timestamptz,
    checked_in_by uuid,
    constraint pk_attendee primary key (id),
    constraint fk_attendee_registration_id_registration foreign key (registration_id)
        references registration (id) on delete cascade
);
create index ix_attendee_registration_id on attendee (registration_id);

create table repeated_sign_up (
    id uuid not null,
    registration_id uuid not null,
    shown jsonb not null,
    wish jsonb not null,
    created_at timestamptz not null,
    constraint pk_repeated_sign_up primary key (id),
    constraint fk_repeated_sign_up_registration_id_registration foreign key (registration_id)
        references registration (id) on delete cascade
);
create index ix_repeated_sign_up_created_at on repeated_sign_up (created_at);
create index ix_repeated_sign_up_registration_id on repeated_sign_up (registration_id);
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
