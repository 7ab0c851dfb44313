"""Changing a registration: who comes, how many, and giving up one seat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.booking import Window
from services.registration.domain.lifecycle import LIVING, SEATED, Reason, State
from services.registration.domain.names import NOT_NAMED, email_key, folded
from services.registration.domain.refusals import (
    CapExceededError,
    ClosedError,
    FullError,
    OutdatedError,
)
from services.registration.models import Attendee, Registration
from services.registration.use_cases.claims import (
    Place,
    left_to,
    lock_claim,
    lock_seat,
    resize,
)
from services.registration.use_cases.facts import record, removed
from services.registration.use_cases.giving_up import (
    BY_CONTACT,
    cancel,
    withdraw,
    withdraw_linked,
)
from services.registration.use_cases.new_addresses import count_new
from services.registration.use_cases.promotion import (
    promote,
    promote_elsewhere,
    record_waiting,
)
from services.registration.use_cases.search import refresh_search
from services.registration.use_cases.splitting import new_linked, record_linked, waiting_beside
from shared.events import registration as events
from shared.identifiers import new_id

_AsItIs = tuple[int, list[tuple[UUID, str, str | None]]]


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
    """Make the people of a claim those *wished*: names at any time, fewer until the start, more until closing.

    Who waits for additional seats is among them. What is full waits as a linked claim; fewer are taken from
    what waits first. Raises UnknownError, OutdatedError, ClosedError, CapExceededError, TooManyAddressesError,
    FullError; then nothing is changed.
    """
    place, claim = _living(session, registration_id, now)
    parts = [claim, *waiting_beside(place, claim)]
    wished = _recognised(parts, wished)
    before = {part.id: _as_it_is(part) for part in parts}
    extra = len(wished) - sum(part.seats for part in parts)
    more = extra if extra > 0 and not _fits(place, parts, extra) else 0
    if more:
        parts = _wait_for(place, parts, more)
    count_new(claim, [seat.email for seat in wished], place.now)
    if extra < 0:
        _wait_for_fewer(place, parts, -extra)
    gone = _seat_all(parts, wished)
    session.flush()
    _tell(place, parts, before, gone=gone, seats=len(wished) - _waiting_seats(parts))
    if more or extra < 0:
        promote(place)
    if extra < 0:
        promote_elsewhere(place)
    if more and parts[-1].state == State.WAITLISTED:
        record_linked(place, parts[-1])
    return Changed(claim, _waiting_seats([claim, *waiting_beside(place, claim)]))


def give_up_seat(session: Session, attendee_id: UUID, now: datetime) -> Registration:
    """One person does not come; the last one cancels the registration.

    Her seat stays with those of her company who wait for one; where nobody does, it is free for others.
    Raises UnknownError, OutdatedError, ClosedError.
    """
    _, found = lock_seat(session, attendee_id, now)
    place, claim = _living(session, found.linked_to or found.id, now)
    parts = [claim, *waiting_beside(place, claim)]
    keeping = [
        Seat(other.name, other.email, other.id)
        for part in parts
        for other in part.attendees
        if other.id != attendee_id
    ]
    if not keeping:
        return cancel(session, claim.id, now, by=BY_CONTACT)
    change(session, claim.id, keeping, place.now)
    return claim


def stop_waiting(session: Session, registration_id: UUID, now: datetime) -> Registration:
    """Give up the additional seats that a claim waits for, no others; again: nothing.

    Raises UnknownError, OutdatedError, ClosedError.
    """
    place, claim = _living(session, registration_id, now)
    withdraw_linked(place, claim)
    promote(place)
    return claim


def seats_of(claim: Registration, number: int | None = None) -> list[Seat]:
    """The seats of a claim, and those it waits for, cut or filled up with unnamed ones to *number*."""
    seats = [Seat(person.name, person.email, person.id) for person in claim.people]
    wanted = claim.seats + claim.waiting_for if number is None else number
    return seats[:wanted] + [Seat(NOT_NAMED)] * max(0, wanted - len(seats))


def _living(session: Session, registration_id: UUID, now: datetime) -> tuple[Place, Registration]:
    place, claim = lock_claim(session, registration_id, now)
    if claim.state not in LIVING:
        raise OutdatedError
    if place.has_begun:
        raise ClosedError
    return place, claim


def _fits(place: Place, parts: Sequence[Registration], extra: int) -> bool:
    """Whether *extra* seats are had at once; what waits or is pending itself grows freely.

    Raises ClosedError, CapExceededError, FullError.
    """
    claim, waiting = parts[0], parts[1:]
    _check_open(place)
    cap = place.meeting.seats_per_company
    own = 0 if claim.state == State.CONFIRMED else claim.seats
    if cap is not None and extra + own + _waiting_seats(parts) > left_to(place, claim):
        raise CapExceededError(cap)
    if claim.state not in SEATED:
        return True
    if not waiting and place.slot.waiting == 0 and extra <= place.slot.free:
        return True
    if place.policy == "off":
        raise FullError
    return False


def _check_open(place: Place) -> None:
    window = Window(
        starts_at=place.slot.starts_at,
        ends_at=place.slot.ends_at,
        opens_at=None,
        closes_at=place.meeting.registration_closes_at,
    )
    if not window.is_open(place.now):
        raise ClosedError


def _waiting_seats(parts: Sequence[Registration]) -> int:
    return sum(part.seats for part in parts[1:] if part.state == State.WAITLISTED)


def _wait_for(place: Place, parts: list[Registration], more: int) -> list[Registration]:
    """Let *more* seats wait: with those that wait already, at their rank, else last in the line."""
    if len(parts) > 1:
        resize(place, parts[-1], parts[-1].seats + more)
        return parts
    linked = new_linked(place, parts[0], seats=more, reason=Reason.LINKED)
    place.slot.last_rank += 1
    linked.rank = place.slot.last_rank
    return [*parts, linked]


def _wait_for_fewer(place: Place, parts: Sequence[Registration], fewer: int) -> None:
    """Take seats from what waits, from the last first; what is *fewer* beyond that the claim itself gives."""
    for linked in reversed(parts[1:]):
        if fewer >= linked.seats:
            fewer -= linked.seats
            withdraw(place, linked)
        elif fewer:
            resize(place, linked, linked.seats - fewer)
            return


def _seat_all(parts: Sequence[Registration], wished: Sequence[Seat]) -> list[Attendee]:
    """Fit the people of all parts to *wished*; those of the claim itself who are no longer expected."""
    claim, waiting = parts[0], parts[1:]
    had = list(claim.attendees)
    known = {person.id: person for part in parts for person in part.attendees}
    for part, seats in zip(_still(parts), _parted(parts, wished), strict=True):
        part.attendees[:] = [
            _kept(known, seat, position=position, claim=claim)
            for position, seat in enumerate(seats, 1)
        ]
    seated = {person.id for part in _still(parts) for person in part.attendees}
    for part in waiting:
        if part.state != State.WAITLISTED:  # its people may have a seat now
            part.attendees[:] = [person for person in part.attendees if person.id not in seated]
    return [person for person in had if person.id not in seated]


def _still(parts: Sequence[Registration]) -> list[Registration]:
    """The claim, and what still waits beside it."""
    return [parts[0], *(part for part in parts[1:] if part.state == State.WAITLISTED)]


def _recognised(parts: Sequence[Registration], wished: Sequence[Seat]) -> list[Seat]:
    """Whoever is named or reached as somebody who comes already is that person, also where no id says so."""
    named = {seat.id for seat in wished}
    others = [p for part in parts for p in part.attendees if p.id not in named]
    found = list(wished)
    for alike in (_is_named_alike, _is_reached_alike):
        for number, seat in enumerate(found):
            same = next((p for p in others if seat.id is None and alike(p, seat)), None)
            if same is not None:
                others.remove(same)
                found[number] = replace(seat, id=same.id)
    return found


def _is_named_alike(attendee: Attendee, seat: Seat) -> bool:
    return (attendee.name, attendee.email) == (seat.name or NOT_NAMED, seat.email)


def _is_reached_alike(attendee: Attendee, seat: Seat) -> bool:
    return bool(
        attendee.email and seat.email and email_key(attendee.email) == email_key(seat.email)
    )


def _parted(parts: Sequence[Registration], wished: Sequence[Seat]) -> list[list[Seat]]:
    """Whom each part gets: who has a seat keeps it, then come those who wait, then those who are new."""
    part_of = {person.id: n for n, part in enumerate(parts) for person in part.attendees}
    line = sorted(
        range(len(wished)), key=lambda n: part_of.get(wished[n].id or UUID(int=0), len(parts))
    )
    numbers = [part.seats for part in _still(parts)[1:]]
    groups = []
    for number in (len(wished) - sum(numbers), *numbers):
        groups.append([wished[n] for n in sorted(line[:number])])
        line = line[number:]
    return groups


def _kept(
    known: dict[UUID, Attendee], seat: Seat, *, position: int, claim: Registration
) -> Attendee:
    """Whoever has *seat* from now on: the same person as before, or somebody new."""
    attendee = known.pop(seat.id, None) if seat.id else None
    if attendee is not None and _is_somebody_else(attendee, seat):
        attendee = None
    return _seated(attendee, seat, position=position, claim=claim)


def _as_it_is(part: Registration) -> _AsItIs:
    return part.seats, _people(part)


def _people(claim: Registration) -> list[tuple[UUID, str, str | None]]:
    return [(person.id, person.name, person.email) for person in claim.attendees]


def _is_somebody_else(attendee: Attendee, seat: Seat) -> bool:
    """Another address is another person; without one, a name that shares no word with the old one."""
    if attendee.email and seat.email:
        return not _is_reached_alike(attendee, seat)
    # It had an address before, to which a link was sent.
    if seat.email and not attendee.email and attendee.link_version > 1:
        return True
    return _has_another_name(attendee, seat)


def _has_another_name(attendee: Attendee, seat: Seat) -> bool:
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
    renamed = attendee is None or _has_another_name(attendee, seat)
    person.name = seat.name or NOT_NAMED
    person.email = seat.email
    person.position = position
    if renamed:
        person.is_contact = folded(person.name) == folded(claim.contact_name)
    return person


def _tell(
    place: Place,
    parts: Sequence[Registration],
    before: Mapping[UUID, _AsItIs],
    *,
    gone: list[Attendee],
    seats: int,
) -> None:
    """Who sends the same again, for want of an answer, changes nothing, and nobody is told twice."""
    claim = parts[0]
    if (seats, _people(claim)) != before[claim.id]:
        _tell_changes(place, claim, seats=seats, gone=gone)
    for linked in _still(parts)[1:]:
        refresh_search(linked)
        known = before.get(linked.id)
        # More that wait are told when it is known how many; fewer, or other names, are no news.
        if known is not None and _as_it_is(linked) != known and linked.seats <= known[0]:
            record_waiting(place, linked, State.WAITLISTED)


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


__all__ = ["Changed", "Seat", "change", "give_up_seat", "seats_of", "stop_waiting"]
