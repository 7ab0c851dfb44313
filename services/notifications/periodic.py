"""What notifications does by the clock; each task may run twice at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete

from services.notifications.models import Mail, PlannedMail
from services.notifications.use_cases import due, intents, plan_news, recovery
from shared.database import Database
from shared.messaging.service import Periodic

# Mails are kept as proof for so long, planned ones for their keys.
KEEP = timedelta(days=90)


def make_due_mails(database: Database, now: datetime) -> None:
    """Planned mails whose time has come."""
    while True:
        with database.transaction() as session:
            if due.make_due(session, now) < due.BATCH:
                return


def settle_mails(database: Database, _: datetime) -> None:
    """The nets under mailers that died, and under mails that wait for their meeting."""
    with database.transaction() as session:
        recovery.settle(session.connection())
        recovery.repeat(session.connection())
        intents.release_waiting(session)


def tell_plans(database: Database, _: datetime) -> None:
    """What is planned, to the other services."""
    with database.transaction() as session:
        plan_news.tell(session)


def forget_old_mails(database: Database, now: datetime) -> None:
    """Delete what is older than three months and done with."""
    done = Mail.state.in_(("sent", "failed", "ambiguous", "suppressed"))
    with database.transaction() as session:
        session.execute(delete(Mail).where(Mail.created_at < now - KEEP, done))
        session.execute(
            delete(PlannedMail).where(
                PlannedMail.due_at < now - KEEP, PlannedMail.state != "planned"
            )
        )


PERIODIC = (
    Periodic(name="make_due_mails", every=15, run=make_due_mails),
    Periodic(name="settle_mails", every=60, run=settle_mails),
    Periodic(name="tell_plans", every=15, run=tell_plans),
    Periodic(name="forget_old_mails", hour=2, run=forget_old_mails),
)
