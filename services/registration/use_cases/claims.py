"""Claims under lock: who may touch them, and how seats and waiting follow every change of state.

Rows are locked in one order by everybody: the meeting (only where a company has a cap, since that counts over
all slots), then the slot, then its claims. The other party is always another visitor, a coordinator or a sweep
that wants the same seats. The sign-up itself locks the slot only, in its last statement: what it must not miss
has to stand in that row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.domain.booking import Policy, order_at, policy_at
from services.registration.domain.lifecycle import SEATED, Move, Reason, State, after
from services.registration.domain.refusals import UnknownError
from services.registration.domain.waitlist import UNLIMITED
from services.registration.models import Attendee, Meeting, Registration, Slot
from services.registration.queries import waiting
from shared.events.registration import SlotOverbooked
from shared.messaging import outbox


@dataclass(frozen=True)
class Place:
    """A slot whose row is locked until the end of the transaction, with its meeting."""

    session: Session
    meeting: Meeting
    slot: Slot
    now: datetime

    @property
    def policy(self) -> Policy:
        """How one may begin to wait now."""
        return policy_at(self.meeting.waitlist, self.slot.starts_at, self.now)

    @property
    def order(self) -> Policy:
        """How those move up who wait already."""
        return order_at(self.meeting.waitlist, self.slot.starts_at, self.now)

    @property
    def has_begun(self) -> bool:
        """Whether it is too late for any change."""
        return self.now >= self.slot.starts_at or self.meeting.state == "cancelled"


def lock_place(session: Session, slot_id: UUID, now: datetime) -> Place:
    """Lock the slot (and the meeting where a cap counts over all slots). Raises UnknownError.

    The meeting is as it stands now: whoever changes it has the locks of its slots, and we may have waited.
    """
    meeting = session.scalar(select(Meeting).join(Slot).where(Slot.id == slot_id))
    if meeting is None:
        raise UnknownError("slot")
    if meeting.seats_per_company is not None:
        session.refresh(meeting, with_for_update={"key_share": True})
    slot = session.get(Slot, slot_id, with_for_update={"key_share": True}, populate_existing=True)
    if slot is None:
        raise UnknownError("slot")
    session.refresh(meeting)
    return Place(session, meeting, slot, now)


def lock_claim(
    session: Session, registration_id: UUID, now: datetime
) -> tuple[Place, Registration]:
    """Lock the place of a claim, then the claim. Raises UnknownError."""
    slot_id = session.scalar(select(Registration.slot_id).where(Registration.id == registration_id))
    if slot_id is None:
        raise UnknownError("registration")
    place = lock_place(session, slot_id, now)
    claim = session.get(
        Registration, registration_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if claim is None:
        raise UnknownError("registration")
    return place, claim


def lock_seat(session: Session, attendee_id: UUID, now: datetime) -> tuple[Place, Registration]:
    """Lock the claim that a person has a seat in. Raises UnknownError, also if she lost it while we waited."""
    whose = select(Attendee.registration_id).where(Attendee.id == attendee_id)
    before = session.scalar(whose)
    if before is None:
        raise UnknownError("attendee")
    locked = lock_claim(session, before, now)
    after_lock = session.scalar(whose)
    if after_lock is None:
        raise UnknownError("attendee")
    # Seats move between claims of one slot only, and that is locked now.
    return locked if after_lock == before else lock_claim(session, after_lock, now)


def waits_for_seats(claim: Registration) -> bool:
    """Whether it stands in the list for seats (not only for its company's number to fall)."""
    return claim.state == State.WAITLISTED and claim.reason != Reason.COMPANY_CAP


def _count(slot: Slot, claim: Registration, sign: int) -> None:
    if claim.state in SEATED:
        slot.taken += sign * claim.seats
    elif waits_for_seats(claim):
        slot.waiting += sign
        slot.waiting_seats += sign * claim.seats


def shift(place: Place, claim: Registration, move: Move, *, reason: str = "") -> str:
    """Move *claim* and keep the slot's numbers right; the state it had. Raises MoveNotPossibleError."""
    previous = claim.state
    state = after(previous, move)
    _count(place.slot, claim, -1)
    claim.state = str(state)
    claim.reason = str(reason)
    claim.state_changed_at = place.now
    if state not in {State.HELD, State.WAITLISTED} or claim.verified_at:
        claim.deadline_at = None
    _count(place.slot, claim, +1)
    return previous


def resize(place: Place, claim: Registration, seats: int) -> None:
    """Give *claim* another number of seats, counted."""
    _count(place.slot, claim, -1)
    claim.seats = seats
    _count(place.slot, claim, +1)


def give_reason(place: Place, claim: Registration, reason: str) -> None:
    """Say why a waitlisted claim waits, counted."""
    _count(place.slot, claim, -1)
    claim.reason = str(reason)
    _count(place.slot, claim, +1)


def left_to_companies(place: Place, company_ids: set[UUID]) -> dict[UUID, int]:
    """Seats each company may still have confirmed in this meeting; empty where there is no cap.

    Safe to rely on until the end of the transaction: the meeting is locked wherever a cap counts.
    """
    cap = place.meeting.seats_per_company
    if cap is None or not company_ids:
        return {}
    place.session.flush()
    rows = place.session.execute(
        select(Registration.company_id, func.sum(Registration.seats))
        .where(
            Registration.company_id.in_(company_ids),
            Registration.meeting_id == place.meeting.id,
            Registration.state == State.CONFIRMED,
        )
        .group_by(Registration.company_id)
    )
    had = {company_id: int(seats) for company_id, seats in rows}
    return {company_id: cap - had.get(company_id, 0) for company_id in company_ids}


def left_to(place: Place, claim: Registration) -> int:
    """Seats the company of *claim* may still have confirmed in this meeting."""
    return left_to_companies(place, {claim.company_id}).get(claim.company_id, UNLIMITED)


def position(place: Place, claim: Registration) -> int:
    """Groups ahead of *claim* in the list, plus one."""
    place.session.flush()
    return waiting.position(place.session, claim)


def watch_overbooking(place: Place) -> None:
    """Tell scheduling how many seats too many are taken of a slot, whenever that has changed."""
    slot = place.slot
    too_many = max(slot.taken - slot.capacity, 0)
    slot.overbooked = too_many > 0
    if too_many != slot.overbooked_by:
        slot.overbooked_by = too_many
        slot.revision += 1
        place.session.flush()
        fact = SlotOverbooked(
            revision=slot.revision,
            slot_id=slot.id,
            meeting_id=slot.meeting_id,
            capacity=slot.capacity,
            taken=slot.taken,
        )
        outbox.record(place.session, fact)
