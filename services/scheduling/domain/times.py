"""Local times: moving things by the clock on the wall, across clock changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def wall(moment: datetime, tz: ZoneInfo) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return moment.astimezone(tz).replace(tzinfo=None)


def comes_twice(moment: datetime, tz: ZoneInfo) -> bool:
    """Whether the clock on the wall shows this time twice that night."""
    shown = wall(moment, tz)
    first, second = (shown.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and second < first


def last_call(starts: Iterable[datetime], closes_at: datetime | None) -> datetime:
    """When registration for the last of the slots ends: at closing, at the latest when it *starts*."""
    latest = max(starts)
    return min(closes_at or latest, latest)


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Things move as far on the wall clock as a beginning moved from *old* to *new*."""

    old: datetime
    new: datetime
    tz: ZoneInfo

    def of(self, moment: datetime) -> datetime:
        """*moment* moved; UTC. So 15:00 stays 15:00 when a meeting moves from summer into winter.

        Of an hour that comes twice, the one nearest to the plain difference is meant; an hour that does not
        exist becomes the one after it.
        """
        target = wall(moment, self.tz) + (wall(self.new, self.tz) - wall(self.old, self.tz))
        plain = moment + (self.new - self.old)
        readings = [target.replace(tzinfo=self.tz, fold=fold).astimezone(UTC) for fold in (0, 1)]
        existing = [reading for reading in readings if wall(reading, self.tz) == target]
        if not existing:
            return max(readings)
        return min(existing, key=lambda reading: abs(reading - plain))

    def of_span(self, start: datetime, end: datetime) -> tuple[datetime, datetime]:
        """Both ends moved; where a clock change would turn them round, the length is kept instead."""
        moved_start, moved_end = self.of(start), self.of(end)
        if moved_end <= moved_start:
            moved_end = moved_start + (end - start)
        return moved_start, moved_end
