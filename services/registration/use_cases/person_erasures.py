"""Somebody wants nothing kept of her: who that is everywhere, and the fact that tells the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, or_, select, update
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import LIVING
from services.registration.domain.names import email_key
from services.registration.models import Attendee, ErasureRequest, Invitation, Registration
from services.registration.queries.scope import within
from services.registration.use_cases.erasing import INVITATION, REGISTRATION, SEAT, erase
from shared.events.notifications import MailsErased
from shared.events.registration import ErasedSubject, PersonErased
from shared.events.scheduling import RosterErased
from shared.identifiers import new_id
from shared.messaging import erasures, outbox
from shared.messaging.tables import erasure

BY_PERSON, BY_COORDINATOR = "person", "coordinator"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody by her address, and by the registration or seat where she was met."""

    key: str | None
    registration_id: UUID | None = None
    attendee_id: UUID | None = None


def contact_of(claim: Registration) -> Person:
    """The contact of a registration."""
    return Person(key=claim.email_key, registration_id=claim.id)


def holder_of(seat: Attendee) -> Person:
    """Who sits on a seat."""
    return Person(key=email_key(seat.email) if seat.email else None, attendee_id=seat.id)


def reach_of_link(claim: Registration, seat: Attendee | None) -> Collection[UUID] | None:
    """In which networks the link of a registration or seat stands for a person; None: in all of them.

    Anybody can enter an address, on behalf of others or for a seat: until the person at it has confirmed it
    by this registration's mail, the link tells nothing of what she has elsewhere.
    """
    return None if seat is None and claim.address_is_proved else {claim.network_id}


@dataclass(frozen=True, kw_only=True)
class Found:
    """All that is kept of a person under her own name or address."""

    registrations: Sequence[Registration]
    seats: Sequence[Attendee]
    invitations: Sequence[Invitation]


def find(session: Session, person: Person, networks: Collection[UUID] | None = None) -> Found:
    """Her registrations with what waits beside them, her seats in those of others, her invitations."""
    registrations = _registrations(session, person, networks)
    own = {claim.id for claim in registrations}
    return Found(
        registrations=registrations,
        seats=[
            seat for seat in _seats(session, person, networks) if seat.registration_id not in own
        ],
        invitations=_invitations(session, person, networks),
    )


def _registrations(
    session: Session, person: Person, networks: Collection[UUID] | None
) -> list[Registration]:
    # Nothing is compared with what is not known: that would be everybody without it.
    hers: list[ColumnElement[bool]] = []
    if person.registration_id is not None:
        hers.append(Registration.id == person.registration_id)
        hers.append(Registration.linked_to == person.registration_id)
    if person.key is not None:
        hers.append(Registration.email_key == person.key)
    query = select(Registration).where(
        or_(false(), *hers),
        Registration.erased_at.is_(None),
        within(Registration.network_id, networks),
    )
    return list(session.scalars(query.order_by(Registration.id)))


def _seats(session: Session, person: Person, networks: Collection[UUID] | None) -> list[Attendee]:
    hers: list[ColumnElement[bool]] = []
    if person.attendee_id is not None:
        hers.append(Attendee.id == person.attendee_id)
    if person.key is not None:
        hers.append(func.lower(Attendee.email) == person.key)
    query = select(Attendee).join(Registration, Registration.id == Attendee.registration_id)
    query = query.where(or_(false(), *hers), within(Registration.network_id, networks))
    return list(session.scalars(query.order_by(Attendee.id)))


def _invitations(
    session: Session, person: Person, networks: Collection[UUID] | None
) -> list[Invitation]:
    if person.key is None:
        return []
    query = select(Invitation).where(
        Invitation.email_key == person.key, within(Invitation.network_id, networks)
    )
    return list(session.scalars(query.order_by(Invitation.id)))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asked for an erasure, and as far as which networks (None: all)."""

    by: str
    coordinator_id: UUID | None = None
    networks: Collection[UUID] | None = None


def erase_person(session: Session, person: Person, asked: Asked, now: datetime) -> UUID:
    """Erase *person* here and tell the other services; the id under which their receipts come."""
    found = find(session, person, asked.networks)
    subjects = _subjects(session, found)
    erasure_id = new_id()
    told = _to_be_told(found, now)
    erasures.remember(session, erasure_id, subjects, now)
    erase(session, subjects, now)
    session.add(
        ErasureRequest(
            id=erasure_id, asked_by=asked.by, coordinator_id=asked.coordinator_id, erased_at=now
        )
    )
    session.flush()
    outbox.record(
        session,
        PersonErased(
            revision=1,
            erasure_id=erasure_id,
            erased_at=now,
            subjects=subjects,
            tell_registration_id=told,
        ),
    )
    return erasure_id


def _subjects(session: Session, found: Found) -> list[ErasedSubject]:
    invited = [invitation.id for invitation in found.invitations]
    passed_on = session.scalars(select(Invitation.id).where(Invitation.forwarded_by.in_(invited)))
    return [
        *(_subject(REGISTRATION, claim.id, claim.id) for claim in found.registrations),
        *(_subject(SEAT, seat.id, seat.registration_id) for seat in found.seats),
        *(_subject(INVITATION, identifier, identifier) for identifier in invited),
        *(_subject(erasures.RECOMMENDATION, i, i) for i in passed_on),
    ]


def _subject(kind: str, subject_id: UUID, aggregate_id: UUID) -> ErasedSubject:
    return ErasedSubject(kind=kind, subject_id=subject_id, aggregate_id=aggregate_id)


def _to_be_told(found: Found, now: datetime) -> UUID | None:
    """The registration whose contact hears of it; whoever gives up seats hears of it by that mail."""
    proved = [claim for claim in found.registrations if claim.verified_at and claim.email]
    frees = any(claim.state in LIVING and claim.slot.starts_at > now for claim in proved)
    return None if frees or not proved else proved[-1].id


def note_receipt(session: Session, fact: RosterErased | MailsErased, now: datetime) -> None:
    """Another service keeps nothing any more either."""
    column = "scheduling_at" if isinstance(fact, RosterErased) else "notifications_at"
    session.execute(
        update(ErasureRequest).where(ErasureRequest.id == fact.erasure_id).values({column: now})
    )


def erasure_request_of(session: Session, registration_id: UUID) -> ErasureRequest | None:
    """The erasure that emptied a registration; None where the clock did."""
    erasure_id = session.scalar(
        select(erasure.c.erasure_id).where(
            erasure.c.subject_id == registration_id,
            erasure.c.kind == REGISTRATION,
        )
    )
    return session.get(ErasureRequest, erasure_id) if erasure_id else None
