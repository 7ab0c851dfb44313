"""The form of a meeting: what stands in it, what it means, and what of it was touched."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.scheduling.models import AgendaItem, Meeting, Slot
from services.scheduling.schemas.meetings import MeetingInSchema
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.web.forms import Errors, LocalTimeError, flat_errors, load, local_text, parse_local

Values = dict[str, str]
TEXTS = ("title", "slug", "room", "focus_topic", "description")
CHOICES = ("admission", "waitlist")
TIMES = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")
LISTS = {
    "agenda": ("starts_at", "title", "speaker"),
    "slots": ("starts_at", "ends_at", "capacity", "label"),
}
MAX_ROWS = 300
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::\d\d)?")


def one_day(values: Mapping[str, str]) -> bool:
    """Whether the meeting begins and ends on one day, so that its parts need only a clock time."""
    return values.get("starts_at", "")[:10] == values.get("ends_at", "")[:10]


def row_numbers(values: Mapping[str, str], name: str) -> list[int]:
    """The numbers of the rows of a list, in order."""
    pattern = re.compile(rf"{name}-(\d{{1,4}})-(?:{'|'.join(LISTS[name])})")
    found = {int(match[1]) for key in values if (match := pattern.fullmatch(key))}
    return sorted(found)[:MAX_ROWS]


def values_of(meeting: Meeting) -> Values:
    """What the form shows of a meeting."""
    tz = ZoneInfo(meeting.time_zone)
    values = {name: getattr(meeting, name) for name in (*TEXTS, *CHOICES)}
    values |= {name: local_text(getattr(meeting, name), tz) for name in TIMES}
    values |= {
        "network_id": str(meeting.network_id),
        "venue_id": str(meeting.venue_id),
        "series_id": str(meeting.series_id or ""),
        "seats_per_company": str(meeting.seats_per_company or ""),
        "approval": "1" if meeting.approval else "",
        "revision": str(meeting.revision),
    }
    clock_only = one_day(values)
    for number, item in enumerate(meeting.agenda):
        values |= _agenda_row(number, item, tz, clock_only=clock_only)
    for number, slot in enumerate(meeting.slots):
        values |= _slot_row(number, slot, tz, clock_only=clock_only)
    return values


def _shown(moment: datetime, tz: ZoneInfo, *, clock_only: bool) -> str:
    text = local_text(moment, tz)
    return text[11:] if clock_only else text


def _agenda_row(number: int, item: AgendaItem, tz: ZoneInfo, *, clock_only: bool) -> Values:
    row = {
        "id": str(item.id),
        "starts_at": _shown(item.starts_at, tz, clock_only=clock_only),
        "title": item.title,
        "speaker": item.speaker,
    }
    return {f"agenda-{number}-{name}": value for name, value in row.items()}


def _slot_row(number: int, slot: Slot, tz: ZoneInfo, *, clock_only: bool) -> Values:
    row = {
        "id": str(slot.id),
        "starts_at": _shown(slot.starts_at, tz, clock_only=clock_only),
        "ends_at": _shown(slot.ends_at, tz, clock_only=clock_only),
        "capacity": str(slot.capacity),
        "label": slot.label,
    }
    return {f"slots-{number}-{name}": value for name, value in row.items()}


def in_order(errors: Errors) -> Errors:
    """As they follow each other in the form."""
    fields = (
        "form",
        "title",
        "focus_topic",
        "description",
        "starts_at",
        "ends_at",
        "venue_id",
        "room",
    )
    behind = ("agenda", "slots", "admission", "registration_opens_at", "registration_closes_at")
    order = {name: place for place, name in enumerate((*fields, *behind))}
    names = sorted(
        errors, key=lambda name: order.get(name, order.get(name.split("-")[0], len(order)))
    )
    return {name: errors[name] for name in names}


def with_row(values: Values, name: str) -> Values:
    """The same with one more empty row; a slot begins where the last one ends."""
    numbers = row_numbers(values, name)
    number = numbers[-1] + 1 if numbers else 0
    row = dict.fromkeys(LISTS[name], "")
    if name == "slots" and numbers:
        last = f"slots-{numbers[-1]}-"
        row |= {
            "starts_at": values.get(f"{last}ends_at", ""),
            "capacity": values.get(f"{last}capacity", ""),
        }
    return values | {f"{name}-{number}-{part}": value for part, value in row.items()}


def without_row(values: Values, row: str) -> Values:
    """The same without the row called "agenda-2"."""
    return {name: value for name, value in values.items() if not name.startswith(f"{row}-")}


def in_shape(values: Values) -> Values:
    """Times of rows as clock times where the meeting lies on one day, else with their day."""
    clock_only, day = one_day(values), values.get("starts_at", "")[:10]
    shaped = dict(values)
    for name, value in values.items():
        if re.fullmatch(r"(agenda|slots)-\d+-(starts|ends)_at", name) and value:
            if clock_only and value.startswith(f"{day}T"):
                shaped[name] = value[11:16]
            elif not clock_only and day and CLOCK.fullmatch(value):
                shaped[name] = f"{day}T{value}"
    return shaped


class Reader:
    """Reads the typed values; collects messages by field."""

    def __init__(self, values: Mapping[str, str], tz: ZoneInfo) -> None:
        self._values = values
        self._tz = tz
        self.errors: Errors = {}

    def _moment(self, name: str) -> str | None:
        text = self._values.get(name, "").strip()
        if not text:
            return None
        if CLOCK.fullmatch(text):
            text = f"{self._values.get('starts_at', '')[:10]}T{text.zfill(5)}"
        try:
            return parse_local(text, self._tz).astimezone(UTC).isoformat()
        except LocalTimeError as error:
            self.errors[name] = [str(error)]
            return None

    def _number(self, name: str) -> int | str | None:
        text = self._values.get(name, "").strip()
        return int(text) if re.fullmatch(r"\d{1,9}", text) else text or None

    def _row(self, name: str, number: int) -> dict[str, Any]:
        prefix = f"{name}-{number}-"
        row: dict[str, Any] = {}
        for part in LISTS[name]:
            if part.endswith("_at"):
                row[part] = self._moment(prefix + part)
                if row[part] is None and prefix + part not in self.errors:
                    self.errors[prefix + part] = [_("Please enter a time.")]
            elif part == "capacity":
                row[part] = self._number(prefix + part)
            else:
                row[part] = self._values.get(prefix + part, "")
        return row

    def _rows(self, name: str) -> list[tuple[int, dict[str, Any]]]:
        """The rows in which something was typed, with their numbers."""
        return [
            (number, self._row(name, number))
            for number in row_numbers(self._values, name)
            if any(self._values.get(f"{name}-{number}-{part}", "").strip() for part in LISTS[name])
        ]

    def read(self) -> dict[str, Any]:
        """What the schema makes of it; look at ``errors`` first."""
        raw: dict[str, Any] = {name: self._values.get(name, "") for name in (*TEXTS, *CHOICES)}
        raw["slug"] = raw["slug"] or None
        raw |= {name: self._moment(name) for name in TIMES}
        raw["seats_per_company"] = self._number("seats_per_company")
        raw["approval"] = bool(self._values.get("approval"))
        for name in ("network_id", "venue_id"):
            raw[name] = self._values.get(name, "")
            if parse_id(raw[name]) is None:
                self.errors[name] = [_("Please choose a venue.")]
        missing = {
            "starts_at": _("Please enter when the meeting begins."),
            "ends_at": _("Please enter when the meeting ends."),
        }
        for name, text in missing.items():
            if raw[name] is None:
                self.errors.setdefault(name, [text])
        rows = {name: self._rows(name) for name in LISTS}
        raw |= {name: [row for _number, row in found] for name, found in rows.items()}
        data, errors = load(MeetingInSchema(), raw)
        for name, messages in flat_errors(errors).items():
            self.errors.setdefault(_as_typed(name, rows), messages)
        return data


def _as_typed(name: str, rows: Mapping[str, Sequence[tuple[int, Any]]]) -> str:
    # Empty rows are left out, so the schema counts differently from the form.
    match = re.fullmatch(r"(agenda|slots)-(\d+)-(.+)", name)
    return f"{match[1]}-{rows[match[1]][int(match[2])][0]}-{match[3]}" if match else name
