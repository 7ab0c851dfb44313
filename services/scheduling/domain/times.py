"""Local times: moving things by the clock on the wall, across clock changes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


def wall(moment: datetime, tz: ZoneInfo) -> datetime:
    """What the clock on the wall shows, without a zone."""
    return moment.astimezone(tz).replace(tzinfo=None)


def comes_twice(moment: datetime, tz: ZoneInfo) -> bool:
    """Whether the clock on the wall shows this time twice that night."""
    shown = wall(moment, tz)
    first, second = (shown.replace(tzinfo=tz, fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and second < first


def shifted(moment: datetime, old: datetime, new: datetime, tz: ZoneInfo) -> datetime:
    """*moment* moved as far on the wall clock as *old* moved to *new*; UTC.

    So 15:00 stays 15:00 when a meeting moves from summer into winter. Of an hour that comes twice, the one
    nearest to the plain difference is meant; an hour that does not exist becomes the one after it.
    """
    target = wall(moment, tz) + (wall(new, tz) - wall(old, tz))
    plain = moment + (new - old)
    readings = (target.replace(tzinfo=tz, fold=fold).astimezone(UTC) for fold in (0, 1))
    return min(readings, key=lambda reading: abs(reading - plain))


def shifted_span(
    start: datetime, end: datetime, old: datetime, new: datetime, tz: ZoneInfo
) -> tuple[datetime, datetime]:
    """Both ends moved; where a clock change would turn them round, the length is kept instead."""
    moved_start, moved_end = shifted(start, old, new, tz), shifted(end, old, new, tz)
    if moved_end <= moved_start:
        moved_end = moved_start + (end - start)
    return moved_start, moved_end
