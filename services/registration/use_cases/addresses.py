"""Correcting an address: the old links end, the new address is asked to confirm."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.booking import hold_deadline
from services.registration.domain.lifecycle import LIVING, Reason, State
from services.registration.domain.names import email_key
from services.registration.domain.refusals import OutdatedError
from services.registration.models import Contact, Registration
from services.registration.use_cases.claims import Place, lock_claim, position
from services.registration.use_cases.facts import record
from services.registration.use_cases.giving_up import expire, withdraw_linked
from services.registration.use_cases.mails import forget_failure
from services.registration.use_cases.promotion import promote, record_waiting
from services.registration.use_cases.repeats import REPEATED, send_link
from services.registration.use_cases.search import refresh_search
from services.registration.use_cases.sign_up import Person, Wish, recognised
from shared.events import registration as events
from shared.identifiers import new_id


def correct_own(session: Session, registration_id: UUID, email: str, now: datetime) -> UUID | None:
    """The page after signing up corrects an address that was not confirmed yet. Raises OutdatedError.

    The deadline stays, or seats could be held for ever. Returns the claim that the right address has already.
    """
    place, claim = lock_claim(session, registration_id, now)
    if claim.verified_at is not None or claim.state not in LIVING or place.has_begun:
        raise OutdatedError
    return _correct(place, claim, email)


def correct_by_coordinator(
    session: Session, registration_id: UUID, email: str, now: datetime, *, hold: timedelta
) -> Registration:
    """A coordinator corrects an address; a verified claim stays verified. Raises OutdatedError."""
    place, claim = lock_claim(session, registration_id, now)
    if claim.state not in LIVING or claim.erased_at is not None:
        raise OutdatedError
    if claim.state == State.HELD and claim.deadline_at is not None:
        claim.deadline_at = hold_deadline(now, hold, place.slot.starts_at)
    _correct(place, claim, email)
    return claim


def _correct(place: Place, claim: Registration, email: str) -> UUID | None:
    key = email_key(email)
    if key == claim.email_key:
        return None
    session = place.session
    twin = _living_twin(session, claim, key)
    if twin is not None:
        # The right address has a claim of its own: that one counts, and nobody is told here.
        withdraw_linked(place, claim)
        if claim.state == State.CONFIRMED:
            raise OutdatedError
        expire(place, claim, Reason.UNCONFIRMED)
        promote(place)
        send_link(session, twin, REPEATED, place.now)
        return twin
    _move_people(claim, email)
    if claim.email:
        forget_failure(session, claim.email)
    if claim.verified_at is None:
        _recognise_anew(place, claim, email)
    else:
        claim.contact_id = _contact(session, claim, email, place.now)
    claim.email = email
    claim.email_key = key
    claim.link_version += 1
    _correct_linked(place, claim)
    refresh_search(claim)
    announce(place, claim)
    return None


def _recognise_anew(place: Place, claim: Registration, email: str) -> None:
    """The company is the one that the new address tells. Raises OutdatedError.

    Or whoever signs up with a stranger's address and corrects it to her own would belong to the stranger's
    company, and her domain too once she confirms.
    """
    whose = recognised(place.session.connection(), wish_of(claim).addressed(email), place.now)
    if whose is None:
        raise OutdatedError
    claim.company_id, claim.contact_id, claim.hint = whose.company_id, whose.contact_id, whose.hint


def wish_of(claim: Registration) -> Wish:
    """What a claim was signed up for, as it stands now."""
    return Wish(
        slot_id=claim.slot_id,
        company_name=claim.company_name,
        postcode=claim.postcode,
        district=claim.district,
        contact_name=claim.contact_name,
        email=claim.email,
        phone=claim.phone,
        attendees=tuple(Person(person.name, person.email) for person in claim.attendees),
        language=claim.language,
        accepts_fewer=claim.accepts_fewer,
        answers=claim.answers,
        notice_version=claim.notice_version,
    )


def _correct_linked(place: Place, claim: Registration) -> None:
    """Additional seats have the address and the links of their registration; of those that wait it is told."""
    query = (
        select(Registration)
        .where(Registration.linked_to == claim.id, Registration.erased_at.is_(None))
        .order_by(Registration.rank, Registration.id)
        .with_for_update(key_share=True)
    )
    for linked in place.session.scalars(query.execution_options(populate_existing=True)).all():
        _move_people(linked, claim.email or "")
        linked.email, linked.email_key = claim.email, claim.email_key
        linked.company_id, linked.contact_id = claim.company_id, claim.contact_id
        linked.link_version += 1
        refresh_search(linked)
        if linked.state == State.WAITLISTED:
            record_waiting(place, linked, State.WAITLISTED)


def announce(place: Place, claim: Registration) -> None:
    """Tell of a living claim as if it were new, so that its mail goes out again (to another address)."""
    session = place.session
    if claim.state == State.CONFIRMED or claim.verified_at is not None:
        record(
            session,
            events.RegistrationChanged,
            claim,
            previous=claim.state,
            changes=["address"],
            removed_attendees=[],
        )
    elif claim.state == State.WAITLISTED:
        ahead = position(place, claim)
        record(session, events.RegistrationWaitlisted, claim, previous="", position=ahead)
    elif claim.state == State.PENDING:
        record(session, events.ApprovalRequested, claim, previous="")
    else:
        record(session, events.RegistrationHeld, claim, previous="")


def _living_twin(session: Session, claim: Registration, key: str) -> UUID | None:
    return session.scalar(
        select(Registration.id).where(
            Registration.slot_id == claim.slot_id,
            Registration.email_key == key,
            Registration.state.in_(LIVING),
            Registration.linked_to.is_(None),
            Registration.id != claim.id,
        )
    )


def _move_people(claim: Registration, email: str) -> None:
    for person in claim.attendees:
        if person.email and claim.email and email_key(person.email) == claim.email_key:
            person.email = email
            person.link_version += 1


def _contact(session: Session, claim: Registration, email: str, now: datetime) -> UUID:
    key = email_key(email)
    made = session.scalar(
        insert(Contact)
        .values(
            id=new_id(),
            company_id=claim.company_id,
            name=claim.contact_name,
            email=email,
            email_key=key,
            phone=claim.phone,
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(Contact.id)
    )
    known = made or session.scalar(select(Contact.id).where(Contact.email_key == key))
    return known or claim.contact_id
