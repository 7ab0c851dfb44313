"""Calendars as files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from services.scheduling.domain.feed import Entry, calendar

START = datetime(2025, 11, 18, 14, tzinfo=UTC)
ENTRY = Entry(
    uid="meeting-1@treffpunkt.example",
    revision=3,
    title="Netzwerktreffen; Herbst, 2025",
    description="Erste Zeile\nzweite",
    place="Hauptschule Kley, Aula",
    url="https://treffpunkt.example/meetings/herbst",
    starts_at=START,
    ends_at=START + timedelta(hours=2),
    changed_at=START,
    cancelled=False,
)


def test_programs_read_back_what_was_written() -> None:
    (event,) = Calendar.from_ical(calendar("Netz", [ENTRY])).walk("VEVENT")
    assert (str(event["UID"]), event["SEQUENCE"]) == (ENTRY.uid, 3)
    assert event.decoded("DTSTART") == START
    assert str(event["SUMMARY"]) == ENTRY.title
    assert str(event["STATUS"]) == "CONFIRMED"


def test_cancelled_meeting_stays_and_says_so() -> None:
    text = calendar("Netz", [replace(ENTRY, cancelled=True)]).decode()
    assert "STATUS:CANCELLED" in text
    assert f"UID:{ENTRY.uid}" in text


def test_same_meetings_make_the_same_bytes() -> None:
    assert calendar("Netz", [ENTRY]) == calendar("Netz", [ENTRY])


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_no_text_breaks_out_of_its_line(text: str) -> None:
    file = calendar("Netz", [replace(ENTRY, title=text or "x", place=text)])
    assert len(Calendar.from_ical(file).walk("VEVENT")) == 1
    assert all(len(line) <= 75 for line in file.split(b"\r\n"))
