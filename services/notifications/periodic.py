"""What notifications does by the clock; each task may run twice at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from services.notifications.use_cases import (
    due,
    emptying,
    erasing,
    intents,
    plan_news,
    recovery,
    retention,
)
from shared.database import Database
from shared.messaging import erasures
from shared.messaging.service import Periodic
from shared.settings import Settings


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


def settle_erasures(database: Database, now: datetime) -> None:
    """Look again for what was on its way while somebody was erased, and after last mails."""
    with database.transaction() as session:
        subjects = erasures.unsettled(session)
        if subjects:
            still = erasing.erase(session, subjects, now)
            settled = [found for found in subjects if found.aggregate_id not in still]
            erasures.settle(session, settled, now)


def forget_people(database: Database, now: datetime, settings: Settings) -> None:
    """Keep readers and words of mails as long as the settings say; that they were sent stays."""
    past = now - timedelta(days=settings.keep_names_days)
    unconfirmed = now - timedelta(days=settings.keep_unconfirmed_days)
    for empty, before in (
        (retention.empty_past, past),
        (retention.empty_unconfirmed, unconfirmed),
    ):
        number = retention.BATCH
        while number >= retention.BATCH:
            with database.transaction() as session:
                number = empty(session, before, now)
    with database.transaction() as session:
        retention.empty_mails_of_past(session, past, now)
        retention.forget_account_mails(session, past)
        retention.forget_versions(session, past)
        emptying.forget_lost_addressees(session)
    meetings, subjects = retention.past_meetings(past), retention.past_subjects(past)
    erasures.scrub_past_messages(database, meetings, subjects=subjects)


PERIODIC = (
    Periodic(name="make_due_mails", every=15, run=make_due_mails),
    Periodic(name="settle_mails", every=60, run=settle_mails),
    Periodic(name="tell_plans", every=15, run=tell_plans),
    Periodic(name="settle_erasures", every=60, run=settle_erasures),
    Periodic(name="forget_people", hour=1, run=forget_people, with_settings=True),
)
