"""Checks the invariants every night, in the one process that has all databases: the relay.

A thread that sleeps; its connections live as long as the check. It writes down what it found, alarms in the
log, and repairs nothing. Several may run: the first one of a night does the work.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import TYPE_CHECKING

from sqlalchemy import text

from shared.clock import now
from shared.database import Database
from shared.messaging import checks
from shared.messaging.checks import Check, make_check
from shared.observability import get_logger
from shared.settings import SERVICES
from treffpunkt.invariants import examine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.settings import Settings

CAUSE = "nightly"
HOUR = 3  # UTC: after the daily cleaning, before anybody is at work
# A night that was missed (all was off) is made up for this long after the start.
AFTER_START = timedelta(minutes=10)
AGAIN = timedelta(minutes=5)  # after a failure, as when a database is away
DAY = timedelta(days=1)
LOCK = 7_268_003

log = get_logger("invariants")


def next_night(moment: datetime) -> datetime:
    """The next time the clock strikes."""
    tonight = moment.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight > moment else tonight + DAY


def check_and_keep(settings: Settings, moment: datetime, cause: str) -> Check:
    """Examine everything, write it down in all databases, alarm in the log."""
    check = make_check(examine(settings, moment), checked_at=moment, cause=cause)
    for service in SERVICES:
        with _opened(settings, service) as database, database.transaction() as session:
            checks.keep(session, check)
    _alarm(check)
    return check


def check_this_night(settings: Settings, moment: datetime) -> Check | None:
    """The check of this night, unless another process makes it or it is done."""
    with _opened(settings, SERVICES[0]) as database, database.transaction() as session:
        # The transaction keeps the lock, and waits while the check goes on.
        session.execute(text("set local idle_in_transaction_session_timeout = '1h'"))
        mine = session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK})
        done = checks.last_checked_at(session, CAUSE)
        if not mine or (done is not None and done > next_night(moment) - DAY):
            return None
        return check_and_keep(settings, moment, CAUSE)


@contextmanager
def _opened(settings: Settings, service: str) -> Iterator[Database]:
    database = Database(settings.database_url(service), "treffpunkt-check", pool_size=1)
    try:
        yield database
    finally:
        database.close()


def _alarm(check: Check) -> None:
    for result in check.results:
        if not result.holds:
            log.error(
                "invariant_broken",
                invariant=result.name,
                number=result.number,
                ids=[one.id for one in result.breaks],
            )
    log.info("invariants_checked", cause=check.cause, holds=check.holds)


class Nightly:
    """Sleeps until the night, in a thread of its own; ends with its process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = Event()

    def start(self) -> None:
        """Begin; without all databases there is nothing to check."""
        if set(SERVICES) <= set(self._settings.database_urls):
            Thread(target=self._run, name="nightly-check", daemon=True).start()

    def stop(self) -> None:
        """No further check."""
        self._stopped.set()

    def _run(self) -> None:
        wait = AFTER_START
        while not self._stopped.wait(wait.total_seconds()):
            wait = self._turn(now())

    def _turn(self, moment: datetime) -> timedelta:
        try:
            check_this_night(self._settings, moment)
        except Exception:  # a database is away: the night is not over
            log.exception("invariants_not_checked")
            return AGAIN
        return next_night(now()) - now()
