"""Reminders are due by the clock on the wall, also in the weeks the clocks change."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.notifications.domain import reminders
from services.notifications.domain.reminders import DEFAULT_RULES, MINUTES_OF_DAY, Rule
from services.notifications.domain.scene import Slot
from tests import factories, notices

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["Europe/Berlin", "Pacific/Chatham", "America/New_York", "Asia/Kolkata"])


def slot(start: datetime) -> Slot:
    return Slot(id=notices.SLOT, label="", starts_at=start, ends_at=start + timedelta(minutes=165))


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)


@given(factories.moments(), st.integers(1, 90), ZONES)
def test_whole_days_keep_the_time_on_the_wall(begin: datetime, days: int, name: str) -> None:
    zone = ZoneInfo(name)
    rule = Rule(offset_minutes=-days * MINUTES_OF_DAY)

    due = reminders.due_at(rule, slot(begin), zone)

    wanted = wall(begin, zone) - timedelta(days=days)
    # In the hour that is missing in spring the reminder comes by as much later.
    assert wall(due, zone) - wanted in {timedelta(0), timedelta(hours=1)}
    assert due < begin


@given(factories.moments(), st.integers(1, MINUTES_OF_DAY - 1), ZONES)
@example(datetime(2027, 10, 31, 1, 30, tzinfo=UTC), 1, "Europe/Berlin")  # the second 2.30
def test_less_than_a_day_is_exact(begin: datetime, minutes: int, name: str) -> None:
    due = reminders.due_at(Rule(offset_minutes=-minutes), slot(begin), ZoneInfo(name))

    assert begin - due == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("begin", "days", "due"),
    [
        # The clocks go forward on 28 March 2027 and back on 31 October 2027.
        (datetime(2027, 3, 29, 13, tzinfo=UTC), 7, datetime(2027, 3, 22, 14, tzinfo=UTC)),
        (datetime(2027, 11, 1, 14, tzinfo=UTC), 1, datetime(2027, 10, 31, 14, tzinfo=UTC)),
        (datetime(2027, 11, 1, 14, tzinfo=UTC), 2, datetime(2027, 10, 30, 13, tzinfo=UTC)),
        (datetime(2027, 3, 29, 0, 30, tzinfo=UTC), 1, datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_nights_of_changing_clocks(begin: datetime, days: int, due: datetime) -> None:
    rule = Rule(offset_minutes=-days * MINUTES_OF_DAY)

    assert reminders.due_at(rule, slot(begin), BERLIN) == due


def test_reminders_may_count_from_the_end() -> None:
    begin = datetime(2027, 2, 2, 14, tzinfo=UTC)
    rule = Rule(offset_minutes=-MINUTES_OF_DAY, relative_to="end")

    due = reminders.due_at(rule, slot(begin), BERLIN)

    assert due == begin + timedelta(minutes=165) - timedelta(days=1)


def test_a_moved_meeting_is_another_occasion() -> None:
    begin = datetime(2027, 2, 2, 14, tzinfo=UTC)
    moved = slot(begin + timedelta(days=7))

    assert reminders.occasion(slot(begin), DEFAULT_RULES[0]) != reminders.occasion(
        moved, DEFAULT_RULES[0]
    )


def test_nothing_is_planned_for_a_cancelled_meeting() -> None:
    meeting = notices.read(notices.published())

    assert len(reminders.plan(meeting, DEFAULT_RULES)) == 2
    assert reminders.plan(replace(meeting, state="cancelled"), DEFAULT_RULES) == []


def test_a_rule_given_twice_counts_once() -> None:
    meeting = notices.read(notices.published())

    assert len(reminders.plan(meeting, [*DEFAULT_RULES, *DEFAULT_RULES])) == 2
