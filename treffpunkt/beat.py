"""The clock of all periodic work: sends small messages, does nothing itself, may run twice."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from celery.beat import Scheduler
from celery.schedules import schedule

from shared.messaging.broker import CLOCKS_APART, make_celery
from shared.messaging.cleaning import CLEANING
from shared.messaging.daily import ASK_EVERY
from shared.messaging.relay import MOST_CANARIES
from shared.observability import configure_logging, get_logger
from shared.settings import SERVICES
from treffpunkt.services import messaging_service

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery

    from shared.messaging.service import Periodic
    from shared.settings import Settings

log = get_logger("beat")

_START = datetime(2000, 1, 1, tzinfo=UTC)


def steady_now() -> datetime:
    """Says how much time has passed, and nothing else: goes on evenly where the clock is set anew."""
    # Celery counts intervals by the time of day. Set back by an hour, it would send nothing for an hour.
    return _START + timedelta(seconds=time.monotonic())


class PatientScheduler(Scheduler):  # type: ignore[misc]
    """Sends nothing into a queue that is long already; what is repeated soon can be left out."""

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send the message of *entry*, unless too many wait before it."""
        # Only a living worker throws away what expired: behind a dead one, Redis would fill up.
        if not self._is_long(entry.options["queue"]):
            super().apply_entry(entry, producer=producer)

    def _is_long(self, queue: str) -> bool:
        try:
            with self.connection.default_channel.conn_or_acquire() as client:
                return bool(client.llen(queue) > MOST_CANARIES)
        except Exception as error:  # noqa: BLE001 - whatever it is, sending meets it, and tells
            log.debug("look_failed", queue=queue, error=type(error).__name__)
            return False


def make_beat(settings: Settings) -> Celery:
    """A Celery app whose schedule holds every periodic job and the sweeps of all inboxes."""
    app = make_celery("beat", settings)
    app.conf.beat_schedule = {
        name: entry for service in SERVICES for name, entry in _entries(service, settings).items()
    }
    # No schedule file: intervals start anew with the process; what is daily is asked for often.
    app.conf.beat_scheduler = PatientScheduler
    return app


def process(settings: Settings) -> Callable[[], None]:
    """The body of the beat process, which ends on TERM or INT. Made before a fork, it shares memory."""
    beat = make_beat(settings).Beat(loglevel=logging.WARNING, quiet=True)

    def run() -> None:
        configure_logging("beat", settings.log_level)
        beat.run()

    return run


def _entries(service: str, settings: Settings) -> dict[str, dict[str, Any]]:
    sweep = _entry(service, "sweep", [], every=settings.sweep_interval)
    entries = {f"{service}.sweep": sweep}
    for job in (*messaging_service(service).periodic, *CLEANING):
        entries[f"{service}.{job.name}"] = _periodic(service, job)
    return entries


def _periodic(service: str, job: Periodic) -> dict[str, Any]:
    return _entry(service, "periodic", [job.name], every=job.every or ASK_EVERY)


def _entry(service: str, task: str, args: list[str], *, every: float) -> dict[str, Any]:
    return {
        "task": f"{service}.{task}",
        "args": args,
        "schedule": schedule(every, nowfun=steady_now),
        # A message that outlived its interval has been overtaken by the next.
        "options": {"queue": service, "expires": every + CLOCKS_APART},
    }
