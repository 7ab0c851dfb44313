"""What registration does by the clock; every run is safe beside another one."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from services.registration.models import IdempotencyKey, RepeatedSignUp
from services.registration.use_cases import giving_up, retention
from services.registration.use_cases.erasing import erase
from services.registration.use_cases.promotion import promote_slot, slots_to_sweep
from shared.database import Database
from shared.messaging import erasures
from shared.messaging.service import Periodic
from shared.settings import Settings

KEEP_ANSWERS = timedelta(days=2)


def expire_holds(database: Database, now: datetime) -> None:
    """Free seats whose address was not confirmed in time; the next ones move up."""
    with database.reading() as session:
        slots = giving_up.overdue_slots(session, now)
    for slot_id in slots:
        with database.transaction() as session:
            giving_up.expire_overdue(session, slot_id, now)


def end_with_meetings(database: Database, now: datetime) -> None:
    """The net under every cancellation: nobody stays in a cancelled meeting untold."""
    with database.reading() as session:
        slots = giving_up.slots_left_living(session)
    for slot_id in slots:
        with database.transaction() as session:
            giving_up.end_with_meeting(session, slot_id, now)


def promote_waiting(database: Database, now: datetime) -> None:
    """The net under every promotion: free seats and somebody waiting do not last."""
    with database.reading() as session:
        slots = slots_to_sweep(session, now)
    for slot_id in slots:
        with database.transaction() as session:
            promote_slot(session, slot_id, now)


def close_waitlists(database: Database, now: datetime) -> None:
    """24 hours before the start those left in the list hear that it is closed."""
    _close(database, giving_up.WAITLIST, now)


def close_decisions(database: Database, now: datetime) -> None:
    """At the start those about whom nobody decided hear that it is too late."""
    _close(database, giving_up.DECISIONS, now)


def _close(database: Database, closing: giving_up.Closing, now: datetime) -> None:
    with database.reading() as session:
        slots = giving_up.closing_slots(session, closing, now)
    for slot_id in slots:
        with database.transaction() as session:
            giving_up.close(session, slot_id, closing, now)


def forget_answers(database: Database, now: datetime) -> None:
    """Drop what was kept for repetitions of calls and sign-ups."""
    with database.transaction() as session:
        session.execute(
            delete(IdempotencyKey).where(IdempotencyKey.created_at < now - KEEP_ANSWERS)
        )
        session.execute(
            delete(RepeatedSignUp).where(RepeatedSignUp.created_at < now - KEEP_ANSWERS)
        )


def settle_erasures(database: Database, now: datetime) -> None:
    """Look again for what was on its way while somebody was erased."""
    with database.transaction() as session:
        subjects = erasures.unsettled(session)
        if subjects:
            erase(session, subjects, now)
            erasures.settle(session, subjects, now)


def forget_people(database: Database, now: datetime, settings: Settings) -> None:
    """Keep names and addresses as long as the settings say; numbers stay."""
    past = now - timedelta(days=settings.keep_names_days)
    unconfirmed = now - timedelta(days=settings.keep_unconfirmed_days)
    for empty, before in (
        (retention.empty_past, past),
        (retention.empty_unconfirmed, unconfirmed),
        (retention.forget_unneeded, unconfirmed),
    ):
        number = retention.BATCH
        while number >= retention.BATCH:
            with database.transaction() as session:
                number = empty(session, before, now)
    meetings, subjects = retention.past_meetings(past), retention.past_subjects(past)
    erasures.scrub_past_messages(database, meetings, subjects=subjects)


PERIODIC = (
    Periodic(name="expire_holds", every=30, run=expire_holds),
    Periodic(name="end_with_meetings", every=60, run=end_with_meetings),
    Periodic(name="promote_waiting", every=60, run=promote_waiting),
    Periodic(name="close_waitlists", every=120, run=close_waitlists),
    Periodic(name="close_decisions", every=60, run=close_decisions),
    Periodic(name="forget_answers", hour=2, run=forget_answers),
    Periodic(name="settle_erasures", every=60, run=settle_erasures),
    Periodic(name="forget_people", hour=1, run=forget_people, with_settings=True),
)
