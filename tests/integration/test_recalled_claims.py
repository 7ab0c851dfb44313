"""After a restore, claims that were made since the backup end as they would have."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text

from services.registration.models import Registration
from services.registration.periodic import expire_holds
from services.registration.use_cases.approval import approve
from services.registration.use_cases.changes import Seat, change, seats_of
from services.registration.use_cases.recalling import finish, recall
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from shared.messaging.outbox import envelope_of
from shared.messaging.tables import outbox_event
from shared.settings import Settings
from tests.integration.registration_stories import HOLD, claim, publish, sign, slot_of
from tests.judging import adds_up

WRITTEN = timedelta(minutes=1)  # a fact is a moment younger than its claim


def recalled(database: Database, settings: Settings, *, lost: bool = True) -> None:
    """What the facts tell, where the claims are *lost* or older than the newest fact."""
    with database.transaction() as session:
        rows = session.execute(select(outbox_event).order_by(outbox_event.c.id)).all()
        if lost:
            session.execute(text("delete from registration"))
        for row in rows:
            envelope = envelope_of("registration", row)
            recall(session, envelope.fact(), envelope.occurred_at)
        finish(session, settings)


def deadlines(database: Database) -> dict[UUID, datetime | None]:
    with database.reading() as session:
        rows = session.scalars(select(Registration))
        return {row.id: row.deadline_at for row in rows}


def about(database: Database, done: SignedUp, deadline: datetime | None) -> bool:
    found = claim(database, done).deadline_at
    assert found is not None
    assert deadline is not None
    return abs(found - deadline) < WRITTEN


def test_who_is_to_confirm_has_the_same_deadline_again(
    registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database, capacity=1)
    asked = publish(registration_database, slug="asked", approval=True)
    claims = [sign(registration_database, one) for one in (meeting, meeting, asked)]
    assert [one.state for one in claims] == ["held", "waitlisted", "pending_approval"]
    before = deadlines(registration_database)

    recalled(registration_database, settings)

    assert all(about(registration_database, one, before[one.id]) for one in claims)
    assert adds_up(registration_database)


def test_who_waits_and_never_confirms_blocks_the_list_no_longer_than_others(
    registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database, capacity=1)
    for _ in range(2):
        sign(registration_database, meeting)
    recalled(registration_database, settings)

    expire_holds(registration_database, now() + HOLD + WRITTEN)

    slot = slot_of(registration_database, meeting)
    assert (slot.taken, slot.waiting) == (0, 0)


def test_who_was_approved_onto_the_list_since_has_a_deadline_of_the_list(
    registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database, capacity=1, approval=True)
    first, second = (sign(registration_database, meeting) for _ in range(2))
    backup = "select id, state, revision, deadline_at from registration"
    with registration_database.reading() as session:
        saved = [dict(row._mapping) for row in session.execute(text(backup))]
    for one in (first, second):
        with registration_database.transaction() as session:
            approve(session, one.id, now(), hold=HOLD)
    before = deadlines(registration_database)

    with registration_database.transaction() as session:
        for row in saved:
            set_back = "state = :state, revision = :revision, deadline_at = :deadline_at"
            session.execute(text(f"update registration set {set_back} where id = :id"), row)
    recalled(registration_database, settings, lost=False)

    assert claim(registration_database, second).state == "waitlisted"
    assert all(about(registration_database, one, before[one.id]) for one in (first, second))


def test_additional_seats_end_with_their_registration(
    registration_database: Database, settings: Settings
) -> None:
    held = sign(registration_database, publish(registration_database, capacity=1))
    with registration_database.transaction() as session:
        row = session.get_one(Registration, held.id)
        change(session, held.id, [*seats_of(row), Seat("Noch Jemand")], now())

    recalled(registration_database, settings)

    found = deadlines(registration_database)
    assert [found[one] for one in found if one != held.id] == [None]
    assert adds_up(registration_database)
