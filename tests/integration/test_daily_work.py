"""Daily work on a real database: once a night, later if nothing ran at night, again if it failed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import pytest

from shared.clock import now
from shared.database import Database
from shared.messaging.celery_app import ServiceTasks
from shared.messaging.daily import LEASE, run_if_due
from shared.messaging.service import Periodic, Service
from shared.settings import Settings

HOUR = 2
NIGHT = datetime(2031, 3, 4, HOUR, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def nothing() -> None:
    pass


def ran(database: Database, moment: datetime, run: Callable[[], Any] = nothing) -> bool:
    return run_if_due(database, "sweep_the_yard", moment, hour=HOUR, run=run)


def fail() -> None:
    raise OSError("no broom")


def test_daily_work_is_done_once_a_night(registration_database: Database) -> None:
    asked = [NIGHT + 10 * MINUTE * number for number in range(2 * 144)]

    done = [moment for moment in asked if ran(registration_database, moment)]

    assert done == [NIGHT, NIGHT + DAY]


def test_a_missed_night_is_made_up_for(registration_database: Database) -> None:
    morning = timedelta(hours=6)
    assert ran(registration_database, NIGHT + morning)

    assert not ran(registration_database, NIGHT + DAY - MINUTE)
    assert ran(registration_database, NIGHT + 3 * DAY + morning)


def test_work_that_failed_is_done_again_soon(registration_database: Database) -> None:
    with pytest.raises(OSError, match="broom"):
        ran(registration_database, NIGHT, fail)

    assert not ran(registration_database, NIGHT + LEASE)
    assert ran(registration_database, NIGHT + LEASE + MINUTE)
    assert not ran(registration_database, NIGHT + 10 * LEASE)


def test_two_who_are_asked_at_once_do_the_work_once(registration_database: Database) -> None:
    at_it, over = Event(), Event()

    def work() -> None:
        at_it.set()
        assert over.wait(10)

    with ThreadPoolExecutor(1) as other:
        first = other.submit(ran, registration_database, NIGHT, work)
        assert at_it.wait(10)
        assert not ran(registration_database, NIGHT + MINUTE)
        over.set()
        assert first.result()


def test_a_clock_that_was_wrong_once_does_not_stop_it(registration_database: Database) -> None:
    assert ran(registration_database, NIGHT + 1000 * DAY)

    assert ran(registration_database, NIGHT)
    assert not ran(registration_database, NIGHT + MINUTE)


def test_a_worker_that_is_asked_twice_does_it_once(
    registration_database: Database, settings: Settings
) -> None:
    turns: list[str] = []
    jobs = (
        Periodic(name="daily", hour=(now().hour + 12) % 24, run=lambda *_: turns.append("daily")),
        Periodic(name="often", every=15, run=lambda *_: turns.append("often")),
    )
    tasks = ServiceTasks(Service(name="registration", handlers={}, periodic=jobs), settings)
    with closing(tasks.database), closing(tasks.publisher):
        for name in ("daily", "often", "daily", "often"):
            tasks.run_periodic(name)

    assert turns == ["daily", "often", "often"]
