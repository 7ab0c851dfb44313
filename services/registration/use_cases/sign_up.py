"""Signing up: the hot path. Two statements, never more seats than there are, in any interleaving."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.registration.domain.admission import Admitted, Area, admit, named_district
from services.registration.domain.allowance import LATELY, hold_for, may_ask
from services.registration.domain.booking import Policy, hold_deadline, policy_at
from services.registration.domain.companies import own_domain
from services.registration.domain.lifecycle import State
from services.registration.domain.names import (
    NOT_NAMED,
    company_key,
    email_key,
    search_words,
    sort_key,
)
from services.registration.domain.refusals import (
    CapExceededError,
    ClosedError,
    FullError,
    InvitationNeededError,
    UnconfirmedError,
    UnknownError,
)
from services.registration.queries.sign_up import is_open, recognise, take
from services.registration.use_cases.facts import fact_about
from shared.database import Executor
from shared.events import registration as events
from shared.identifiers import new_id
from shared.messaging.outbox import prepared

ATTEMPTS = 3
# How much there was to do, which nobody must learn from the time it took: see pace.
NEW = "new"  # company and contact too
KNOWN = "known"  # at least one of them was there
REPEATED = "repeated"


@dataclass(frozen=True)
class Person:
    """Somebody who is to come."""

    name: str
    email: str | None = None


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody signs up for, cleaned at the edge."""

    slot_id: UUID
    company_name: str
    postcode: str = ""
    district: str = ""
    contact_name: str
    email: str | None
    phone: str = ""
    attendees: tuple[Person, ...]
    language: str
    accepts_fewer: bool = False
    answers: dict[str, str] = field(default_factory=dict)
    notice_version: str = ""
    note: str = ""

    @property
    def seats(self) -> int:
        """One for each attendee, named or not."""
        return len(self.attendees)

    def addressed(self, email: str) -> Wish:
        """The same with another address of the contact, wherever hers stands."""
        own = email_key(self.email) if self.email else None
        people = (
            replace(person, email=email)
            if person.email and email_key(person.email) == own
            else person
            for person in self.attendees
        )
        return replace(self, email=email, attendees=tuple(people))


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Under which circumstances: by whom, how long seats are held.

    ``proved``: the address needs no confirmation (an invitation's own address, or a coordinator's word). What
    sign_up() makes of it is provisional and told to nobody: the same transaction settles it.
    """

    hold: timedelta
    on_behalf: bool = False
    invitation_id: UUID | None = None
    proved: bool = False
    origin: str = ""  # the network it comes from, while its unconfirmed seats are limited


@dataclass(frozen=True, kw_only=True)
class SignedUp:
    """What became of it. ``repeats`` names the claim that the address has already (nothing was taken)."""

    id: UUID
    state: str
    seats: int
    held_until: datetime | None
    repeats: UUID | None = None
    work: str = NEW


def sign_up(connection: Executor, wish: Wish, terms: Terms, now: datetime) -> SignedUp:
    """Take seats or a place in the waitlist. Raises RefusedError, SiteNeededError, DistrictNeededError.

    On an autocommit connection each statement commits by itself; inside a transaction the last one holds
    the slot's row until the commit. A second sign-up of the same address changes nothing: see ``repeats``.
    """
    values = _typed(wish, terms, now)
    made = (values["company_id"], values["contact_id"])
    place = _place(connection, values)
    admitted = _checked(place, wish, terms)
    state = State.PENDING if admitted.pending else State.HELD
    if place.living_id is not None:
        # Where not even a first sign-up would fit, the usual statement finds that out for a second one too.
        repeated = _repeated(place, wish, state=state, terms=terms, now=now)
        if repeated is not None:
            return repeated
    values |= _decided(place, wish, terms, now, admitted=admitted, state=state)
    values |= _event(values)
    row = take(connection, values)
    if row is None:
        raise FullError if is_open(connection, wish.slot_id) else ClosedError
    held_until = values["deadline_at"] if row.state == State.HELD else None
    return SignedUp(
        id=values["id"],
        state=row.state,
        seats=row.seats,
        held_until=held_until,
        work=NEW if (place.company_id, place.contact_id) == made else KNOWN,
    )


@dataclass(frozen=True, kw_only=True)
class Recognised:
    """Whom a sign-up belongs to; ``hint`` names a doubt about it, for coordinators."""

    company_id: UUID
    contact_id: UUID
    hint: str


def recognised(connection: Executor, wish: Wish, now: datetime) -> Recognised | None:
    """Whom a sign-up would belong to, made where they are new; None where the slot takes nobody any more."""
    place = _place(connection, _typed(wish, Terms(hold=timedelta(), on_behalf=True), now))
    if not place.is_open:
        return None
    return Recognised(
        company_id=place.company_id, contact_id=place.contact_id, hint=_hint(place, wish)
    )


def is_repetition(error: IntegrityError) -> bool:
    """Whether another sign-up with the same address came in between: simply sign up again."""
    return "uq_registration_living" in str(error.orig)


def _typed(wish: Wish, terms: Terms, now: datetime) -> dict[str, Any]:
    return {
        "now": now,
        "origin": terms.origin,
        "lately": now - LATELY,
        "slot_id": wish.slot_id,
        "on_behalf": terms.on_behalf,
        "invited": terms.invitation_id is not None,
        "email": wish.email,
        "email_key": email_key(wish.email) if wish.email else None,
        "domain": own_domain(wish.email),
        "name_key": company_key(wish.company_name),
        "company_name": wish.company_name,
        "company_sort": sort_key(wish.company_name),
        "postcode": wish.postcode,
        "district": named_district(wish.district),
        "contact_name": wish.contact_name,
        "phone": wish.phone,
        "company_id": new_id(),
        "contact_id": new_id(),
    }


def _place(connection: Executor, values: dict[str, Any]) -> Any:
    for _ in range(ATTEMPTS):
        place = recognise(connection, values)
        if place is None:
            raise UnknownError("slot")
        if not place.is_open or (place.company_id and place.contact_id):
            return place
    raise RuntimeError("company or contact came and went while signing up")


def _checked(place: Any, wish: Wish, terms: Terms) -> Admitted:
    if not place.is_open:
        if place.admission == "invited" and not terms.on_behalf and terms.invitation_id is None:
            raise InvitationNeededError
        raise ClosedError
    if place.seats_per_company is not None and wish.seats > place.seats_per_company:
        raise CapExceededError(place.seats_per_company)
    if terms.origin and not may_ask(asked=place.asked, seats=wish.seats, capacity=place.capacity):
        raise UnconfirmedError
    areas = [Area(name, postcodes) for name, postcodes in place.areas or ()]
    personal = terms.on_behalf or terms.invitation_id is not None
    return admit(
        areas,
        admission="open" if personal else place.admission,
        approval=place.approval and not personal,
        postcode=wish.postcode,
        district=wish.district,
    )


def _may_wait(place: Any, now: datetime) -> bool:
    return policy_at(place.waitlist, place.starts_at, now) is not Policy.OFF


def _decided(
    place: Any, wish: Wish, terms: Terms, now: datetime, *, admitted: Admitted, state: State
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "network_id": place.network_id,
        "meeting_id": place.meeting_id,
        "meeting_revision": place.meeting_revision,
        "company_id": place.company_id,
        "contact_id": place.contact_id,
        "district": admitted.district,
        "takes": state is State.HELD,
        "told_later": terms.proved,
        "may_wait": _may_wait(place, now),
        "state": str(state),
        "reason": "",
        "seats": wish.seats,
        "verified_at": now if terms.proved else None,
        "deadline_at": _deadline(place, wish, terms, now, state=state),
        "language": wish.language,
        "accepts_fewer": wish.accepts_fewer,
        "note": wish.note,
        "hint": _hint(place, wish),
        "notice_version": wish.notice_version,
        "answers": json.dumps(wish.answers),
        "invitation_id": terms.invitation_id,
        "search": _search_text(wish),
        "attendee_ids": [new_id() for _ in wish.attendees],
        "attendee_names": [person.name or NOT_NAMED for person in wish.attendees],
        "attendee_emails": [person.email or None for person in wish.attendees],
        "contact_position": _contact_position(wish),
    }


def _deadline(
    place: Any, wish: Wish, terms: Terms, now: datetime, *, state: State
) -> datetime | None:
    if terms.proved:
        return None
    # A claim that waits for a decision keeps its place until the start: expired, it could not be decided.
    if state is State.PENDING:
        return place.starts_at  # type: ignore[no-any-return]
    return _held_until(place, wish, terms, now)


def _held_until(place: Any, wish: Wish, terms: Terms, now: datetime) -> datetime:
    hold = terms.hold
    if terms.origin:
        hold = hold_for(hold, held=place.held, seats=wish.seats, capacity=place.capacity)
    return hold_deadline(now, hold, place.starts_at)


def _hint(place: Any, wish: Wish) -> str:
    known = place.known_name_key
    return "other_name" if known is not None and known != company_key(wish.company_name) else ""


def _search_text(wish: Wish) -> str:
    people = [text for person in wish.attendees for text in (person.name, person.email)]
    return search_words(wish.company_name, wish.contact_name, wish.email, *people)


def _contact_position(wish: Wish) -> int:
    """Which attendee (from 1) is the contact herself; 0: none."""
    for position, person in enumerate(wish.attendees, 1):
        if person.email:
            if wish.email and email_key(person.email) == email_key(wish.email):
                return position
        elif person.name.casefold() == wish.contact_name.casefold():
            return position
    return 0


_FACTS: dict[str, type[events.RegistrationFact]] = {
    State.HELD: events.RegistrationHeld,
    State.PENDING: events.ApprovalRequested,
}


def _event(values: dict[str, Any]) -> dict[str, Any]:
    people = zip(
        values["attendee_ids"], values["attendee_names"], values["attendee_emails"], strict=True
    )
    attendees = [
        events.Attendee(
            attendee_id=identifier,
            name=name,
            email=email,
            link_version=1,
            is_contact=position == values["contact_position"],
        )
        for position, (identifier, name, email) in enumerate(people, 1)
    ]
    claim = SimpleNamespace(
        **values, revision=1, link_version=1, linked_to=None, signed_up_at=values["now"]
    )
    extra = {"position": 1} if values["state"] == State.WAITLISTED else {}
    return prepared(fact_about(_FACTS[values["state"]], claim, attendees, previous="", **extra))


def _repeated(
    place: Any, wish: Wish, *, state: State, terms: Terms, now: datetime
) -> SignedUp | None:
    """What a first sign-up would have been told now: nobody learns who is registered. None: no room."""
    if state is State.HELD:
        fits = place.waiting == 0 and place.taken + wish.seats <= place.capacity
        if not fits and not _may_wait(place, now):
            return None
        state = State.HELD if fits else State.WAITLISTED
    held_until = _held_until(place, wish, terms, now) if state is State.HELD else None
    return SignedUp(
        id=new_id(),
        state=str(state),
        seats=wish.seats,
        held_until=held_until,
        repeats=place.living_id,
        work=REPEATED,
    )
