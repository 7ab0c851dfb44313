"""Calendars as files: published meetings, cancelled ones marked so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from icalendar import Calendar, Event, vText

REFRESH = "PT6H"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A meeting as a calendar shows it."""

    uid: str
    revision: int
    title: str
    description: str
    place: str
    url: str
    starts_at: datetime
    ends_at: datetime
    changed_at: datetime
    cancelled: bool


def calendar(name: str, entries: Iterable[Entry], *, language: str = "de") -> bytes:
    """The calendar as iCalendar text; the same meetings make the same bytes."""
    result = Calendar()
    result.add("prodid", f"-//Treffpunkt//calendar//{language.upper()}")
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("method", "PUBLISH")
    result.add("x-wr-calname", vText(name))
    result.add("refresh-interval;value=duration", REFRESH)
    result.add("x-published-ttl", REFRESH)
    for entry in entries:
        result.add_component(_event(entry))
    text: bytes = result.to_ical()
    return text


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.revision)
    event.add("dtstamp", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    # In UTC: programs show it by their own clock, and no zone table can be outdated.
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", entry.title)
    event.add("location", entry.place)
    if entry.description:
        event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("status", "CANCELLED" if entry.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if entry.cancelled else "OPAQUE")
    return event
