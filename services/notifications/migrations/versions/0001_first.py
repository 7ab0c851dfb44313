"""All tables of the first release, and the trigger that wakes the mailer. Frozen."""

from alembic import op

revision = "0001"
down_revision = None

TABLES = """
create table addressee (
    address text not null,
    words text not null,
    constraint pk_addressee primary key (address)
);
create index ix_addressee_words on addressee using gin (to_tsvector('simple', words));

create table attendance (
    registration_id uuid not null,
    attendee_id uuid not null,
    meeting_id uuid not null,
    checked_in_at timestamptz not null,
    constraint pk_attendance primary key (registration_id, attendee_id)
);

create table calendar_entry (
    registration_id uuid not null,
    person text not null,
    sequence integer not null,
    state text not null,
    address text not null,
    constraint pk_calendar_entry primary key (registration_id, person),
    constraint ck_calendar_entry_state check (state in ('active', 'cancelled'))
);

create table coordinator (
    id uuid not null,
    revision integer not null,
    name text not null,
    email text not null,
    role text not null,
    active boolean not null,
    epoch integer not null,
    network_ids uuid[] not null,
    revoked_token_ids uuid[] not null,
    constraint pk_coordinator primary key (id)
);

create table invitation (
    id uuid not null,
    revision integer not null,
    network_id uuid not null,
    meeting_id uuid not null,
    answer text not null,
    data jsonb not null,
    constraint pk_invitation primary key (id)
);

create table mail (
    id uuid not null,
    key text not null,
    kind text not null,
    state text not null,
    priority smallint not null,
    ready boolean not null,
    network_id uuid,
    meeting_id uuid,
    registration_id uuid,
    invitation_id uuid,
    person text not null,
    recipient text not null,
    recipient_key text not null,
    recipient_name text not null,
    language text not null,
    details jsonb not null,
    subject text,
    message bytea,
    message_id text,
    attempts integer default '0' not null,
    repeated boolean default false not null,
    revision integer default '0' not null,
    due_at timestamptz not null,
    claimed_until timestamptz,
    smtp_code integer,
    smtp_text text,
    created_at timestamptz not null,
    sent_at timestamptz,
    constraint pk_mail primary key (id),
    constraint ck_mail_state
        check (state in ('queued', 'sending', 'sent', 'retry', 'failed', 'ambiguous', 'suppressed', 'held_back')),
    constraint uq_mail_key unique (key)
);
create index ix_mail_due on mail (priority, due_at) where state in ('queued', 'retry') and ready;
create index ix_mail_not_ready on mail (meeting_id) where not ready;
create index ix_mail_of_kind on mail (kind, id);
create index ix_mail_of_meeting on mail (meeting_id, id);
create index ix_mail_of_network on mail (network_id, id);
create index ix_mail_of_recipient on mail (recipient_key, id);
create index ix_mail_of_registration on mail (registration_id, id);
create index ix_mail_sending on mail (claimed_until) where state = 'sending';
create index ix_mail_unsent on mail (state, id) where state <> 'sent';

create table meeting (
    id uuid not null,
    revision integer not null,
    network_id uuid not null,
    state text not null,
    title text not null,
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    time_zone text not null,
    data jsonb not null,
    rules jsonb,
    held_back boolean default false not null,
    published_plan jsonb,
    plan_revision integer default '0' not null,
    constraint pk_meeting primary key (id)
);
create index ix_meeting_of_network on meeting (network_id, starts_at);

create table network (
    id uuid not null,
    revision integer not null,
    name text not null,
    language text not null,
    time_zone text not null,
    contact_name text not null,
    contact_email text not null,
    contact_phone text not null,
    constraint pk_network primary key (id)
);

create table planned_mail (
    id uuid not null,
    key text not null,
    kind text not null,
    state text not null,
    meeting_id uuid not null,
    slot_id uuid,
    registration_id uuid,
    rule jsonb not null,
    due_at timestamptz not null,
    constraint pk_planned_mail primary key (id),
    constraint ck_planned_mail_state check (state in ('planned', 'done', 'dropped')),
    constraint uq_planned_mail_key unique (key)
);
create index ix_planned_mail_due on planned_mail (due_at) where state = 'planned';
create index ix_planned_mail_of_meeting on planned_mail (meeting_id, state);
create index ix_planned_mail_of_registration on planned_mail (registration_id);

create table registration (
    id uuid not null,
    revision integer not null,
    network_id uuid not null,
    meeting_id uuid not null,
    slot_id uuid not null,
    state text not null,
    confirmed_at timestamptz,
    data jsonb not null,
    constraint pk_registration primary key (id)
);
create index ix_registration_of_meeting on registration (meeting_id, state);
create index ix_registration_of_slot on registration (slot_id, state);

create table stale_plan (
    meeting_id uuid not null,
    constraint pk_stale_plan primary key (meeting_id)
);
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

# A mailer listens; a trigger spares every writer a statement, and no writer can forget it.
WAKE = """
create function wake_mailer() returns trigger language plpgsql as $$
begin
    perform pg_notify('mails', '');
    return null;
end $$;
create trigger wake_mailer_by_new after insert on mail
    for each statement execute function wake_mailer();
create trigger wake_mailer_by_release after update of state, ready, due_at on mail
    for each row when (new.state = 'queued' and new.ready) execute function wake_mailer();
alter table mail alter column message set storage external;
"""


def upgrade() -> None:
    """Create everything in an empty database."""
    op.execute(TABLES)
    op.execute(MESSAGING)
    op.execute(WAKE)
