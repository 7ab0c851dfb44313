"""Reading notifications' tables."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import Coordinator


def coordinator(session: Session, coordinator_id: UUID) -> Coordinator | None:
    """The coordinator as last told."""
    return session.scalar(select(Coordinator).where(Coordinator.id == coordinator_id))
