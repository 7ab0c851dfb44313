"""A coordinator decides about a pending claim."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.booking import hold_deadline
from services.registration.domain.lifecycle import Move, Reason, State
from services.registration.domain.refusals import ClosedError, FullError, OutdatedError
from services.registration.models import Registration
from services.registration.use_cases.claims import Place, lock_claim, shift
from services.registration.use_cases.facts import record
from services.registration.use_cases.promotion import record_waiting, seat_or_wait
from shared.events import registration as events


def approve(
    session: Session, registration_id: UUID, now: datetime, *, hold: timedelta
) -> Registration:
    """Say yes: confirmed (or held until the address is confirmed), else waiting at its rank.

    Approved already: nothing. Raises UnknownError, OutdatedError, ClosedError, FullError.
    """
    place, claim = lock_claim(session, registration_id, now)
    if claim.state in {State.HELD, State.CONFIRMED, State.WAITLISTED}:
        return claim
    if claim.state != State.PENDING:
        raise OutdatedError
    if place.has_begun:
        raise ClosedError
    if claim.verified_at:
        seat_or_wait(place, claim, Reason.FULL)
    else:
        _hold_or_wait(place, claim, hold)
    return claim


def _hold_or_wait(place: Place, claim: Registration, hold: timedelta) -> None:
    claim.deadline_at = hold_deadline(place.now, hold, place.slot.starts_at)
    previous = claim.state
    if place.slot.waiting == 0 and claim.seats <= place.slot.free:
        shift(place, claim, Move.HOLD)
        record(place.session, events.RegistrationHeld, claim, previous=previous)
        return
    if place.policy == "off":
        raise FullError
    shift(place, claim, Move.WAIT, reason=Reason.FULL if place.slot.waiting == 0 else Reason.QUEUE)
    record_waiting(place, claim, previous)


def decline(
    session: Session, registration_id: UUID, now: datetime, *, reason: str = ""
) -> Registration:
    """Say no, with a text for the mail; declined already: nothing. Raises UnknownError, OutdatedError."""
    place, claim = lock_claim(session, registration_id, now)
    if claim.state == State.DECLINED:
        return claim
    if claim.state != State.PENDING:
        raise OutdatedError
    previous = shift(place, claim, Move.DECLINE, reason=reason)
    record(session, events.RegistrationDeclined, claim, previous=previous)
    return claim
