"""Whose data somebody may touch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True)
class Scope:
    """The networks open to somebody; None stands for all of them."""

    network_ids: frozenset[UUID] | None

    def covers(self, network_id: UUID) -> bool:
        """Whether this network is open."""
        return self.network_ids is None or network_id in self.network_ids


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
