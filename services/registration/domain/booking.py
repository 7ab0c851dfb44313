"""When a slot can be booked, what its page says, how long seats are held."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# From here on nobody is moved up any more: too late to plan the day.
WAITLIST_CLOSES = timedelta(hours=24)
# From here on smaller groups pass a head that does not fit: better somebody than nobody.
STRICT_BECOMES_FILL = timedelta(hours=48)


class Phase(StrEnum):
    """Where a slot stands between publication and its end."""

    OPENS_LATER = "opens_later"
    OPEN = "open"
    WAITLIST_ONLY = "waitlist_only"
    FULL = "full"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    OVER = "over"


BOOKABLE = frozenset({Phase.OPEN, Phase.WAITLIST_ONLY})


class Policy(StrEnum):
    """Whether there is a waitlist at a given time, and how it moves."""

    OFF = "off"
    STRICT = "strict"
    FILL = "fill"


@dataclass(frozen=True, kw_only=True)
class Window:
    """The times that decide whether a slot can be booked."""

    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime | None

    @property
    def last_call(self) -> datetime:
        """When sign-up ends: the closing time, at the latest the start."""
        return min(self.closes_at or self.starts_at, self.starts_at)

    def is_open(self, now: datetime) -> bool:
        """Whether sign-up is possible by the clock."""
        return (self.opens_at is None or self.opens_at <= now) and now < self.last_call


def last_call(windows: Iterable[Window]) -> datetime:
    """When sign-up for the last of several slots ends."""
    return max(window.last_call for window in windows)


def policy_at(waitlist: str, starts_at: datetime, now: datetime) -> Policy:
    """How one may begin to wait now: not at all in the last 24 hours, "fill" in the last 48."""
    left = starts_at - now
    if waitlist == Policy.OFF or left <= WAITLIST_CLOSES:
        return Policy.OFF
    return Policy.FILL if left <= STRICT_BECOMES_FILL else Policy(waitlist)


def order_at(waitlist: str, starts_at: datetime, now: datetime) -> Policy:
    """How those move up who wait already; OFF: nobody in the last 24 hours.

    Without a waitlist, too, some may wait: for their company's number, or since there was one. They keep their
    right, but a group that does not fit lets smaller ones pass: rather somebody than nobody.
    """
    return policy_at(Policy.FILL if waitlist == Policy.OFF else waitlist, starts_at, now)


def phase(
    *, cancelled: bool, window: Window, free: int, waiting: int, policy: Policy, now: datetime
) -> Phase:
    """What the page of a slot says."""
    if cancelled:
        return Phase.CANCELLED
    if now >= window.starts_at:
        return Phase.OVER if now >= window.ends_at else Phase.CLOSED
    if window.opens_at is not None and now < window.opens_at:
        return Phase.OPENS_LATER
    if not window.is_open(now):
        return Phase.CLOSED
    if free > 0 and waiting == 0:
        return Phase.OPEN
    return Phase.FULL if policy is Policy.OFF else Phase.WAITLIST_ONLY


def hold_deadline(now: datetime, hold: timedelta, starts_at: datetime) -> datetime:
    """Until when an unconfirmed claim stands: never beyond the start."""
    return min(now + hold, starts_at)
