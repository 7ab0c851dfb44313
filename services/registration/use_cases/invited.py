"""The invitation behind a sign-up, whose own address is proved already; and what counts as its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.domain.invitations import Answer
from services.registration.domain.refusals import UnknownError
from services.registration.models import Invitation, Slot
from services.registration.use_cases.facts import record_invitation
from services.registration.use_cases.mails import forget_failure
from shared.events.registration import InvitationAnswered


@dataclass(frozen=True)
class Invited:
    """The invitation behind a sign-up."""

    id: UUID
    link_version: int
    email_key: str


def invited_by(session: Session, invitation_id: UUID, link_version: int, slot_id: UUID) -> Invited:
    """The invitation to the slot's meeting behind a link. Raises UnknownError for any other one."""
    found = session.scalar(
        select(Invitation)
        .join(Slot, Slot.meeting_id == Invitation.meeting_id)
        .where(
            Invitation.id == invitation_id,
            Invitation.link_version == link_version,
            Slot.id == slot_id,
        )
    )
    if found is None:
        raise UnknownError("invitation")
    return Invited(found.id, found.link_version, found.email_key)


def lock_invitation(session: Session, invited: Invited) -> Invitation:
    """The invitation, locked until the end of the transaction. Raises UnknownError if its link was replaced since.

    To be called before the slot is locked: whoever answers by the button locks in this order too.
    """
    invitation = session.get(Invitation, invited.id, with_for_update=True)
    if invitation is None or invitation.link_version != invited.link_version:
        raise UnknownError("invitation")
    return invitation


def record_answer(session: Session, invitation: Invitation, answer: Answer, now: datetime) -> None:
    """Keep what the contact said and tell it; the same yes or no again is no news. The invitation is locked."""
    if invitation.answer == answer and answer is not Answer.COLLEAGUE:
        return
    invitation.answer = str(answer)
    invitation.answered_at = now
    forget_failure(session, invitation.email)
    record_invitation(
        session, InvitationAnswered, invitation, answer=invitation.answer, answered_at=now
    )


def mark_registered(
    session: Session, invitation: Invitation, registration_id: UUID, now: datetime
) -> None:
    """The invited contact said yes by signing up; the invitation is locked."""
    invitation.registration_id = registration_id
    record_answer(session, invitation, Answer.YES, now)
