"""Signing up by a personal invitation: its own address is proved already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.domain.refusals import UnknownError
from services.registration.models import Invitation, Slot
from shared.events.registration import InvitationAnswered
from shared.messaging import outbox


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
            Invitation.withdrawn.is_(False),
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


def mark_registered(
    session: Session, invitation: Invitation, registration_id: UUID, now: datetime
) -> None:
    """The invited contact said yes by signing up; the invitation is locked."""
    invitation.answer = "yes"
    invitation.answered_at = now
    invitation.registration_id = registration_id
    invitation.revision += 1
    session.flush()
    fact = InvitationAnswered(
        revision=invitation.revision,
        invitation_id=invitation.id,
        network_id=invitation.network_id,
        meeting_id=invitation.meeting_id,
        company_name=invitation.company_name,
        contact_name=invitation.contact_name,
        contact_email=invitation.email,
        language=invitation.language,
        link_version=invitation.link_version,
        answer="yes",
        answered_at=now,
    )
    outbox.record(session, fact)
