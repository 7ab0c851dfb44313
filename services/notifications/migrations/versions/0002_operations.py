"""What operating the service needs beyond the tables of the first release."""

from alembic import op

revision = "0002"
down_revision = "0001"

# Not released yet, so it still grows; once released it is frozen and 0003 begins. How to add:
# - one function per subject with explicit statements (op.execute, op.add_column), called in upgrade();
# - constraints and indexes get the names that shared.database.NAMING gives them;
# - a table of shared.messaging.tables stands in every service: its statement belongs in all three files;
# - rows that are there already must survive; a test compares the result with the models.


def upgrade() -> None:
    """Add to a database of the first release."""
    signs_of_life()
    checks()
    daily_runs()
    mailers()
    erasures()
    replays()
    meeting_versions()
    organizers()
    ended_password_links()


def signs_of_life() -> None:
    """Heartbeats of processes, and the newest canary of the queue."""
    op.execute("""
        create table heartbeat (
            process text not null,
            instance text not null,
            at timestamp with time zone not null,
            trouble text,
            figures jsonb not null,
            constraint pk_heartbeat primary key (process, instance)
        )
    """)
    op.execute("""
        create table canary (
            queue text not null,
            sent_at timestamp with time zone not null,
            arrived_at timestamp with time zone not null,
            constraint pk_canary primary key (queue)
        )
    """)


def mailers() -> None:
    """The number of the mailer that has a mail, so that others see whether it lives."""
    op.execute("alter table mail add column mailer bigint")


def daily_runs() -> None:
    """When each daily job was done last."""
    op.execute("""
        create table daily_run (
            job text not null,
            begun_at timestamp with time zone not null,
            done_at timestamp with time zone,
            constraint pk_daily_run primary key (job)
        )
    """)


def ended_password_links() -> None:
    """Links of before end with the update: they would lead nowhere."""
    op.execute("""
        update mail set state = 'suppressed', smtp_text = 'its link ended with an update'
        where kind = 'password_link' and state in ('queued', 'retry', 'held_back', 'failed')
    """)


def checks() -> None:
    """What the nightly check of the invariants found."""
    op.execute("""
        create table invariant_check (
            check_id uuid not null,
            name text not null,
            checked_at timestamp with time zone not null,
            cause text not null,
            number integer not null,
            breaks jsonb not null,
            constraint pk_invariant_check primary key (check_id, name)
        )
    """)
    op.execute("create index ix_invariant_check_checked_at on invariant_check (checked_at)")


def erasures() -> None:
    """Whose data were erased."""
    op.execute("""
        create table erasure (
            subject_id uuid not null,
            kind text not null,
            aggregate_id uuid not null,
            erasure_id uuid not null,
            erased_at timestamp with time zone not null,
            settled_at timestamp with time zone,
            constraint pk_erasure primary key (subject_id, kind),
            constraint ck_erasure_kind
                check (kind in ('registration', 'seat', 'invitation', 'recommendation'))
        )
    """)
    op.execute("create index ix_erasure_erasure_id on erasure (erasure_id)")
    op.execute("create index ix_erasure_unsettled on erasure (erased_at) where settled_at is null")
    for table in ("registration", "invitation"):
        op.execute(f"alter table {table} add column erased_at timestamp with time zone")
    op.execute("alter table mail add column erased_at timestamp with time zone")


def replays() -> None:
    """Facts that are heard again after a restore, so that their mails are not sent again."""
    op.execute("""
        create table replayed_event (
            event_id uuid not null,
            certain boolean not null,
            constraint pk_replayed_event primary key (event_id)
        )
    """)


def meeting_versions() -> None:
    """Meetings as each fact told them; of before the last one alone is known."""
    op.execute("""
        create table meeting_version (
            meeting_id uuid not null,
            revision integer not null,
            data jsonb not null,
            constraint pk_meeting_version primary key (meeting_id, revision)
        )
    """)
    op.execute("""
        insert into meeting_version (meeting_id, revision, data) select id, revision, data from meeting
    """)


def organizers() -> None:
    """Who stays the sender of a calendar entry when the network has another address."""
    op.execute("alter table calendar_entry add column organizer jsonb")
