"""Removes what outbox and inbox need no more, in small steps."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import text

from shared.database import Database
from shared.messaging.service import Periodic

KEEP_SENT = timedelta(days=14)
# Longer than what is sent may be repeated, so that a repetition is still recognised.
KEEP_RECEIVED = timedelta(days=30)
BATCH = 1000
MAX_BATCHES = 50

_SENT = text("""
    delete from outbox_event where id in (
        select event.id from outbox_event event
        where event.occurred_at < :before
          and not exists (select from outbox_delivery delivery
                          where delivery.event_id = event.id and delivery.state <> 'received')
        order by event.occurred_at limit :batch)
""")
_RECEIVED = text("""
    delete from inbox where event_id in (
        select event_id from inbox
        where done_at < :before and state in ('done', 'dropped') limit :batch)
""")


def clean(database: Database, now: datetime) -> None:
    """Delete received deliveries after 14 days and finished inbox rows after 30."""
    for statement, keep in ((_SENT, KEEP_SENT), (_RECEIVED, KEEP_RECEIVED)):
        for _ in range(MAX_BATCHES):
            with database.transaction() as session:
                result = session.execute(statement, {"before": now - keep, "batch": BATCH})
            if result.rowcount < BATCH:  # type: ignore[attr-defined]
                break


CLEANING = (Periodic(name="clean_messages", hour=2, run=clean),)
