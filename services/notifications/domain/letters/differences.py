"""What reads differently about a meeting than people knew it, as rows of old and new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from services.notifications.domain.letter import Change
from services.notifications.domain.letters import facts
from services.notifications.domain.scene import Meeting, moment, read_agenda, read_place
from shared.language import gettext as _


def as_known(meeting: Meeting) -> dict[str, Any]:
    """The words of *meeting*, to be kept for a mail that names what is new."""
    return {
        "title": meeting.title,
        "focus_topic": meeting.focus_topic,
        "description": meeting.description,
        "begins_at": meeting.starts_at.isoformat(),
        "agenda": [
            {"starts_at": item.starts_at.isoformat(), "title": item.title, "speaker": item.speaker}
            for item in meeting.agenda
        ],
    }


def rows(meeting: Meeting, before: Mapping[str, Any]) -> tuple[Change, ...]:
    """What of the words is new since *before*; what is not known of it is not compared."""
    return (
        *_line(_("Title"), before.get("title"), meeting.title),
        *_line(_("Focus"), before.get("focus_topic"), meeting.focus_topic),
        *_programme(meeting, before),
        *_paragraphs(_("Description"), before.get("description"), meeting.description),
        *_arrival(meeting, before),
    )


def _line(label: str, old: str | None, new: str) -> Iterator[Change]:
    if old is not None and old != new:
        yield Change(label=label, old=old, new=new or _("removed"))


def _programme(meeting: Meeting, before: Mapping[str, Any]) -> Iterator[Change]:
    """Not where the whole meeting moved, and every point of it with it."""
    if "agenda" not in before or moment(before["begins_at"]) != meeting.starts_at:
        return
    old = facts.agenda_rows(read_agenda(before["agenda"]), meeting.tz)
    new = facts.agenda_rows(meeting.agenda, meeting.tz)
    yield from _lines(
        _("Programme"), [" ".join(row) for row in old], [" ".join(row) for row in new]
    )


def _paragraphs(label: str, old: str | None, new: str) -> Iterator[Change]:
    if old is not None:
        yield from _lines(label, old.splitlines(), new.splitlines())


def _arrival(meeting: Meeting, before: Mapping[str, Any]) -> Iterator[Change]:
    """How one gets into the same building; another one has its way below."""
    if not before.get("venue"):
        return
    old, new = read_place(before["venue"]), meeting.place
    if old.building == new.building:
        yield from _paragraphs(_("Directions"), old.arrival_note, new.arrival_note)
        yield from _paragraphs(_("Accessibility"), old.accessibility, new.accessibility)


def _lines(label: str, old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    """The lines that went against those that came; what stays is not repeated."""
    gone = [line for line in old if line.strip() and line not in new]
    come = [line for line in new if line.strip() and line not in old]
    if gone or come:
        yield Change(label=label, old="\n".join(gone), new="\n".join(come) or _("removed"))
