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
    second_factors()
    sign_ins_by_name()
    erasures()
    secrets_of_password_links()
    revisions_of_venues()


def revisions_of_venues() -> None:
    """By which an edit knows what it was made from."""
    op.execute("alter table venue add column revision integer not null default 0")


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


def second_factors() -> None:
    """Secrets of code apps, and recovery codes."""
    op.execute("""
        create table second_factor (
            coordinator_id uuid not null,
            secret text not null,
            created_at timestamp with time zone not null,
            confirmed_at timestamp with time zone,
            last_step integer not null,
            constraint pk_second_factor primary key (coordinator_id),
            constraint fk_second_factor_coordinator_id_coordinator
                foreign key (coordinator_id) references coordinator (id) on delete cascade
        )
    """)
    op.execute("""
        create table recovery_code (
            hash text not null,
            coordinator_id uuid not null,
            used_at timestamp with time zone,
            constraint pk_recovery_code primary key (hash),
            constraint fk_recovery_code_coordinator_id_coordinator
                foreign key (coordinator_id) references coordinator (id) on delete cascade
        )
    """)
    op.execute("create index ix_recovery_code_coordinator_id on recovery_code (coordinator_id)")


def sign_ins_by_name() -> None:
    """An id by which a page may name a sign-in."""
    op.execute("alter table login_session add column id uuid not null default gen_random_uuid()")
    op.execute("alter table login_session add constraint uq_login_session_id unique (id)")


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


def secrets_of_password_links() -> None:
    """Links of before had none and end; whoever needs one asks for another."""
    op.execute("alter table coordinator add column link_secret text")


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
    op.execute("alter table roster_entry add column erased_at timestamp with time zone")
    # Of registrations that had ended before, nobody knows it here; they count as never confirmed.
    op.execute("alter table roster_entry add column verified_at timestamp with time zone")
    op.execute("""
        create table security_event (
            id uuid not null,
            at timestamp with time zone not null,
            kind text not null,
            coordinator_id uuid,
            place text not null,
            constraint pk_security_event primary key (id)
        )
    """)
    op.execute("create index ix_security_event_at on security_event (at)")
    op.execute(
        "create index ix_security_event_coordinator_id_at on security_event (coordinator_id, at)"
    )
