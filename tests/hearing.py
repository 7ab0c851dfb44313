"""A service hears the facts it tells itself, where a test runs without relay and workers."""

from __future__ import annotations

from sqlalchemy import select, update

from shared.clock import now
from shared.database import Database
from shared.messaging import inbox, outbox
from shared.messaging.service import Service
from shared.messaging.tables import outbox_delivery, outbox_event


def hear_own(database: Database, service: Service) -> int:
    """Take its own facts from its outbox into its inbox; how many there were."""
    query = (
        select(outbox_event)
        .join(outbox_delivery, outbox_delivery.c.event_id == outbox_event.c.id)
        .where(outbox_delivery.c.subscriber == service.name, outbox_delivery.c.state != "received")
        .order_by(outbox_event.c.id)
    )
    with database.reading() as session:
        rows = session.execute(query).all()
    for row in rows:
        inbox.receive(database, service, outbox.envelope_of(service.name, row))
    with database.transaction() as session:
        mine = outbox_delivery.c.subscriber == service.name
        session.execute(
            update(outbox_delivery).where(mine).values(state="received", received_at=now())
        )
    return len(rows)
