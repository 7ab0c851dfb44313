"""Moving things by the clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain.times import Shift, comes_twice, last_call, wall

BERLIN = ZoneInfo("Europe/Berlin")


def berlin(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[misc, arg-type]


def shift(old: datetime, new: datetime) -> Shift:
    return Shift(old=old, new=new, tz=BERLIN)


moments = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - the zone follows
    max_value=datetime(2035, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
)


def test_three_o_clock_stays_three_o_clock_across_the_clock_change() -> None:
    old, new = berlin(2025, 10, 20, 15), berlin(2025, 10, 27, 15)
    closing = shift(old, new).of(berlin(2025, 10, 16, 12))
    assert wall(closing, BERLIN) == datetime(2025, 10, 23, 12)  # noqa: DTZ001
    slot = shift(old, new).of_span(berlin(2025, 10, 20, 15, 30), berlin(2025, 10, 20, 16))
    assert slot == (berlin(2025, 10, 27, 15, 30), berlin(2025, 10, 27, 16))


def test_registration_closes_with_the_last_slot_that_can_be_had() -> None:
    three, four, five = (berlin(2025, 10, 20, hour) for hour in (15, 16, 17))
    ends = {closes: last_call([four, three], closes) for closes in (None, three, five)}
    assert ends == {None: four, three: three, five: four}


def test_hour_that_does_not_exist_becomes_the_next_one() -> None:
    old, new = berlin(2025, 3, 29, 1), berlin(2025, 3, 30, 1)
    moved = shift(old, new).of(berlin(2025, 3, 29, 2, 30))
    assert wall(moved, BERLIN) == datetime(2025, 3, 30, 3, 30)  # noqa: DTZ001


def test_hour_that_does_not_exist_never_becomes_the_one_before() -> None:
    moved = Shift(
        old=datetime(2032, 11, 23, tzinfo=UTC), new=datetime(2020, 6, 21, 16, tzinfo=UTC), tz=BERLIN
    ).of(datetime(2028, 8, 28, 7, tzinfo=UTC))
    assert wall(moved, BERLIN) == datetime(2016, 3, 27, 3)  # noqa: DTZ001


def test_hour_that_comes_twice_is_the_nearer_one() -> None:
    old, new = berlin(2025, 10, 25, 1), berlin(2025, 10, 26, 1)
    moved = shift(old, new).of(berlin(2025, 10, 25, 2, 30))
    assert moved == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)


def test_hour_that_comes_twice_is_known() -> None:
    assert comes_twice(berlin(2025, 10, 26, 2, 30), BERLIN)
    assert not comes_twice(berlin(2025, 10, 26, 3, 30), BERLIN)
    assert not comes_twice(berlin(2025, 3, 30, 3, 30), BERLIN)


@given(start=moments, minutes=st.integers(1, 600), old=moments, new=moments)
def test_spans_never_turn_round(
    start: datetime, minutes: int, old: datetime, new: datetime
) -> None:
    end = start + timedelta(minutes=minutes)
    moved_start, moved_end = shift(old, new).of_span(start, end)
    assert moved_start < moved_end
    assert abs((moved_end - moved_start) - (end - start)) <= timedelta(hours=1)


@given(old=moments, new=moments)
def test_beginning_moves_to_where_it_was_moved(old: datetime, new: datetime) -> None:
    assert shift(old, new).of(old) == new


@given(moment=moments, old=moments, new=moments)
def test_clock_on_the_wall_moves_by_the_same(
    moment: datetime, old: datetime, new: datetime
) -> None:
    difference = wall(new, BERLIN) - wall(old, BERLIN)
    slip = wall(shift(old, new).of(moment), BERLIN) - wall(moment, BERLIN) - difference
    assert timedelta(0) <= slip <= timedelta(hours=1)
