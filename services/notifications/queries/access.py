"""Who may see what: coordinators as last told, and the meetings open to them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Coordinator, Meeting
from shared.scope import Scope


def coordinator(session: Session, coordinator_id: UUID) -> Coordinator | None:
    """The coordinator as last told."""
    return session.scalar(select(Coordinator).where(Coordinator.id == coordinator_id))


def meeting(session: Session, scope: Scope, meeting_id: UUID) -> Meeting | None:
    """The meeting, or None where it is unknown or not open to her."""
    query = select(Meeting).where(Meeting.id == meeting_id, scope.over(Meeting.network_id))
    return session.scalar(query)
