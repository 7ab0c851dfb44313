"""How a registration counts in the roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shared.events.states import LIVING, State

COUNTERS = (
    "confirmed_seats",
    "held_seats",
    "pending_seats",
    "waitlisted_seats",
    "companies",
    "mails",
    "calendar_entries",
)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What of a registration counts."""

    state: str
    seats: int
    mails: int
    calendar_entries: int


def numbers(claim: Claim) -> dict[str, int]:
    """What *claim* adds to the counters of its slot."""
    state = claim.state
    if state not in LIVING:
        return dict.fromkeys(COUNTERS, 0)
    return {
        "confirmed_seats": claim.seats if state == State.CONFIRMED else 0,
        "held_seats": claim.seats if state == State.HELD else 0,
        "pending_seats": claim.seats if state == State.PENDING else 0,
        "waitlisted_seats": claim.seats if state == State.WAITLISTED else 0,
        "companies": 1 if state == State.CONFIRMED else 0,
        "mails": claim.mails,
        "calendar_entries": claim.calendar_entries,
    }


def difference(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, int]:
    """What must be added to the counters, without those that stay."""
    deltas = {name: after[name] - before[name] for name in COUNTERS}
    return {name: delta for name, delta in deltas.items() if delta}


def people_told(state: str, contact: str | None, attendees: list[str | None]) -> int:
    """How many addresses hear of a change: the contact, and attendees with another one once confirmed."""
    told = {contact.lower()} if contact else set()
    if state == State.CONFIRMED:
        told |= {address.lower() for address in attendees if address}
    return len(told) if state in LIVING else 0
