"""The slot generator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.slots import Pattern, TooManySlotsError, Window, windows

NINE = datetime(2025, 11, 18, 9, tzinfo=UTC)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


def begins(pattern: Pattern) -> list[str]:
    return [f"{window.starts_at:%H:%M}" for window in windows(pattern)]


def test_row_fills_the_time_and_not_more() -> None:
    pattern = Pattern(
        starts_at=NINE, until=NINE + minutes(60), duration=minutes(20), pause=minutes(5)
    )
    assert begins(pattern) == ["09:00", "09:25"]


def test_last_slot_may_end_with_the_time() -> None:
    pattern = Pattern(starts_at=NINE, until=NINE + minutes(60), duration=minutes(20))
    assert begins(pattern) == ["09:00", "09:20", "09:40"]


def test_row_goes_on_at_the_end_of_a_break() -> None:
    pause = Window(NINE + minutes(30), NINE + minutes(50))
    pattern = Pattern(
        starts_at=NINE, until=NINE + minutes(100), duration=minutes(20), breaks=(pause,)
    )
    assert begins(pattern) == ["09:00", "09:50", "10:10"]


def test_slot_left_out_keeps_the_rhythm() -> None:
    skipped = frozenset({NINE + minutes(20)})
    pattern = Pattern(
        starts_at=NINE, until=NINE + minutes(60), duration=minutes(20), skipped=skipped
    )
    assert begins(pattern) == ["09:00", "09:40"]


def test_too_many_are_refused_soon() -> None:
    forever = Pattern(starts_at=NINE, until=NINE + timedelta(days=36500), duration=minutes(1))
    with pytest.raises(TooManySlotsError):
        windows(forever)


@given(
    length=st.integers(1, 240),
    pause=st.integers(0, 60),
    hours=st.integers(1, 12),
    breaks=st.lists(st.tuples(st.integers(0, 700), st.integers(1, 120)), max_size=5),
)
def test_slots_never_overlap_nor_reach_into_breaks(
    length: int, pause: int, hours: int, breaks: list[tuple[int, int]]
) -> None:
    spans = tuple(
        Window(NINE + minutes(at), NINE + minutes(at + for_)) for at, for_ in sorted(breaks)
    )
    until = NINE + timedelta(hours=hours)
    pattern = Pattern(
        starts_at=NINE, until=until, duration=minutes(length), pause=minutes(pause), breaks=spans
    )
    found = windows(pattern, most=1000)
    assert all(window.ends_at - window.starts_at == minutes(length) for window in found)
    assert all(window.starts_at >= NINE and window.ends_at <= until for window in found)
    assert not any(window.overlaps(span) for window in found for span in spans)
    gaps = [later.starts_at - earlier.ends_at for earlier, later in pairwise(found)]
    assert all(gap >= timedelta(0) for gap in gaps)
