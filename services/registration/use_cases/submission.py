"""Handing a sign-up in: chooses its transactions, tries again when another one came in between.

The usual sign-up is two statements that commit by themselves, so this use case takes the database instead
of a session; whatever must happen together with the sign-up uses submit_within().
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.registration.models import Meeting, Slot
from services.registration.use_cases.claims import lock_place
from services.registration.use_cases.confirmation import settle
from services.registration.use_cases.pace import Pace, paced, work_of
from services.registration.use_cases.repeats import keep_repetition
from services.registration.use_cases.sign_up import (
    ATTEMPTS,
    SignedUp,
    Terms,
    Wish,
    is_repetition,
    sign_up,
)
from shared.database import Database

R = TypeVar("R")

_pace = Pace()


def submit(database: Database, wish: Wish, terms: Terms, now: datetime) -> SignedUp:
    """Sign up, in as few and short transactions as can be. Raises what sign_up() raises."""
    if terms.proved:
        return again(lambda: _in_one_transaction(database, wish, terms, now))
    return paced(
        _pace, lambda: again(lambda: _in_single_statements(database, wish, terms, now)), work_of
    )


def again(attempt: Callable[[], R]) -> R:
    """Run *attempt* anew when the same address signed up in between."""
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except IntegrityError as error:
            if not is_repetition(error):
                raise
    return attempt()


def _in_single_statements(database: Database, wish: Wish, terms: Terms, now: datetime) -> SignedUp:
    with database.direct() as connection:
        done = sign_up(connection, wish, terms, now)
        keep_repetition(connection, done, wish, now)
        return done


def _in_one_transaction(database: Database, wish: Wish, terms: Terms, now: datetime) -> SignedUp:
    with database.transaction() as session:
        return submit_within(session, wish, terms, now)


def submit_within(session: Session, wish: Wish, terms: Terms, now: datetime) -> SignedUp:
    """Sign up inside a transaction. Raises what sign_up() raises, and IntegrityError: see again()."""
    if terms.proved and _is_capped(session, wish.slot_id):
        lock_place(session, wish.slot_id, now)  # the meeting before the slot, like everybody
    done = sign_up(session.connection(), wish, terms, now)
    keep_repetition(session.connection(), done, wish, now)
    if not terms.proved or done.repeats is not None:
        return done
    claim = settle(session, done.id, now)
    return replace(done, state=claim.state, seats=claim.seats, held_until=None)


def _is_capped(session: Session, slot_id: UUID) -> bool:
    query = select(Meeting.seats_per_company).join(Slot).where(Slot.id == slot_id)
    return session.scalar(query) is not None
