"""Whose data somebody may touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, true


@dataclass(frozen=True)
class Scope:
    """The networks open to somebody; None stands for all of them."""

    network_ids: frozenset[UUID] | None

    def covers(self, network_id: UUID) -> bool:
        """Whether this network is open."""
        return self.network_ids is None or network_id in self.network_ids

    def over(self, column: Any) -> ColumnElement[bool]:
        """The condition that *column* holds one of them."""
        return true() if self.network_ids is None else column.in_(self.network_ids)


EVERYTHING = Scope(None)
