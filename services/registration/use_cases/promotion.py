"""Moving up: whoever frees seats calls promote() in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import Move, Reason, State
from services.registration.domain.refusals import FullError
from services.registration.domain.waitlist import Waiting, granted, moves_up
from services.registration.models import Meeting, Registration, Slot
from services.registration.use_cases.claims import (
    Place,
    give_reason,
    left_to,
    left_to_companies,
    lock_place,
    position,
    resize,
    shift,
    watch_overbooking,
)
from services.registration.use_cases.facts import record
from services.registration.use_cases.search import refresh_search
from services.registration.use_cases.splitting import split_off
from shared.events import registration as events


def promote(place: Place, previous_states: Mapping[UUID, str] | None = None) -> None:
    """Give free seats to the waitlist. *previous_states*: what newcomers to the list were before."""
    watch_overbooking(place)
    claims = waitlist_of(place)
    if not claims:
        return
    left = left_to_companies(place, {claim.company_id for claim in claims})
    _update_blocks(place, claims, left)
    by_id = {claim.id: claim for claim in claims}
    waiting = [_as_waiting(place, claim) for claim in claims]
    steps = moves_up(waiting, place.slot.free, order=place.order, left_to_company=left)
    for step in steps:
        claim = by_id[step.id]
        previous = (previous_states or {}).get(claim.id, claim.state)
        _move_up(place, claim, seats=step.seats, previous=previous)
    place.session.flush()
    if steps:
        # Whoever moved up may have reached the company's number, or have additional seats to wait for.
        promote(place, previous_states)


def waitlist_of(place: Place) -> list[Registration]:
    """All claims in the list of the locked slot, by rank."""
    place.session.flush()
    query = (
        select(Registration)
        .where(Registration.slot_id == place.slot.id, Registration.state == State.WAITLISTED)
        .order_by(Registration.rank, Registration.id)
        .with_for_update(key_share=True)
    )
    return list(place.session.scalars(query.execution_options(populate_existing=True)))


def _as_waiting(place: Place, claim: Registration) -> Waiting:
    return Waiting(
        id=claim.id,
        company_id=claim.company_id,
        seats=claim.seats,
        verified=claim.verified_at is not None and _may_join(place, claim),
        accepts_fewer=claim.accepts_fewer,
    )


def _may_join(place: Place, claim: Registration) -> bool:
    """Additional seats have nothing to join before the registration itself is confirmed."""
    if claim.linked_to is None:
        return True
    main = place.session.get(Registration, claim.linked_to)
    return main is not None and main.state == State.CONFIRMED


def _update_blocks(place: Place, claims: list[Registration], left: Mapping[UUID, int]) -> None:
    """A claim blocked by its company's number blocks nobody else, and stands in line again when that falls."""
    for claim in claims:
        if claim.verified_at is None:
            continue
        room = left.get(claim.company_id, claim.seats)
        blocked = not granted(claim.seats, room, accepts_fewer=claim.accepts_fewer)
        if blocked and claim.reason != Reason.COMPANY_CAP:
            give_reason(place, claim, Reason.COMPANY_CAP)
        elif not blocked and claim.reason == Reason.COMPANY_CAP:
            give_reason(place, claim, Reason.LINKED if claim.linked_to else Reason.QUEUE)


def _move_up(place: Place, claim: Registration, *, seats: int, previous: str) -> None:
    if seats < claim.seats:
        split_off(place, claim, seats=claim.seats - seats, reason=Reason.LINKED)
    if claim.linked_to is None:
        reason = Reason.FEWER if claim.accepts_fewer and _has_rest(place, claim) else ""
        shift(place, claim, Move.CONFIRM, reason=reason)
        record(place.session, events.RegistrationConfirmed, claim, previous=previous)
        return
    main = place.session.get(Registration, claim.linked_to, with_for_update={"key_share": True})
    if main is None or main.state != State.CONFIRMED:
        return
    _join(place, claim, main)


def _has_rest(place: Place, claim: Registration) -> bool:
    query = select(Registration.id).where(
        Registration.linked_to == claim.id, Registration.state == State.WAITLISTED
    )
    return place.session.scalar(query) is not None


def _join(place: Place, claim: Registration, main: Registration) -> None:
    """The additional seats of a company become part of its registration."""
    shift(place, claim, Move.EXPIRE, reason=Reason.JOINED)
    record(place.session, events.RegistrationExpired, claim, previous=State.WAITLISTED)
    resize(place, main, main.seats + claim.seats)
    people = list(claim.attendees)
    first = max((attendee.position for attendee in main.attendees), default=0) + 1
    for offset, attendee in enumerate(people):
        attendee.registration_id = main.id
        attendee.position = first + offset
    place.session.flush()
    place.session.expire(claim, ["attendees"])
    place.session.expire(main, ["attendees"])
    refresh_search(main)
    record(
        place.session,
        events.RegistrationChanged,
        main,
        previous=main.state,
        changes=["seats", "attendees", "joined"],
        removed_attendees=[],
    )


def seat_or_wait(place: Place, claim: Registration, reason: Reason) -> None:
    """Confirm a verified claim if it is its turn, else put it into the list at its rank; with its fact.

    Raises FullError where neither is possible (no waitlist, or it is closed already).
    """
    previous = claim.state
    room = left_to(place, claim)
    fits = claim.seats <= min(place.slot.free, room)
    if fits and place.slot.waiting == 0:
        shift(place, claim, Move.CONFIRM)
        record(place.session, events.RegistrationConfirmed, claim, previous=previous)
        return
    if place.policy == "off":
        raise FullError
    blocked = not granted(claim.seats, room, accepts_fewer=claim.accepts_fewer)
    shift(place, claim, Move.WAIT, reason=Reason.COMPANY_CAP if blocked else reason)
    promote_or_tell(place, claim, previous)


def promote_or_tell(place: Place, claim: Registration, previous: str) -> None:
    """Give a newcomer to the list what it may have at once, else tell that it waits."""
    promote(place, {claim.id: previous})
    if claim.state == State.WAITLISTED:
        record_waiting(place, claim, previous)


def record_waiting(place: Place, claim: Registration, previous: str) -> None:
    """Tell that *claim* stands in the list."""
    ahead = position(place, claim)
    record(place.session, events.RegistrationWaitlisted, claim, previous=previous, position=ahead)


def promote_elsewhere(place: Place) -> None:
    """Where a cap counts, seats given up in one slot can let the company move up in another."""
    if place.meeting.seats_per_company is None:
        return
    query = (
        select(Registration.slot_id)
        .where(
            Registration.meeting_id == place.meeting.id,
            Registration.slot_id != place.slot.id,
            Registration.state == State.WAITLISTED,
            Registration.reason == Reason.COMPANY_CAP,
        )
        .distinct()
        .order_by(Registration.slot_id)
    )
    for slot_id in place.session.scalars(query).all():
        promote(lock_place(place.session, slot_id, place.now))


def promote_all(session: Session, meeting: Meeting, now: datetime) -> None:
    """Promote in every slot: whatever changes in a meeting can be what somebody waits for."""
    slots = select(Slot.id).where(Slot.meeting_id == meeting.id).order_by(Slot.id)
    for slot_id in session.scalars(slots).all():
        promote(lock_place(session, slot_id, now))


def promote_slot(session: Session, slot_id: UUID, now: datetime) -> None:
    """Promote in one slot (the sweep's step)."""
    promote(lock_place(session, slot_id, now))


def slots_to_sweep(session: Session, now: datetime) -> list[UUID]:
    """Slots ahead with free seats and somebody waiting, be it for her company's number."""
    waits = exists().where(Registration.slot_id == Slot.id, Registration.state == State.WAITLISTED)
    query = select(Slot.id).where(
        waits, Slot.taken < Slot.capacity, Slot.starts_at > now, ~Slot.closed
    )
    return list(session.scalars(query.order_by(Slot.id)))
