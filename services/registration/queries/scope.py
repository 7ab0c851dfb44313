"""What a coordinator may see: the meetings of her networks, and nothing that is hidden from her."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, selectinload

from services.registration.models import Meeting, Network, Registration


def within(column: Any, networks: Collection[UUID] | None) -> ColumnElement[bool]:
    """The condition that *column* is one of *networks*; None stands for all of them."""
    return true() if networks is None else column.in_(networks)


def meeting_in_scope(
    session: Session, meeting_id: UUID, networks: Collection[UUID] | None
) -> Meeting | None:
    """The meeting with its slots, if it is published and hers to see."""
    return session.scalar(
        select(Meeting)
        .where(Meeting.id == meeting_id, within(Meeting.network_id, networks))
        .options(selectinload(Meeting.slots))
    )


def registration_in_scope(
    session: Session, registration_id: UUID, networks: Collection[UUID] | None
) -> Registration | None:
    """The registration with attendees, meeting and slot, if it is hers to see."""
    return session.scalar(
        select(Registration)
        .where(Registration.id == registration_id, within(Registration.network_id, networks))
        .options(
            selectinload(Registration.attendees),
            selectinload(Registration.meeting).selectinload(Meeting.slots),
            selectinload(Registration.slot),
        )
    )


def network_of(session: Session, meeting: Meeting) -> Network | None:
    """The meeting's network, once its own fact has arrived."""
    return session.get(Network, meeting.network_id)


def upcoming_meetings(
    session: Session, networks: Collection[UUID] | None, *, now: datetime, limit: int = 20
) -> Sequence[Meeting]:
    """Published meetings that are not over, soonest first."""
    return session.scalars(
        select(Meeting)
        .where(
            within(Meeting.network_id, networks),
            Meeting.state == "published",
            Meeting.ends_at > now,
        )
        .options(selectinload(Meeting.slots))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(limit)
    ).all()
