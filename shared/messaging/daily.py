"""Daily work: done once a night, or as soon afterwards as everything runs again.

Beat asks often and remembers nothing; what has been done stands in the database of the service. So a night
in which the machine was off is made up for, and two beats or two workers do no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import text

from shared.database import Database

ASK_EVERY = 600.0  # seconds
# Longer than a task may take: a run that has not ended by then never will.
LEASE = timedelta(minutes=5)
DAY = timedelta(days=1)

# A run of the future was begun when the clock was wrong, and must not count until then.
_BEGIN = text("""
    insert into daily_run (job, begun_at) values (:job, :now)
    on conflict (job) do update set begun_at = excluded.begun_at, done_at = null
    where daily_run.begun_at not between
        case when daily_run.done_at is null then :now - :lease else :due end and :now + :lease
""")
_DONE = text("update daily_run set done_at = :now where job = :job and begun_at = :now")


def last_due(moment: datetime, hour: int) -> datetime:
    """The newest time at which it struck *hour* (UTC)."""
    today = moment.replace(hour=hour, minute=0, second=0, microsecond=0)
    return today if today <= moment else today - DAY


def run_if_due(
    database: Database, job: str, moment: datetime, *, hour: int, run: Callable[[], None]
) -> bool:
    """*run* unless it was done since the last *hour*, or somebody is at it; one that failed is tried again."""
    claim = {"job": job, "now": moment, "due": last_due(moment, hour), "lease": LEASE}
    with database.transaction() as session:
        begun = session.execute(_BEGIN, claim).rowcount  # type: ignore[attr-defined]
    if not begun:
        return False
    run()
    with database.transaction() as session:
        session.execute(_DONE, {"job": job, "now": moment})
    return True
