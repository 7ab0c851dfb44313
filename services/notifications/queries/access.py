"""Who may see what: coordinators as last told, and the meetings open to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from services.notifications.models import Coordinator, Meeting


@dataclass(frozen=True)
class Scope:
    """The networks open to somebody; None stands for all of them."""

    network_ids: frozenset[UUID] | None

    def over(self, column: Any) -> Any:
        """The condition that *column* holds one of them."""
        return true() if self.network_ids is None else column.in_(self.network_ids)


EVERYTHING = Scope(None)


class SignedIn(Protocol):
    """Whoever is signed in, as far as her rights go."""

    @property
    def is_admin(self) -> bool:
        """Whether every network is open to her."""

    @property
    def network_ids(self) -> frozenset[UUID]:
        """The networks that are hers."""


def scope_of(person: SignedIn) -> Scope:
    """What is open to *person*."""
    return EVERYTHING if person.is_admin else Scope(person.network_ids)


def coordinator(session: Session, coordinator_id: UUID) -> Coordinator | None:
    """The coordinator as last told."""
    return session.scalar(select(Coordinator).where(Coordinator.id == coordinator_id))


def meeting(session: Session, scope: Scope, meeting_id: UUID) -> Meeting | None:
    """The meeting, or None where it is unknown or not open to her."""
    query = select(Meeting).where(Meeting.id == meeting_id, scope.over(Meeting.network_id))
    return session.scalar(query)
