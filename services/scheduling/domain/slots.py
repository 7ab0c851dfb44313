"""The slot generator: a row of time windows of equal length with breaks between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

MAX_SLOTS = 300


class TooManySlotsError(ValueError):
    """The pattern makes more windows than a meeting may have."""


@dataclass(frozen=True)
class Window:
    """From, until."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: Window) -> bool:
        """Whether both share a moment; touching is not sharing."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """What the generator is told. ``skipped``: windows that begin then are left out."""

    starts_at: datetime
    until: datetime
    duration: timedelta
    pause: timedelta = timedelta(0)
    breaks: tuple[Window, ...] = ()
    skipped: frozenset[datetime] = field(default_factory=frozenset)


def windows(pattern: Pattern, most: int = MAX_SLOTS) -> list[Window]:
    """The windows in order; none reaches beyond ``until`` or into a break. Raises TooManySlotsError.

    After a break the row goes on at its end, after a skipped window in the old rhythm.
    """
    found: list[Window] = []
    until, start = pattern.until.astimezone(UTC), pattern.starts_at.astimezone(UTC)
    while start + pattern.duration <= until:
        window = Window(start, start + pattern.duration)
        inside = next((pause for pause in pattern.breaks if pause.overlaps(window)), None)
        if inside is not None:
            start = inside.ends_at.astimezone(UTC)
            continue
        if start not in pattern.skipped:
            found.append(window)
        if len(found) > most:
            raise TooManySlotsError(most)
        start = window.ends_at + pattern.pause
    return found
