"""What sign-ups that nobody confirmed may take of a slot, so that nobody blocks it for the others.

An *origin* is the network that sign-ups came from. A part of the slot is held for it as long as for anybody; what
goes beyond is held shortly, and soon nothing more is taken. Once a sign-up is confirmed it no longer counts.
"""

from __future__ import annotations

from datetime import timedelta

# From everybody together: far more than any meeting has seen.
SIGN_UPS_PER_SLOT = "600 per minute"
LATELY = timedelta(hours=24)
SHORT_HOLD = timedelta(minutes=30)
# Of a slot's seats, a quarter, but never so few that a small meeting is hard to fill.
PART = 4
LEAST_HELD = 10
LEAST_ASKED = 100
# Of one sign-up; each writes to an address that nobody has proved.
MOST_CORRECTIONS = 3
# After signing up, so often may every seat change hands in a day, and some more.
HANDS = 3
MORE_ADDRESSES = 10


def may_ask(*, asked: int, seats: int, capacity: int) -> bool:
    """Whether an origin that lately *asked* for so many unconfirmed seats may ask for *seats* more."""
    return not asked or asked + seats <= max(LEAST_ASKED, 2 * capacity)


def hold_for(hold: timedelta, *, held: int, seats: int, capacity: int) -> timedelta:
    """How long *seats* more are held for an origin that has *held* unconfirmed ones already."""
    if held + seats <= max(LEAST_HELD, capacity // PART):
        return hold
    return min(hold, SHORT_HOLD)


def most_new_addresses(seats: int) -> int:
    """How many addresses the people of a registration may be given lately."""
    return HANDS * seats + MORE_ADDRESSES
