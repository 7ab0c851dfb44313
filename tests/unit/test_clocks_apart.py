"""Processes whose clocks differ by minutes still work together."""

from __future__ import annotations

from collections.abc import Callable

from shared.settings import Settings
from treffpunkt.beat import make_beat

APART = 5 * 60  # seconds


def test_periodic_messages_are_not_expired_for_a_worker_whose_clock_is_ahead(
    make_settings: Callable[..., Settings],
) -> None:
    schedule = make_beat(make_settings()).conf.beat_schedule

    assert len(schedule) > 10
    assert [n for n, entry in schedule.items() if entry["options"]["expires"] <= APART] == []
