"""Coordinators' own mails."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.domain import clean
from services.notifications.domain.scene import COORDINATOR
from services.notifications.models import Coordinator, Mail, Network
from services.notifications.use_cases import intents
from shared.events.envelope import Envelope
from shared.events.scheduling import PasswordLinkRequested

ENDED = "its link ended with an update"


def password_link_requested(
    session: Session, fact: PasswordLinkRequested, envelope: Envelope
) -> None:
    """Mail the link; an older one that has not gone out yet is worthless now, and one without a token too."""
    superseded = "a newer link was asked for"
    older = f"password_link:{fact.coordinator_id}:"
    intents.suppress(session, superseded, Mail.kind == "password_link", Mail.key.startswith(older))
    mail = intents.Intent(
        key=f"{older}{fact.revision}:{envelope.id}",
        kind="password_link",
        person=COORDINATOR,
        recipient=fact.email,
        recipient_name=clean.name(fact.name),
        language=fact.language,
        details={
            "coordinator_id": str(fact.coordinator_id),
            "name": clean.name(fact.name),
            "purpose": fact.purpose,
            "token": fact.token,
            "expires_at": fact.expires_at.isoformat(),
            "network": _network_of(session, fact.coordinator_id),
        },
    )
    intents.put(session, [mail])
    if not fact.token:
        intents.suppress(session, ENDED, Mail.key == mail.key)


def _network_of(session: Session, coordinator_id: UUID) -> dict[str, Any] | None:
    """Whom to ask whether the mail is genuine: the first network she looks after; administrators: any."""
    known = session.get(Coordinator, coordinator_id)
    query = select(Network).order_by(Network.name).limit(1)
    if known is None or known.role != "admin":
        query = query.where(Network.id.in_(known.network_ids if known else []))
    network = session.scalar(query)
    if network is None:
        return None
    return {
        "id": str(network.id),
        "revision": network.revision,
        "name": clean.one_line(network.name),
        "contact_name": clean.one_line(network.contact_name),
        "contact_email": network.contact_email,
        "contact_phone": clean.one_line(network.contact_phone),
    }
