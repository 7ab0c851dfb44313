"""Facts about an invitation become the mail that asks, once per time it was issued."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.notifications.domain import clean
from services.notifications.domain.scene import GUEST
from services.notifications.use_cases import copies, intents
from shared.events.envelope import Envelope
from shared.events.registration import InvitationAnswered, InvitationIssued


def issued(session: Session, fact: InvitationIssued, envelope: Envelope) -> None:
    """Ask, or ask again."""
    copies.save_invitation(session, fact, envelope)
    mail = intents.Intent(
        key=f"invitation:{fact.invitation_id}:{fact.revision}",
        kind="invitation",
        person=GUEST,
        recipient=fact.contact_email,
        recipient_name=clean.name(fact.contact_name),
        language=fact.language,
        network_id=fact.network_id,
        meeting_id=fact.meeting_id,
        invitation_id=fact.invitation_id,
        company=clean.name(fact.company_name),
        details={
            "reminder_number": fact.reminder_number,
            "on_recommendation_of": clean.name(fact.on_recommendation_of),
        },
    )
    intents.put(session, [mail])


def answered(session: Session, fact: InvitationAnswered, envelope: Envelope) -> None:
    """Whoever has answered is not asked again."""
    copies.save_invitation(session, fact, envelope)
