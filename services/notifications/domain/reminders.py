"""When reminders are due: by the clock on the venue's wall, right in the weeks the clocks change too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from services.notifications.domain.scene import Meeting, Slot

# Kinds of plans.
REMINDER = "reminder"
NUDGE = "nudge"

MINUTES_OF_DAY = 24 * 60
MOST_RULES = 10
LONGEST = 90 * MINUTES_OF_DAY
RELATIVE_TO = ("start", "end")
AUDIENCES = ("confirmed", "contacts", "waitlisted")


@dataclass(frozen=True, kw_only=True, order=True)
class Rule:
    """A mail *offset_minutes* after (negative: before) the start or end of everybody's slot."""

    offset_minutes: int
    relative_to: str = "start"
    audience: str = "confirmed"

    def plain(self) -> dict[str, Any]:
        """As it is stored and shown."""
        return asdict(self)


DEFAULT_RULES = (Rule(offset_minutes=-7 * MINUTES_OF_DAY), Rule(offset_minutes=-MINUTES_OF_DAY))


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A reminder of one slot by one rule. The key changes with the start, so a moved meeting is told anew."""

    key: str
    slot: Slot
    rule: Rule
    due_at: datetime


def rules_of(stored: Sequence[dict[str, Any]] | None) -> tuple[Rule, ...]:
    """The rules of a meeting; the default ones where nobody chose."""
    if stored is None:
        return DEFAULT_RULES
    return tuple(Rule(**rule) for rule in stored)


def due_at(rule: Rule, slot: Slot, tz: ZoneInfo) -> datetime:
    """When the mail by *rule* is due. Whole days are days of the calendar, the rest is exact."""
    anchor = slot.starts_at if rule.relative_to == "start" else slot.ends_at
    days, minutes = divmod(abs(rule.offset_minutes), MINUTES_OF_DAY)
    sign = -1 if rule.offset_minutes < 0 else 1
    return _days_later(anchor, sign * days, tz) + timedelta(minutes=sign * minutes)


def _days_later(anchor: datetime, days: int, tz: ZoneInfo) -> datetime:
    """The same time on the wall *days* later, in UTC; in the gap of spring the moment after it."""
    if not days:
        return anchor  # in the hour that comes twice the wall does not tell which it is
    wall = anchor.astimezone(tz).replace(tzinfo=None) + timedelta(days=days)
    # fold=0 in the gap counts with the offset before it, which lands as far behind it.
    return wall.replace(tzinfo=tz, fold=0).astimezone(UTC)


def plan(meeting: Meeting, rules: Iterable[Rule]) -> list[Planned]:
    """All reminders of a meeting that takes place, past ones included, soonest first."""
    if meeting.state != "published":
        return []
    planned = [
        Planned(
            key=_key(slot, rule),
            slot=slot,
            rule=rule,
            due_at=due_at(rule, slot, meeting.tz),
        )
        for slot in meeting.slots.values()
        for rule in set(rules)
    ]
    return sorted(planned, key=lambda one: (one.due_at, one.key))


def _key(slot: Slot, rule: Rule) -> str:
    return f"{slot.id}:{rule.audience}:{occasion(slot, rule)}"


def occasion(slot: Slot, rule: Rule) -> str:
    """What makes a reminder a new one: another offset, or another time of the slot."""
    anchor = slot.starts_at if rule.relative_to == "start" else slot.ends_at
    return f"{rule.relative_to}{rule.offset_minutes:+d}@{anchor.astimezone(UTC):%Y%m%dT%H%MZ}"
