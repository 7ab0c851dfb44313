"""Ending claims: cancelled by the contact or a coordinator, expired, or with the meeting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.domain.booking import WAITLIST_CLOSES
from services.registration.domain.lifecycle import LIVING, Move, Reason, State, is_possible
from services.registration.domain.refusals import ClosedError
from services.registration.models import Meeting, Registration, Slot
from services.registration.use_cases.claims import Place, lock_claim, lock_place, shift
from services.registration.use_cases.facts import record
from services.registration.use_cases.promotion import promote, promote_elsewhere
from services.registration.use_cases.splitting import waiting_beside
from shared.events import registration as events

BY_CONTACT, BY_COORDINATOR = Reason.CONTACT, Reason.COORDINATOR
BATCH = 200


def cancel(session: Session, registration_id: UUID, now: datetime, *, by: Reason) -> Registration:
    """Give up a whole claim; again: nothing. Raises UnknownError, ClosedError once the slot has begun."""
    place, claim = lock_claim(session, registration_id, now)
    if not is_possible(claim.state, Move.CANCEL):
        return claim
    if place.has_begun and by == BY_CONTACT:
        raise ClosedError
    end(place, claim, by)
    refill([place])
    return claim


def end_to_come(
    session: Session, ids: Sequence[UUID], now: datetime, *, reason: Reason
) -> list[Place]:
    """Cancel claims whose slot has not begun; the slots that have seats again. Promotes nobody: see refill()."""
    query = select(Registration.id).where(Registration.id.in_(ids))
    places = {}
    # Everybody locks slots in this order.
    for identifier in session.scalars(query.order_by(Registration.slot_id, Registration.id)).all():
        place, claim = lock_claim(session, identifier, now)
        if not place.has_begun and is_possible(claim.state, Move.CANCEL):
            end(place, claim, reason)
            places[place.slot.id] = place
    return list(places.values())


def refill(places: Iterable[Place]) -> None:
    """Move others up where claims ended; not before all of them have, or one would come up in another's place."""
    for place in places:
        promote(place)
        promote_elsewhere(place)


def end(place: Place, claim: Registration, reason: Reason) -> None:
    """Cancel a claim under lock, with what it waits for besides; promotes nobody."""
    withdraw_linked(place, claim)
    previous = shift(place, claim, Move.CANCEL, reason=reason)
    record(place.session, events.RegistrationCancelled, claim, previous=previous)


def withdraw_linked(place: Place, claim: Registration) -> None:
    """The additional seats that a claim waits for are not wanted any more."""
    for linked in waiting_beside(place, claim):
        withdraw(place, linked)


def withdraw(place: Place, linked: Registration) -> None:
    """A claim for additional seats is not wanted any more."""
    shift(place, linked, Move.EXPIRE, reason=Reason.WITHDRAWN)
    record(place.session, events.RegistrationExpired, linked, previous=State.WAITLISTED)


def expire(place: Place, claim: Registration, reason: Reason) -> None:
    """Let a claim lapse under lock, with what it waits for besides; promotes nobody."""
    withdraw_linked(place, claim)
    previous = shift(place, claim, Move.EXPIRE, reason=reason)
    record(place.session, events.RegistrationExpired, claim, previous=previous)


def overdue_slots(session: Session, now: datetime) -> list[UUID]:
    """Slots with claims whose address was not confirmed in time."""
    query = (
        select(Registration.slot_id)
        .where(
            Registration.deadline_at <= now,
            Registration.state.in_([State.HELD, State.WAITLISTED, State.PENDING]),
            Registration.verified_at.is_(None),
        )
        .distinct()
        .limit(BATCH)
    )
    return list(session.scalars(query))


def expire_overdue(session: Session, slot_id: UUID, now: datetime) -> int:
    """Let the overdue claims of one slot lapse and move others up; how many lapsed."""
    place = lock_place(session, slot_id, now)
    query = (
        select(Registration)
        .where(
            Registration.slot_id == slot_id,
            Registration.deadline_at <= now,
            Registration.state.in_([State.HELD, State.WAITLISTED, State.PENDING]),
            Registration.verified_at.is_(None),
        )
        .order_by(Registration.rank)
        .limit(BATCH)
        .with_for_update(key_share=True)
    )
    claims = session.scalars(query.execution_options(populate_existing=True)).all()
    for claim in claims:
        expire(place, claim, Reason.UNCONFIRMED)
    promote(place)
    return len(claims)


@dataclass(frozen=True, kw_only=True)
class Closing:
    """Claims in *state* have no prospect of a seat any more from *before* the start on."""

    state: State
    before: timedelta
    reason: Reason


WAITLIST = Closing(state=State.WAITLISTED, before=WAITLIST_CLOSES, reason=Reason.WAITLIST_CLOSED)
DECISIONS = Closing(state=State.PENDING, before=timedelta(), reason=Reason.UNDECIDED)


def closing_slots(session: Session, closing: Closing, now: datetime) -> list[UUID]:
    """Slots so near that nobody gets a seat any more, with somebody left who hopes for one."""
    query = (
        select(Slot.id)
        .join(Registration, Registration.slot_id == Slot.id)
        .where(Registration.state == closing.state, Slot.starts_at <= now + closing.before)
        .distinct()
    )
    return list(session.scalars(query))


def close(session: Session, slot_id: UUID, closing: Closing, now: datetime) -> int:
    """Tell those left that it is over; how many they were."""
    place = lock_place(session, slot_id, now)
    if place.slot.starts_at > now + closing.before:
        return 0
    query = (
        select(Registration)
        .where(Registration.slot_id == slot_id, Registration.state == closing.state)
        .order_by(Registration.rank)
        .with_for_update(key_share=True)
    )
    claims = session.scalars(query.execution_options(populate_existing=True)).all()
    for claim in claims:
        if claim.state == closing.state:  # not withdrawn with the claim it belongs to
            expire(place, claim, closing.reason if claim.verified_at else Reason.UNCONFIRMED)
    session.flush()
    return len(claims)


def end_all(session: Session, meeting: Meeting, now: datetime) -> None:
    """Cancel every living claim of a cancelled meeting."""
    slots = select(Slot.id).where(Slot.meeting_id == meeting.id).order_by(Slot.id)
    for slot_id in session.scalars(slots).all():
        end_with_meeting(session, slot_id, now)


def end_with_meeting(session: Session, slot_id: UUID, now: datetime) -> None:
    """Cancel the living claims of one slot of a cancelled meeting."""
    place = lock_place(session, slot_id, now)
    query = (
        select(Registration)
        .where(Registration.slot_id == slot_id, Registration.state.in_(LIVING))
        .order_by(Registration.rank)
        .with_for_update(key_share=True)
    )
    for claim in session.scalars(query.execution_options(populate_existing=True)).all():
        previous = shift(place, claim, Move.CANCEL, reason=Reason.MEETING_CANCELLED)
        record(session, events.RegistrationCancelled, claim, previous=previous)
    session.flush()


def slots_left_living(session: Session) -> list[UUID]:
    """Slots of cancelled meetings with claims that did not end with them."""
    query = (
        select(Registration.slot_id)
        .join(Meeting, Meeting.id == Registration.meeting_id)
        .where(Meeting.state == "cancelled", Registration.state.in_(LIVING))
        .distinct()
    )
    return list(session.scalars(query))
