"""Changing a registration: who comes, how many, and giving up one seat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.booking import Window
from services.registration.domain.lifecycle import LIVING, SEATED, State
from services.registration.domain.names import NOT_NAMED, email_key, folded
from services.registration.domain.refusals import (
    CapExceededError,
    ClosedError,
    FullError,
    OutdatedError,
    UnknownError,
)
from services.registration.models import Attendee, Registration
from services.registration.use_cases.claims import (
    LINKED,
    Place,
    left_to,
    lock_claim,
    resize,
)
from services.registration.use_cases.facts import record, removed
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.new_addresses import count_new
from services.registration.use_cases.promotion import promote, promote_elsewhere
from services.registration.use_cases.search import refresh_search
from services.registration.use_cases.splitting import new_linked, record_linked
from shared.events import registration as events
from shared.identifiers import new_id


@dataclass(frozen=True)
class Seat:
    """One seat as it is to be; with ``id`` the person who has it, else somebody new."""

    name: str
    email: str | None = None
    id: UUID | None = None


@dataclass(frozen=True)
class Changed:
    """What became of it: ``waiting`` additional seats stand in the waitlist."""

    claim: Registration
    waiting: int


def change(
    session: Session, registration_id: UUID, wished: Sequence[Seat], now: datetime
) -> Changed:
    """Make the seats of a claim those *wished*: names at any time, fewer until the start, more until closing.

    What is full waits as a linked claim. Raises UnknownError, OutdatedError, ClosedError,
    CapExceededError, TooManyAddressesError, FullError; then nothing is changed.
    """
    place, claim = _living(session, registration_id, now)
    extra = len(wished) - claim.seats
    now_fits = _fitting(place, claim, extra) if extra > 0 else 0
    immediate = wished[: claim.seats + now_fits] if extra > 0 else wished
    later = wished[len(immediate) :]
    _check_later(place, later)
    count_new(claim, [seat.email for seat in wished], place.now)
    before = _people(claim)
    gone = _apply(claim, immediate)
    session.flush()
    # Who sends the same again, for want of an answer, changes nothing, and nobody is told twice.
    if len(immediate) != claim.seats or _people(claim) != before:
        _tell_changes(place, claim, seats=len(immediate), gone=gone)
    waiting = _queue(place, claim, later) if later else 0
    if extra < 0:
        promote(place)
        promote_elsewhere(place)
    return Changed(claim, waiting)


def give_up_seat(session: Session, attendee_id: UUID, now: datetime) -> Registration:
    """One person does not come; the last one cancels the registration. Raises UnknownError, ClosedError."""
    attendee = session.get(Attendee, attendee_id)
    if attendee is None:
        raise UnknownError("attendee")
    place, claim = _living(session, attendee.registration_id, now)
    if claim.seats <= 1:
        return cancel(session, claim.id, now, by=BY_CONTACT)
    keeping = [
        Seat(other.name, other.email, other.id)
        for other in claim.attendees
        if other.id != attendee_id
    ]
    change(session, claim.id, keeping, place.now)
    return claim


def seats_of(claim: Registration, number: int | None = None) -> list[Seat]:
    """The seats of a claim as they are, cut or filled up with unnamed ones to *number*."""
    seats = [Seat(person.name, person.email, person.id) for person in claim.attendees]
    wanted = claim.seats if number is None else number
    return seats[:wanted] + [Seat(NOT_NAMED)] * max(0, wanted - len(seats))


def _living(session: Session, registration_id: UUID, now: datetime) -> tuple[Place, Registration]:
    place, claim = lock_claim(session, registration_id, now)
    if claim.state not in LIVING:
        raise OutdatedError
    if place.has_begun:
        raise ClosedError
    return place, claim


def _fitting(place: Place, claim: Registration, extra: int) -> int:
    """How many of *extra* seats the claim gets at once; what waits or is pending grows freely."""
    meeting, slot = place.meeting, place.slot
    window = Window(
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        opens_at=None,
        closes_at=meeting.registration_closes_at,
    )
    if not window.is_open(place.now):
        raise ClosedError
    cap = meeting.seats_per_company
    own = 0 if claim.state == State.CONFIRMED else claim.seats
    if cap is not None and extra + own > left_to(place, claim):
        raise CapExceededError(cap)
    if claim.state not in SEATED:
        return extra
    return extra if slot.waiting == 0 and extra <= slot.free else 0


def _check_later(place: Place, later: Sequence[Seat]) -> None:
    if later and place.policy == "off":
        raise FullError


def _apply(claim: Registration, wished: Sequence[Seat]) -> list[Attendee]:
    """Fit the attendees to *wished*; those who are no longer expected."""
    known = {attendee.id: attendee for attendee in claim.attendees}
    kept: list[Attendee] = []
    gone: list[Attendee] = []
    for position, seat in enumerate(wished, 1):
        attendee = known.pop(seat.id, None) if seat.id else None
        if attendee is not None and _is_somebody_else(attendee, seat):
            gone.append(attendee)
            attendee = None
        kept.append(_seated(attendee, seat, position=position, claim=claim))
    gone.extend(known.values())
    claim.attendees[:] = kept
    return gone


def _people(claim: Registration) -> list[tuple[UUID, str, str | None]]:
    return [(person.id, person.name, person.email) for person in claim.attendees]


def _is_somebody_else(attendee: Attendee, seat: Seat) -> bool:
    """Another address is another person; so is a name that shares no word with the old one."""
    if attendee.email and seat.email and email_key(attendee.email) != email_key(seat.email):
        return True
    # It had an address before, to which a link was sent.
    if seat.email and not attendee.email and attendee.link_version > 1:
        return True
    if attendee.name == NOT_NAMED:
        return False
    before, after = set(folded(attendee.name).split()), set(folded(seat.name).split())
    return not before & after


def _seated(
    attendee: Attendee | None, seat: Seat, *, position: int, claim: Registration
) -> Attendee:
    person = attendee or Attendee(id=new_id(), link_version=1, is_contact=False)
    if person.email and not seat.email:  # what was mailed there opens nothing any more
        person.link_version += 1
    person.name = seat.name or NOT_NAMED
    person.email = seat.email
    person.position = position
    if attendee is None:
        person.is_contact = folded(person.name) == folded(claim.contact_name)
    return person


def _tell_changes(place: Place, claim: Registration, *, seats: int, gone: list[Attendee]) -> None:
    changes = ["seats"] if seats != claim.seats else []
    if seats != claim.seats:
        resize(place, claim, seats)
    refresh_search(claim)
    record(
        place.session,
        events.RegistrationChanged,
        claim,
        previous=claim.state,
        changes=[*changes, "attendees"],
        removed_attendees=removed(gone),
    )


def _queue(place: Place, claim: Registration, later: Sequence[Seat]) -> int:
    """Let additional seats wait; how many do. Behind people who have not confirmed they are had at once."""
    linked = new_linked(place, claim, seats=len(later), reason=LINKED)
    place.slot.last_rank += 1
    linked.rank = place.slot.last_rank
    linked.attendees = [
        _seated(None, seat, position=position, claim=claim)
        for position, seat in enumerate(later, 1)
    ]
    place.session.flush()
    promote(place)
    if linked.state != State.WAITLISTED:
        return 0
    record_linked(place, linked)
    return linked.seats


__all__ = ["Changed", "Seat", "change", "give_up_seat", "seats_of"]
