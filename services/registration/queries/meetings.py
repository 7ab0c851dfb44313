"""Published meetings as everybody may see them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from services.registration.models import Meeting, Network, Slot
from shared.paging import Page, counted, paged, window


def listed(now: datetime, network_id: UUID | None = None) -> Select[Meeting]:
    """Meetings in public lists: published, not over, not by invitation only."""
    query = select(Meeting).where(
        Meeting.state == "published", Meeting.ends_at > now, Meeting.admission != "invited"
    )
    return query.where(Meeting.network_id == network_id) if network_id else query


def upcoming(
    session: Session,
    now: datetime,
    *,
    network_id: UUID | None = None,
    number: int = 1,
    size: int = 100,
) -> Page[Meeting]:
    """A page of the listed meetings with their slots, soonest first."""
    chosen = listed(now, network_id).options(selectinload(Meeting.slots))
    ordered = chosen.order_by(Meeting.starts_at, Meeting.id)
    rows = session.scalars(window(ordered, number=number, size=size)).all()
    return paged(rows, number=number, size=size, count=counted(session, chosen))


def by_id(session: Session, meeting_id: UUID) -> Meeting | None:
    """A published or cancelled meeting."""
    return session.get(Meeting, meeting_id, options=[selectinload(Meeting.slots)])


def by_slug(session: Session, slug: str) -> Meeting | None:
    """The newest meeting with this address."""
    query = select(Meeting).where(Meeting.slug == slug).order_by(Meeting.starts_at.desc())
    return session.scalars(query.options(selectinload(Meeting.slots)).limit(1)).first()


def network_of_slot(session: Session, slot_id: UUID) -> UUID | None:
    """The network in which a slot can be booked."""
    return session.scalar(select(Meeting.network_id).join(Slot).where(Slot.id == slot_id))


def networks(session: Session) -> dict[UUID, Network]:
    """All networks by id."""
    return {network.id: network for network in session.scalars(select(Network))}


def network_by_slug(session: Session, slug: str) -> Network | None:
    """The network with this address."""
    return session.scalars(select(Network).where(Network.slug == slug).limit(1)).first()
