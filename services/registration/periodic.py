"""What registration does by the clock; every run is safe beside another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from services.registration.models import IdempotencyKey, RepeatedSignUp
from services.registration.use_cases import giving_up
from services.registration.use_cases.promotion import promote_slot, slots_to_sweep
from shared.database import Database
from shared.messaging.service import Periodic

KEEP_ANSWERS = timedelta(days=2)


def expire_holds(database: Database, now: datetime) -> None:
    """Free seats whose address was not confirmed in time; the next ones move up."""
    with database.reading() as session:
        slots = giving_up.overdue_slots(session, now)
    for slot_id in slots:
        with database.transaction() as session:
            giving_up.expire_overdue(session, slot_id, now)


def promote_waiting(database: Database, now: datetime) -> None:
    """The net under every promotion: free seats and somebody waiting do not last."""
    with database.reading() as session:
        slots = slots_to_sweep(session, now)
    for slot_id in slots:
        with database.transaction() as session:
            promote_slot(session, slot_id, now)


def close_waitlists(database: Database, now: datetime) -> None:
    """24 hours before the start those left in the list hear that it is closed."""
    with database.reading() as session:
        slots = giving_up.closing_slots(session, now)
    for slot_id in slots:
        with database.transaction() as session:
            giving_up.close_waitlist(session, slot_id, now)


def forget_answers(database: Database, now: datetime) -> None:
    """Drop what was kept for repetitions of calls and sign-ups."""
    with database.transaction() as session:
        session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEEP_ANSWERS)
        )
        session.execute(
            delete(RepeatedSignUp).where(RepeatedSignUp.created_at < now - KEEP_ANSWERS)
        )


PERIODIC = (
    Periodic(name="expire_holds", every=30, run=expire_holds),
    Periodic(name="promote_waiting", every=60, run=promote_waiting),
    Periodic(name="close_waitlists", every=120, run=close_waitlists),
    Periodic(name="forget_answers", hour=2, run=forget_answers),
)
