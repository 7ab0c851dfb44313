"""Changes and numbers as sentences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from services.scheduling.domain.audience import Audience
from services.scheduling.domain.changes import Change
from services.scheduling.domain.times import last_call
from services.scheduling.models import Meeting, Slot
from shared.language import (
    format_clock,
    format_moment,
    format_span,
    format_time,
    kept_together,
    lazy_gettext,
    ngettext,
)
from shared.language import gettext as _

LABELS = {
    "starts_at": lazy_gettext("Begins"),
    "ends_at": lazy_gettext("Ends"),
    "registration_opens_at": lazy_gettext("Registration opens"),
    "registration_closes_at": lazy_gettext("Registration closes"),
    "venue": lazy_gettext("Venue"),
    "room": lazy_gettext("Room"),
    "slot": lazy_gettext("Time of a slot"),
    "slot_label": lazy_gettext("Name of a slot"),
    "slot_capacity": lazy_gettext("Seats of a slot"),
    "slot_added": lazy_gettext("New slot"),
    "slot_removed": lazy_gettext("Removed slot"),
    "title": lazy_gettext("Title"),
    "description": lazy_gettext("Description"),
    "focus_topic": lazy_gettext("Focus topic"),
    "agenda": lazy_gettext("Programme"),
    "slug": lazy_gettext("Address of the page"),
    "admission": lazy_gettext("Who may register"),
    "waitlist": lazy_gettext("Waitlist"),
    "approval": lazy_gettext("Registrations are approved by hand"),
    "seats_per_company": lazy_gettext("Seats per company"),
}
VALUES = {
    "open": lazy_gettext("Everybody"),
    "districts": lazy_gettext("Companies of the network's districts"),
    "invited": lazy_gettext("By invitation only"),
    "off": lazy_gettext("No waitlist"),
    "strict": lazy_gettext("Strictly in order"),
    "fill": lazy_gettext("Smaller groups may pass"),
    "yes": lazy_gettext("Yes"),
    "no": lazy_gettext("No"),
}
LONGEST_VALUE = 200


class ChangeRow(NamedTuple):
    """One line of the table of changes."""

    label: str
    before: str
    after: str
    material: bool


def change_rows(changes: Iterable[Change], meeting: Meeting) -> list[ChangeRow]:
    """The changes in words, by the clock of the place."""
    return [
        ChangeRow(
            str(LABELS.get(change.field, change.field)),
            _value(change, change.before, meeting),
            _value(change, change.after, meeting),
            change.material,
        )
        for change in changes
    ]


def _value(change: Change, text: str, meeting: Meeting) -> str:
    if not text:
        return "–"
    if change.field in {"slot", "slot_added", "slot_removed"}:
        start, end = (datetime.fromisoformat(part) for part in text.split("/"))
        return format_span(start, end, meeting.time_zone)
    if change.field.endswith("_at"):
        return format_moment(datetime.fromisoformat(text), meeting.time_zone)
    if change.field in {"admission", "waitlist", "approval"}:
        return str(VALUES.get(text, text))
    text = text.replace("\n", " · ")
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def told_sentence(told: Audience) -> str:
    """Such as "Sends 31 mails, moves 31 calendar entries."."""
    if not told.mails:
        return _("Nobody is told by mail.")
    mails = ngettext("Sends %(num)s mail", "Sends %(num)s mails", told.mails)
    if not told.calendar_entries:
        return f"{mails}."
    entries = ngettext(
        "moves %(num)s calendar entry", "moves %(num)s calendar entries", told.calendar_entries
    )
    return f"{mails}, {entries}."


def cancelling_sentence(told: Audience) -> str:
    """Such as "Sends 31 mails, removes 31 calendar entries."."""
    if not told.mails:
        return _("Nobody is told by mail.")
    mails = ngettext("Sends %(num)s mail", "Sends %(num)s mails", told.mails)
    if not told.calendar_entries:
        return f"{mails}."
    entries = ngettext(
        "removes %(num)s calendar entry", "removes %(num)s calendar entries", told.calendar_entries
    )
    return f"{mails}, {entries}."


def told_afterwards(told: Audience) -> str:
    """Such as "31 mails are on their way, 31 calendar entries are moved."."""
    entries = ngettext(
        "%(num)s calendar entry is moved",
        "%(num)s calendar entries are moved",
        told.calendar_entries,
    )
    return _afterwards(told, entries)


def cancelled_afterwards(told: Audience) -> str:
    """Such as "31 mails are on their way, 31 calendar entries are removed."."""
    entries = ngettext(
        "%(num)s calendar entry is removed",
        "%(num)s calendar entries are removed",
        told.calendar_entries,
    )
    return _afterwards(told, entries)


def _afterwards(told: Audience, entries: str) -> str:
    if not told.mails:
        return _("Nobody is told by mail.")
    mails = ngettext("%(num)s mail is on its way", "%(num)s mails are on their way", told.mails)
    return f"{mails}, {entries}." if told.calendar_entries else f"{mails}."


def slot_words(slot: Slot, meeting: Meeting) -> str:
    """When a slot is: only the clock where the day is the meeting's own."""
    tz = ZoneInfo(meeting.time_zone)
    days = {
        moment.astimezone(tz).date() for moment in (slot.starts_at, slot.ends_at, meeting.starts_at)
    }
    if len(days) > 1:
        return format_span(slot.starts_at, slot.ends_at, tz)
    return f"{format_clock(slot.starts_at, tz)}–{format_time(slot.ends_at, tz)}"


def fact_rows(meeting: Meeting) -> list[tuple[str, str, str]]:
    """What, when, where, until when: label, words, icon."""
    venue, tz = meeting.venue, meeting.time_zone
    place = (venue.name, meeting.place, venue.street, kept_together(venue.postcode, venue.city))
    contact = (venue.contact_name, venue.contact_phone, venue.contact_email)
    opens = meeting.registration_opens_at
    starts = [slot.starts_at for slot in meeting.slots] or [meeting.starts_at]
    closes = last_call(starts, meeting.registration_closes_at)
    rows = [
        (_("When"), format_span(meeting.starts_at, meeting.ends_at, tz), "clock"),
        (_("Where"), ", ".join(filter(None, place)), "pin"),
        (_("Contact at the venue"), ", ".join(filter(None, contact)), "person"),
        (_("Topic"), meeting.focus_topic, "flag"),
        (_("Who may register"), str(VALUES[meeting.admission]), "door"),
        (_("Registration opens"), format_moment(opens, tz) if opens else "", "hourglass"),
        (_("Registration closes"), format_moment(closes, tz), "lock"),
    ]
    return [row for row in rows if row[1]]
