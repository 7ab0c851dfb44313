"""The clock of personal data: when nobody needs a name any more, only numbers are kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, SelectBase, delete, exists, select
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import ENDED
from services.registration.models import (
    Contact,
    FailingAddress,
    Invitation,
    Meeting,
    Registration,
)
from services.registration.use_cases.erasing import empty_invitations, empty_registrations
from services.registration.use_cases.forgotten import forget_contacts
from shared.messaging import erasures

BATCH = 200


def empty_past(session: Session, ended_before: datetime, now: datetime) -> int:
    """Empty up to 200 registrations and 200 invitations of meetings long over; how many."""
    past = Meeting.ends_at < ended_before
    claims = session.scalars(
        select(Registration.id)
        .join(Meeting, Meeting.id == Registration.meeting_id)
        .where(past, Registration.erased_at.is_(None))
        .limit(BATCH)
    ).all()
    invitations = session.scalars(
        select(Invitation.id)
        .join(Meeting, Meeting.id == Invitation.meeting_id)
        .where(past, Invitation.erased_at.is_(None))
        .limit(BATCH)
    ).all()
    return empty_registrations(session, claims, now) + empty_invitations(session, invitations, now)


def past_meetings(ended_before: datetime) -> Select[UUID]:
    """The meetings long over."""
    return select(Meeting.id).where(Meeting.ends_at < ended_before)


def past_subjects(ended_before: datetime) -> SelectBase:
    """Their registrations and invitations."""
    past = past_meetings(ended_before)
    claims = select(Registration.id).where(Registration.meeting_id.in_(past))
    return claims.union_all(select(Invitation.id).where(Invitation.meeting_id.in_(past)))


def empty_unconfirmed(session: Session, signed_up_before: datetime, now: datetime) -> int:
    """Empty up to 200 sign-ups that ended without the address ever being confirmed; how many."""
    claims: Sequence[UUID] = session.scalars(
        select(Registration.id)
        .where(
            Registration.signed_up_at < signed_up_before,
            Registration.state.in_(ENDED),
            Registration.verified_at.is_(None),
            Registration.on_behalf.is_(False),
            Registration.erased_at.is_(None),
        )
        .limit(BATCH)
    ).all()
    erasures.scrub_messages_about(session, "registration_id", claims)
    return empty_registrations(session, claims, now)


def forget_unneeded(session: Session, before: datetime, _now: datetime) -> int:
    """Up to 200 contacts, and refusing addresses, that nothing kept belongs to; how many contacts."""
    named = exists().where(Registration.contact_id == Contact.id, Registration.erased_at.is_(None))
    lost = session.scalars(
        select(Contact.id)
        .where(Contact.name != "", Contact.created_at < before, ~named)
        .limit(BATCH)
    ).all()
    number = forget_contacts(session, lost)
    session.execute(
        delete(FailingAddress).where(
            FailingAddress.failed_at < before,
            ~_has(Registration),
            ~_has(Invitation),
            ~_has(Contact),
        )
    )
    return number


def _has(model: Any) -> Any:
    return exists().where(model.email_key == FailingAddress.email_key)
