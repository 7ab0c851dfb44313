"""Districts of a network."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import District


def districts_of(session: Session, network_id: UUID) -> list[District]:
    """All districts of a network by name."""
    query = select(District).where(District.network_id == network_id).order_by(District.name)
    return list(session.scalars(query))
