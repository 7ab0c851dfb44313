"""Receipts: a publisher asks whether its events arrived, over the same queues they travelled.

A message taken from Redis can vanish with its worker before anything is written. An ask stands behind
the events in the same queue, so a long queue is not mistaken for a loss. A stored envelope is the receipt.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update

from shared.database import DATABASE_NOW, Database
from shared.messaging.tables import inbox, outbox_delivery
from shared.observability import get_logger

ANSWER_EXPIRES = 300  # seconds; a lost or late answer is asked for again

log = get_logger("messaging.receipts")


def ask_text(publisher: str, event_ids: Iterable[UUID]) -> str:
    """The body of a question."""
    return json.dumps({"publisher": publisher, "ids": [str(event_id) for event_id in event_ids]})


def answer(database: Database, subscriber: str, body: str) -> tuple[str, str]:
    """Who asked, and which of the events asked about are stored here and which are not, as text."""
    question = json.loads(body)
    asked = {UUID(text) for text in question["ids"]}
    with database.reading() as session:
        known = set(session.scalars(select(inbox.c.event_id).where(inbox.c.event_id.in_(asked))))
    reply = {
        "subscriber": subscriber,
        "known": [str(event_id) for event_id in known],
        "unknown": [str(event_id) for event_id in asked - known],
    }
    return question["publisher"], json.dumps(reply)


def learn(database: Database, body: str) -> None:
    """Mark what the subscriber has as received; send again what it does not know."""
    reply = json.loads(body)
    known = [UUID(text) for text in reply["known"]]
    unknown = [UUID(text) for text in reply["unknown"]]
    mine = outbox_delivery.c.subscriber == reply["subscriber"]
    with database.transaction() as session:
        session.execute(
            update(outbox_delivery)
            .where(mine, outbox_delivery.c.event_id.in_(known))
            .values(state="received", received_at=DATABASE_NOW, last_error=None)
        )
        session.execute(
            update(outbox_delivery)
            .where(
                mine,
                outbox_delivery.c.event_id.in_(unknown),
                outbox_delivery.c.state == "published",
            )
            .values(state="pending", due_at=DATABASE_NOW)
        )
    if unknown:
        log.warning("deliveries_lost", subscriber=reply["subscriber"], count=len(unknown))
