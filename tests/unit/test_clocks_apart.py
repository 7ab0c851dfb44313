"""Processes whose clocks differ by minutes still work together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from typing import Any

import celery.app.base
import pytest
from celery.beat import Service

from shared.settings import Settings
from treffpunkt.beat import make_beat

APART = 5 * 60  # seconds


def test_periodic_messages_are_not_expired_for_a_worker_whose_clock_is_ahead(
    make_settings: Callable[..., Settings],
) -> None:
    schedule = make_beat(make_settings()).conf.beat_schedule

    assert len(schedule) > 10
    assert [n for n, entry in schedule.items() if entry["options"]["expires"] <= APART] == []


@pytest.mark.parametrize("moved", [-APART, APART])
def test_beat_goes_on_evenly_where_its_clock_is_set_anew(
    moved: int, make_settings: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_beat(make_settings())
    sweep = Service(app=app, scheduler_cls=app.conf.beat_scheduler).scheduler.schedule[
        "registration.sweep"
    ]

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=moved)

    monkeypatch.setattr(celery.app.base, "datetime", Moved)

    due, after = sweep.is_due()

    assert not due
    assert 0 < after <= make_settings().sweep_interval
