"""When a slot can be booked, and what its page says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.booking import (
    BOOKABLE,
    Phase,
    Policy,
    Window,
    hold_deadline,
    last_call,
    order_at,
    phase,
    policy_at,
)

START = datetime(2025, 11, 18, 14, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "kept", "expected"),
    [
        (100, "strict", Policy.STRICT),
        (48, "strict", Policy.FILL),
        (49, "strict", Policy.STRICT),
        (25, "strict", Policy.FILL),
        (24, "strict", Policy.OFF),
        (24, "fill", Policy.OFF),
        (100, "fill", Policy.FILL),
        (100, "off", Policy.OFF),
    ],
)
def test_strict_becomes_fill_and_then_the_list_closes(
    hours: int, kept: str, expected: Policy
) -> None:
    assert policy_at(kept, START, START - hours * HOUR) is expected


@pytest.mark.parametrize(
    ("hours", "kept", "expected"),
    [
        (100, "strict", Policy.STRICT),
        (48, "strict", Policy.FILL),
        (100, "off", Policy.FILL),
        (25, "off", Policy.FILL),
        (24, "off", Policy.OFF),
        (24, "strict", Policy.OFF),
    ],
)
def test_who_waits_moves_up_even_where_nobody_may_begin_to_wait(
    hours: int, kept: str, expected: Policy
) -> None:
    assert order_at(kept, START, START - hours * HOUR) is expected


@pytest.mark.parametrize(
    ("closes", "ends"),
    [
        (None, START + HOUR),
        (START - HOUR, START - HOUR),
        (START, START),
        (START + 2 * HOUR, START + HOUR),
    ],
)
def test_sign_up_ends_with_the_last_slot_that_can_be_had(
    closes: datetime | None, ends: datetime
) -> None:
    slots = [
        Window(starts_at=begin, ends_at=begin + HOUR, opens_at=None, closes_at=closes)
        for begin in (START + HOUR, START)
    ]

    assert last_call(slots) == ends
    assert any(slot.is_open(ends - HOUR / 60) for slot in slots)
    assert not any(slot.is_open(ends) for slot in slots)


def said(now: datetime, **values: object) -> Phase:
    window = Window(
        starts_at=START,
        ends_at=START + 3 * HOUR,
        opens_at=values.pop("opens_at", None),  # type: ignore[arg-type]
        closes_at=values.pop("closes_at", None),  # type: ignore[arg-type]
    )
    fields = {"cancelled": False, "free": 1, "waiting": 0, "policy": Policy.STRICT}
    return phase(window=window, now=now, **(fields | values))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "values", "expected"),
    [
        (-50, {}, Phase.OPEN),
        (-50, {"free": 0}, Phase.WAITLIST_ONLY),
        (-50, {"waiting": 1}, Phase.WAITLIST_ONLY),
        (-50, {"free": 0, "policy": Policy.OFF}, Phase.FULL),
        (-50, {"opens_at": START - 49 * HOUR}, Phase.OPENS_LATER),
        (-50, {"closes_at": START - 51 * HOUR}, Phase.CLOSED),
        (0, {}, Phase.CLOSED),
        (3, {}, Phase.OVER),
        (3, {"cancelled": True}, Phase.CANCELLED),
    ],
)
def test_a_page_says_where_a_slot_stands(
    hours: int, values: dict[str, object], expected: Phase
) -> None:
    assert said(START + hours * HOUR, **values) is expected


@given(st.integers(-200, 200), st.integers(0, 5), st.integers(0, 3))
def test_seats_are_offered_only_while_nobody_waits(hours: int, free: int, waiting: int) -> None:
    shown = said(START + hours * HOUR, free=free, waiting=waiting)
    if shown is Phase.OPEN:
        assert free > 0
        assert waiting == 0
    if shown in BOOKABLE:
        assert hours < 0


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_seats_are_never_held_beyond_the_start(minutes_left: int, hold: int) -> None:
    now = START - timedelta(minutes=minutes_left)
    assert hold_deadline(now, timedelta(minutes=hold), START) <= START
