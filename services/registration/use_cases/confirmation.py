"""Confirming an address: by POST only; a used link finds the present state, a late one never a dead end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.companies import own_domain
from services.registration.domain.lifecycle import LIVING, Move, Reason, State
from services.registration.domain.refusals import (
    ErasedError,
    FullError,
    LinkOutdatedError,
    UnknownError,
)
from services.registration.domain.waitlist import granted
from services.registration.models import Company, CompanyDomain, Contact, Registration
from services.registration.queries.confirm import confirm_held, read_claim
from services.registration.use_cases.claims import (
    Place,
    left_to,
    lock_claim,
    shift,
)
from services.registration.use_cases.facts import fact_about, record
from services.registration.use_cases.mails import forget_failure
from services.registration.use_cases.promotion import (
    promote,
    promote_or_tell,
    record_waiting,
    seat_or_wait,
)
from services.registration.use_cases.splitting import split_off
from shared.database import Database, Executor
from shared.events import registration as events
from shared.messaging.outbox import prepared


@dataclass(frozen=True)
class Confirmed:
    """The claim as it stands after the confirmation."""

    id: UUID
    state: str
    link_version: int


def confirm_link(
    database: Database, registration_id: UUID, link_version: int, now: datetime
) -> Confirmed:
    """Confirm by the link of a mail; the ordinary case in two statements that commit by themselves.

    Raises UnknownError, LinkOutdatedError, ErasedError.
    """
    with database.direct() as connection:
        row = _opened(connection, registration_id, link_version)
        if _is_ordinary(row, now) and confirm_held(connection, _confirmation(row, now)):
            return Confirmed(row.id, State.CONFIRMED, row.link_version)
    with database.transaction() as session:
        return confirm_link_within(session, registration_id, link_version, now)


def confirm_link_within(
    session: Session, registration_id: UUID, link_version: int, now: datetime
) -> Confirmed:
    """The same inside a transaction, for what must happen together with it.

    The link of additional seats confirms the registration they belong to.
    """
    _place, claim = lock_claim(session, registration_id, now)
    # Under lock: the address may be corrected meanwhile, and its old link proves nothing of the new one.
    _refuse_outdated(claim, link_version)
    return confirm(session, claim.linked_to or claim.id, now)


def _opened(connection: Executor, registration_id: UUID, link_version: int) -> Any:
    row = read_claim(connection, registration_id)
    if row is None:
        raise UnknownError("registration")
    _refuse_outdated(row, link_version)
    return row


def _refuse_outdated(claim: Any, link_version: int) -> None:
    if claim.link_version != link_version:
        raise ErasedError if claim.erased_at else LinkOutdatedError


def _is_ordinary(row: Any, now: datetime) -> bool:
    return (
        row.state == State.HELD
        and row.verified_at is None
        and row.seats_per_company is None
        and not row.linked_count
        and row.meeting_state == "published"
        and now < row.starts_at
    )


def _confirmation(row: Any, now: datetime) -> dict[str, Any]:
    claim = SimpleNamespace(**row._asdict())
    claim.state = State.CONFIRMED
    claim.verified_at = now
    claim.revision += 1
    people = [
        events.Attendee(
            attendee_id=UUID(person["id"]),
            name=person["name"],
            email=person["email"],
            link_version=person["link_version"],
            is_contact=person["is_contact"],
        )
        for person in row.people or ()
    ]
    fact = fact_about(events.RegistrationConfirmed, claim, people, previous=State.HELD)
    return {"id": row.id, "now": now, "domain": own_domain(row.email), **prepared(fact)}


def confirm(session: Session, registration_id: UUID, now: datetime) -> Confirmed:
    """Take the address of a claim as proved and do what follows from it; again: nothing. Raises UnknownError."""
    place, claim = lock_claim(session, registration_id, now)
    if claim.state == State.EXPIRED and (other := _living_twin(place, claim)):
        place, claim = lock_claim(session, other, now)
    if claim.verified_at is None and not place.has_begun:
        _verify(place, claim)
    return Confirmed(claim.id, claim.state, claim.link_version)


def settle(session: Session, registration_id: UUID, now: datetime) -> Registration:
    """What a sign-up gets whose address is proved and of which nothing was told yet, with its first fact.

    The same as if it had been confirmed the moment after: seats, some of them, or a place in the list.
    """
    place, claim = lock_claim(session, registration_id, now)
    claim.revision = 0
    if not claim.on_behalf:
        claim.proved_version = claim.link_version
        remember_verified(session, claim, now)
    if claim.state == State.HELD:
        _confirm_held(place, claim, previous="")
        promote(place)
    else:
        promote_or_tell(place, claim, previous="")
    return claim


def _living_twin(place: Place, claim: Registration) -> UUID | None:
    """The claim that the same address made after this one had expired."""
    return place.session.scalar(
        select(Registration.id).where(
            Registration.slot_id == claim.slot_id,
            Registration.email_key == claim.email_key,
            Registration.state.in_(LIVING),
            Registration.linked_to.is_(None),
        )
    )


def _verify(place: Place, claim: Registration) -> None:
    if claim.state == State.HELD:
        _mark(place, claim)
        more = _prove_linked(place, claim)
        _confirm_held(place, claim, previous=claim.state)
        # The company's number may be reached, or additional seats may be had now.
        promote(place)
        for linked in more:
            if linked.state == State.WAITLISTED:
                record_waiting(place, linked, State.WAITLISTED)
    elif claim.state == State.PENDING:
        _mark(place, claim)
        record(place.session, events.ApprovalRequested, claim, previous=claim.state)
    elif claim.state == State.WAITLISTED:
        _mark(place, claim)
        promote_or_tell(place, claim, previous=claim.state)
    elif claim.state == State.EXPIRED:
        _confirm_late(place, claim)


def _mark(place: Place, claim: Registration) -> None:
    claim.verified_at = place.now
    claim.proved_version = claim.link_version
    claim.deadline_at = None
    claim.origin = ""
    remember_verified(place.session, claim, place.now)


def _prove_linked(place: Place, claim: Registration) -> list[Registration]:
    """The additional seats that a claim waits for are proved with it; which claims these are."""
    query = select(Registration).where(
        Registration.linked_to == claim.id, Registration.state == State.WAITLISTED
    )
    linked = list(place.session.scalars(query.with_for_update(key_share=True)))
    for one in linked:
        one.verified_at = place.now
        one.proved_version = one.link_version
    return linked


def remember_verified(session: Session, claim: Registration, now: datetime) -> None:
    """From now on the contact and her own mail domain tell the company, and mail to her is known to arrive."""
    if claim.email:
        forget_failure(session, claim.email)
    session.execute(
        update(Contact)
        .where(Contact.id == claim.contact_id, Contact.verified_at.is_(None))
        .values(verified_at=now, name=claim.contact_name, phone=claim.phone)
    )
    if domain := own_domain(claim.email):
        session.execute(
            insert(CompanyDomain)
            .values(domain=domain, company_id=claim.company_id, verified_at=now)
            .on_conflict_do_nothing()
        )
    if claim.district:
        session.execute(
            update(Company)
            .where(Company.id == claim.company_id, Company.district != claim.district)
            .values(district=claim.district)
        )


def _confirm_held(place: Place, claim: Registration, *, previous: str) -> None:
    room = left_to(place, claim)
    seats = granted(claim.seats, room, accepts_fewer=claim.accepts_fewer)
    if not seats:
        shift(place, claim, Move.WAIT, reason=Reason.COMPANY_CAP)
        record_waiting(place, claim, previous)
        return
    rest = claim.seats - seats
    if rest:
        split_off(place, claim, seats=rest, reason=Reason.COMPANY_CAP)
    shift(place, claim, Move.CONFIRM, reason=Reason.FEWER if rest else "")
    record(place.session, events.RegistrationConfirmed, claim, previous=previous)


def _confirm_late(place: Place, claim: Registration) -> None:
    if claim.reason != Reason.UNCONFIRMED:
        return
    claim.verified_at = place.now
    try:
        seat_or_wait(place, claim, Reason.LATE)
    except FullError:
        claim.verified_at = None
        return
    claim.proved_version = claim.link_version
    claim.origin = ""
    remember_verified(place.session, claim, place.now)
