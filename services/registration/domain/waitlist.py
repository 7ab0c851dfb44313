"""Who moves up when seats are free, and how many seats each gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.registration.domain.booking import Policy

UNLIMITED = 1_000_000


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """A claim in the list."""

    id: UUID
    company_id: UUID
    seats: int
    verified: bool
    accepts_fewer: bool


@dataclass(frozen=True)
class Step:
    """A claim that moves up with *seats* seats (fewer than it wished for only if it accepts that)."""

    id: UUID
    seats: int


def granted(seats: int, available: int, *, accepts_fewer: bool) -> int:
    """How many of *seats* a group takes where *available* are left: all, some if it accepts that, or none."""
    if seats <= available:
        return seats
    return max(available, 0) if accepts_fewer else 0


def moves_up(
    claims: Sequence[Waiting], free: int, *, order: Policy, left_to_company: Mapping[UUID, int]
) -> list[Step]:
    """The claims that move up, in order. *claims* are sorted by rank.

    Unverified claims are passed over, they keep their rank. A company whose number is reached waits for
    itself and blocks nobody; companies without an entry in *left_to_company* have no limit.
    """
    steps: list[Step] = []
    left = dict(left_to_company)
    for claim in claims if order is not Policy.OFF else ():
        allowed = _allowed(claim, left)
        if not allowed:
            continue
        seats = granted(allowed, free, accepts_fewer=claim.accepts_fewer)
        if seats:
            steps.append(Step(claim.id, seats))
            free -= seats
            left[claim.company_id] = left.get(claim.company_id, UNLIMITED) - seats
        elif order is Policy.STRICT:
            break
    return steps


def _allowed(claim: Waiting, left: Mapping[UUID, int]) -> int:
    if not claim.verified:
        return 0
    limit = left.get(claim.company_id, UNLIMITED)
    return granted(claim.seats, limit, accepts_fewer=claim.accepts_fewer)
