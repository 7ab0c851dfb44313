"""The facts about coordinators, made from the rows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scheduling.models import ApiToken, Coordinator
from shared.events import scheduling as facts
from shared.identifiers import new_id
from shared.messaging import outbox


def coordinator_saved(session: Session, coordinator: Coordinator) -> None:
    """Tell the others of the account as it is now."""
    coordinator.revision += 1
    session.flush()
    revoked = select(ApiToken.id).where(
        ApiToken.coordinator_id == coordinator.id, ApiToken.revoked_at.is_not(None)
    )
    fact = facts.CoordinatorSaved(
        revision=coordinator.revision,
        coordinator_id=coordinator.id,
        name=coordinator.name,
        email=coordinator.email,
        role=coordinator.role,
        network_ids=[network.id for network in coordinator.networks],
        active=coordinator.active,
        epoch=coordinator.epoch,
        revoked_token_ids=list(session.scalars(revoked)),
    )
    outbox.record(session, fact)


def password_forgotten(session: Session, coordinator_id: UUID) -> None:
    """Find out later, and elsewhere, whether somebody is to be mailed a link."""
    fact = facts.PasswordForgotten(revision=1, request_id=new_id(), coordinator_id=coordinator_id)
    outbox.record(session, fact)


def password_link_requested(
    session: Session, coordinator: Coordinator, purpose: str, token: str
) -> None:
    """Have the password link with *token* mailed."""
    coordinator.revision += 1
    session.flush()
    fact = facts.PasswordLinkRequested(
        revision=coordinator.revision,
        coordinator_id=coordinator.id,
        name=coordinator.name,
        email=coordinator.email,
        language=coordinator.language,
        purpose=purpose,
        token=token,
        expires_at=coordinator.link_expires_at,  # type: ignore[arg-type]
    )
    outbox.record(session, fact)
