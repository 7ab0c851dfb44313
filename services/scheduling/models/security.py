"""What happened around sign-ins, for as long as an attack can be looked into."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from services.scheduling.models.base import Base, Id


class SecurityEvent(Base):
    """One thing that happened. ``place``: the address of the network it came from."""

    __tablename__ = "security_event"
    __table_args__ = (
        Index("ix_security_event_at", "at"),
        Index("ix_security_event_coordinator_id_at", "coordinator_id", "at"),
    )

    id: Mapped[Id]
    at: Mapped[datetime]
    kind: Mapped[str]
    coordinator_id: Mapped[UUID | None]
    place: Mapped[str]
