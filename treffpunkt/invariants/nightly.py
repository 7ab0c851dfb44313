"""Checks the invariants every night, in the one process that has all databases: the relay.

A thread that sleeps; its connections live as long as the check. It writes down what it found, alarms in the
log, and repairs nothing. Several may run: one of them does the work. What does not hold may be on its way
still, late after an outage: it is looked at again, and the newest look stands.
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

    from sqlalchemy.orm import Session

    from shared.settings import Settings

CAUSE = "nightly"
HOUR = 3  # UTC: after the daily cleaning, before anybody is at work
# A night that was missed (all was off) is made up for this long after the start.
AFTER_START = timedelta(minutes=10)
AGAIN = timedelta(minutes=5)  # after a failure, as when a database is away
LOOK_AGAIN = timedelta(minutes=15)  # after a look that found something
LOOKS = 3  # a night
DAY = timedelta(days=1)
LOCK = 7_268_003
_LOOKS = text("""
    select count(distinct check_id) as made,
        count(distinct check_id) filter (where number > 0) as broken
    from invariant_check where cause = :cause and checked_at >= :night
""")

log = get_logger("invariants")


def next_night(moment: datetime) -> datetime:
    """The next time the clock strikes."""
    tonight = moment.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight > moment else tonight + DAY


def until_next_look(moment: datetime) -> timedelta:
    """How long to sleep: whether a check is due is asked again and again, since others may have died."""
    return min(LOOK_AGAIN, next_night(moment) - moment)


def check_and_keep(settings: Settings, moment: datetime, cause: str) -> Check:
    """Examine everything, write it down in all databases, alarm in the log."""
    check = make_check(examine(settings, moment), checked_at=moment, cause=cause)
    for service in SERVICES:
        with _opened(settings, service) as database, database.transaction() as session:
            checks.keep(session, check)
    _alarm(check)
    return check


def check_this_night(settings: Settings, moment: datetime) -> Check | None:
    """A check of this night, unless another process makes it or none is due."""
    with _opened(settings, SERVICES[0]) as database, database.transaction() as session:
        # The transaction keeps the lock, and waits while the check goes on.
        session.execute(text("set local idle_in_transaction_session_timeout = '1h'"))
        mine = session.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK})
        if not mine or not _is_due(session, moment):
            return None
        return check_and_keep(settings, moment, CAUSE)


def _is_due(session: Session, moment: datetime) -> bool:
    night = next_night(moment) - DAY
    last = checks.last_checked_at(session, CAUSE)
    if last is None or last < night:
        return True
    looks = session.execute(_LOOKS, {"cause": CAUSE, "night": night}).one()
    found_each_time = looks.made == looks.broken
    return found_each_time and looks.made < LOOKS and moment - last >= LOOK_AGAIN


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
    """Sleeps until a check may be due, in a thread of its own; ends with its process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stopped = Event()

    def start(self) -> None:
        """Begin; without all databases there is nothing to compare, so another relay must have them."""
        missing = [name for name in SERVICES if name not in self._settings.database_urls]
        if missing:
            log.warning("invariants_not_checked_here", missing=missing)
        else:
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
        return until_next_look(now())
