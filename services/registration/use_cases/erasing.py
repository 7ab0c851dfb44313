"""Erasing a person: what is hers becomes nobody's, seats she holds become free, numbers stay.

Idempotent: the same subjects are emptied again when an erasure is settled and after a restore.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import LIVING, Reason, State
from services.registration.domain.names import NOT_NAMED, sort_key
from services.registration.domain.refusals import UnknownError
from services.registration.models import (
    Attendee,
    FailingAddress,
    IdempotencyKey,
    Invitation,
    Registration,
    RepeatedSignUp,
)
from services.registration.use_cases import changes
from services.registration.use_cases.claims import lock_seat
from services.registration.use_cases.forgotten import contacts_of, forget_contacts
from services.registration.use_cases.giving_up import end_to_come, refill
from services.registration.use_cases.search import refresh_search
from shared.events.registration import ErasedSubject
from shared.events.scrubbing import without_person
from shared.messaging import erasures

REGISTRATION, SEAT, INVITATION = "registration", "seat", "invitation"


def erase(session: Session, subjects: Sequence[ErasedSubject], now: datetime) -> None:
    """Keep nothing of *subjects*: rows, search words, answers to calls, messages in and out."""
    _lock_invitations(session, subjects)
    ended = end_to_come(session, erasures.ids(subjects, REGISTRATION), now, reason=Reason.ERASED)
    for attendee_id in erasures.ids(subjects, SEAT):
        _empty_seat(session, attendee_id, now)
    session.flush()
    empty_registrations(session, erasures.ids(subjects, REGISTRATION), now)
    empty_invitations(session, erasures.ids(subjects, INVITATION), now)
    session.execute(
        update(Invitation)
        .where(Invitation.id.in_(erasures.ids(subjects, erasures.RECOMMENDATION)))
        .values(on_recommendation_of="")
    )
    refill(ended)
    session.flush()
    erasures.scrub_messages(session, subjects)


def _lock_invitations(session: Session, subjects: Sequence[ErasedSubject]) -> None:
    """Before any slot, in the order of whoever answers one of them just now."""
    ids = [
        *erasures.ids(subjects, INVITATION),
        *erasures.ids(subjects, erasures.RECOMMENDATION),
    ]
    query = select(Invitation.id).where(Invitation.id.in_(ids)).order_by(Invitation.id)
    session.execute(query.with_for_update())


def reapply(session: Session, now: datetime) -> int:
    """Erase everybody anew who was erased before, as after a restore; how many subjects."""
    subjects = erasures.again(session)
    if subjects:
        erase(session, subjects, now)
    return len(subjects)


def _empty_seat(session: Session, attendee_id: UUID, now: datetime) -> None:
    """Somebody on a seat: before the start the seat is given up, afterwards it has been nobody's."""
    try:
        place, claim = lock_seat(session, attendee_id, now)
    except UnknownError:
        return
    _forget_answers(session, [claim.linked_to or claim.id])
    if claim.state in LIVING and not place.has_begun:
        changes.give_up_seat(session, attendee_id, now)
    seat = session.get(Attendee, attendee_id, populate_existing=True)
    if seat is not None:
        _blank(seat)
        refresh_search(claim)


def _blank(seat: Attendee) -> None:
    seat.name, seat.email = NOT_NAMED, None
    seat.link_version += 1


def empty_registrations(session: Session, ids: Iterable[UUID], now: datetime) -> int:
    """Take the people out of these registrations; company, seats, states and arrivals stay. How many."""
    query = select(Registration).where(
        Registration.id.in_(list(ids)), Registration.erased_at.is_(None)
    )
    claims = session.scalars(
        query.order_by(Registration.slot_id, Registration.id).with_for_update(key_share=True),
        execution_options={"populate_existing": True},
    ).all()
    addresses = {claim.email_key for claim in claims if claim.email_key}
    contacts = contacts_of(session, claims)
    for claim in claims:
        _empty(claim, now)
    session.flush()
    _forget_copies(session, [claim.id for claim in claims])
    forget_contacts(session, contacts)
    session.execute(delete(FailingAddress).where(FailingAddress.email_key.in_(addresses)))
    return len(claims)


def _empty(claim: Registration, now: datetime) -> None:
    claim.company_name = without_person(claim.company_name, claim.contact_name)
    claim.company_sort = sort_key(claim.company_name)
    claim.contact_name, claim.phone = "", ""
    claim.email, claim.email_key = None, None
    claim.note, claim.hint, claim.origin = "", "", ""
    claim.answers, claim.link_requests = {}, []
    if claim.state == State.DECLINED:
        claim.reason = ""  # a coordinator's own words
    claim.link_version += 1
    claim.erased_at = now
    for seat in claim.attendees:
        _blank(seat)
    refresh_search(claim)


def _forget_copies(session: Session, ids: Sequence[UUID]) -> None:
    shown = or_(RepeatedSignUp.registration_id.in_(ids), RepeatedSignUp.first_id.in_(ids))
    session.execute(delete(RepeatedSignUp).where(shown))
    _forget_answers(session, ids)
    session.execute(delete(FailingAddress).where(FailingAddress.registration_id.in_(ids)))


def _forget_answers(session: Session, ids: Sequence[UUID]) -> None:
    """Answers that show a whole registration, with the people in it."""
    texts = [str(identifier) for identifier in ids]
    answered = IdempotencyKey.answer["id"].astext.in_(texts)
    session.execute(delete(IdempotencyKey).where(answered))


def empty_invitations(session: Session, ids: Iterable[UUID], now: datetime) -> int:
    """Take the people out of these invitations; that somebody was asked and what she said stays."""
    chosen = list(ids)
    session.execute(
        delete(FailingAddress).where(
            FailingAddress.email_key.in_(
                select(Invitation.email_key).where(Invitation.id.in_(chosen))
            )
        )
    )
    rows = session.scalars(
        select(Invitation)
        .where(Invitation.id.in_(chosen), Invitation.erased_at.is_(None))
        .order_by(Invitation.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.company_name = without_person(row.company_name, row.contact_name)
        row.company_sort = sort_key(row.company_name)
        row.contact_name, row.email, row.on_recommendation_of = "", "", ""
        row.email_key = str(row.id)  # unique in its meeting
        row.link_version += 1
        row.erased_at = now
    session.flush()
    return len(rows)


def has_seat_to_give_up(claim: Registration, now: datetime) -> bool:
    """Whether erasing *claim* frees seats."""
    return claim.state in LIVING and claim.slot.starts_at > now


__all__ = ["empty_invitations", "empty_registrations", "erase"]
