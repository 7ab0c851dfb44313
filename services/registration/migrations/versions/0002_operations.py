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
    origin_of_unconfirmed()
    checks()
    daily_runs()
    erasures()
    additional_seats()
    seats_by_state()
    meetings_seen()
    closed_slots()
    told_overbooking()
    proofs_of_addresses()
    corrections()
    new_addresses()
    lasting_invitations()


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


def additional_seats() -> None:
    """How many claims for additional seats were made beside each."""
    op.execute("alter table registration add column linked_count integer not null default 0")
    op.execute("""
        update registration main set linked_count = made.number
        from (select linked_to, count(*) as number from registration
              where linked_to is not null group by linked_to) as made
        where main.id = made.linked_to
    """)


def meetings_seen() -> None:
    """Which state of the meeting people saw who signed up; of those of before nobody knows."""
    op.execute("alter table registration add column meeting_revision integer not null default 0")


def closed_slots() -> None:
    """Whether the meeting of a slot is cancelled, where the sign-up locks."""
    op.execute("alter table slot add column closed boolean not null default false")
    op.execute("""
        update slot set closed = true
        from meeting where meeting.id = slot.meeting_id and meeting.state = 'cancelled'
    """)


def told_overbooking() -> None:
    """How many seats too many scheduling was told of last."""
    op.execute("alter table slot add column overbooked_by integer not null default 0")
    op.execute("update slot set overbooked_by = taken - capacity where taken > capacity")


def proofs_of_addresses() -> None:
    """Who confirmed an address herself; where it was corrected since, nobody knows."""
    op.execute("alter table registration add column proved_version integer")
    op.execute("""
        update registration set proved_version = link_version
        where verified_at is not null and not on_behalf and link_version = 1
    """)


def new_addresses() -> None:
    """When people were given addresses after signing up."""
    op.execute("""
        alter table registration add column new_addresses timestamp with time zone[] not null default '{}'
    """)


def lasting_invitations() -> None:
    """Nobody ever took an invitation back."""
    op.execute("drop index uq_invitation_address")
    op.execute("alter table invitation drop column withdrawn")
    op.execute("create unique index uq_invitation_address on invitation (meeting_id, email_key)")


def corrections() -> None:
    """Pages after signing up that show a correction."""
    op.execute("alter table repeated_sign_up add column own boolean not null default false")
    op.execute("alter table repeated_sign_up add column first_id uuid")
    op.execute("create index ix_repeated_sign_up_first_id on repeated_sign_up (first_id)")


def seats_by_state() -> None:
    """How many seats are in which state, from the index alone."""
    op.execute("drop index ix_registration_by_state")
    op.execute("""
        create index ix_registration_by_state on registration (meeting_id, state, company_sort, id)
        include (seats)
    """)


def erasures() -> None:
    """Whose data were erased, and which service has confirmed it."""
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
    op.execute("""
        create table erasure_request (
            id uuid not null,
            asked_by text not null,
            coordinator_id uuid,
            erased_at timestamp with time zone not null,
            scheduling_at timestamp with time zone,
            notifications_at timestamp with time zone,
            constraint pk_erasure_request primary key (id),
            constraint ck_erasure_request_asked_by check (asked_by in ('person', 'coordinator'))
        )
    """)


def origin_of_unconfirmed() -> None:
    """From which network an unconfirmed sign-up came; those of before count for none."""
    op.execute("alter table registration add column origin text not null default ''")
    op.execute("""
        create index ix_registration_unconfirmed on registration (slot_id, origin) where origin <> ''
    """)
