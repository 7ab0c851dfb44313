"""Dates, times and words in the reader's language, by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import language
from tests.factories import BERLIN, moments

START = datetime(2025, 11, 18, 14, 0, tzinfo=UTC)
END = datetime(2025, 11, 18, 16, 45, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tongue", "shown"),
    [("de", "Di, 18.11.2025, 15:00 Uhr"), ("en", "Tue, 18 Nov 2025, 15:00")],
)
def test_a_moment_reads_as_people_write_it(tongue: str, shown: str) -> None:
    with language.speaking(tongue):
        assert language.format_moment(START, BERLIN) == shown


@pytest.mark.parametrize(
    ("tongue", "shown"),
    [("de", "Di, 18.11.2025, 15:00–17:45 Uhr"), ("en", "Tue, 18 Nov 2025, 15:00–17:45")],
)
def test_a_span_names_its_day_once(tongue: str, shown: str) -> None:
    with language.speaking(tongue):
        assert language.format_span(START, END, "Europe/Berlin") == shown


def test_a_span_over_midnight_names_both_days() -> None:
    late = datetime(2025, 11, 18, 22, 0, tzinfo=UTC)

    with language.speaking("de"):
        shown = language.format_span(late, datetime(2025, 11, 19, 0, 30, tzinfo=UTC), BERLIN)

    assert shown == "Di, 18.11.2025, 23:00 Uhr – Mi, 19.11.2025, 01:30 Uhr"


def test_the_day_is_that_of_the_place() -> None:
    with language.speaking("de"):
        assert language.format_day(START, "Pacific/Auckland") == "Mi, 19.11.2025"
        assert language.date_leaf(START, "Pacific/Auckland").date == "2025-11-19"


def test_the_hour_that_comes_twice_is_shown_by_its_clock() -> None:
    with language.speaking("de"):
        first = language.format_time(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), BERLIN)
        second = language.format_time(datetime(2026, 10, 25, 1, 30, tzinfo=UTC), BERLIN)

    assert first == second == "02:30 Uhr"


@given(moments(), st.sampled_from(language.LANGUAGES))
def test_every_moment_is_shown_by_the_same_clock_in_every_language(
    moment: datetime, tongue: str
) -> None:
    with language.speaking(tongue):
        assert language.format_clock(moment, BERLIN) in language.format_moment(moment, BERLIN)
        assert (
            language.date_leaf(moment, BERLIN).date == moment.astimezone(BERLIN).date().isoformat()
        )


@given(moments())
def test_a_zone_and_its_name_are_the_same(moment: datetime) -> None:
    zone = ZoneInfo("America/St_Johns")

    assert language.format_moment(moment, zone) == language.format_moment(moment, zone.key)


def test_an_unknown_language_falls_back_to_german() -> None:
    with language.speaking("tlh"):
        assert language.current_language() == "de"


def test_languages_nest_and_end() -> None:
    with language.speaking("en"):
        with language.speaking("de"):
            assert language.gettext("Today") == "Heute"
        assert language.gettext("Today") == "Today"


def test_lazy_words_are_decided_when_shown() -> None:
    word = language.lazy_gettext("Today")

    with language.speaking("de"):
        german = str(word)
    with language.speaking("en"):
        english = str(word)

    assert (german, english) == ("Heute", "Today")


@pytest.mark.parametrize(("tongue", "shown"), [("de", "1.234,5"), ("en", "1,234.5")])
def test_numbers_are_grouped_by_language(tongue: str, shown: str) -> None:
    with language.speaking(tongue):
        assert language.format_number(1234.5) == shown
