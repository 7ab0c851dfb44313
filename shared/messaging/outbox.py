"""Facts to send: recorded in the business transaction, one delivery row per subscriber."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import DATABASE_NOW
from shared.events.envelope import Envelope, Fact, payload_json
from shared.events.routes import subscribers
from shared.identifiers import new_id
from shared.messaging.cleaning import KEEP_RECEIVED
from shared.messaging.tables import outbox_delivery, outbox_event
from shared.observability import correlation_id

CHANNEL = "outbox"
# A subscriber still knows what it had of events this young, with a day for the way.
REPEATABLE = KEEP_RECEIVED - timedelta(days=1)
# Commits that carry a NOTIFY wait for one another, disk write included (docs/benchmarks.md). So a process
# sends at most one in this time; a woken relay looks again by itself for longer (relay.QUICK_FOR).
WAKE_EVERY = 0.05  # seconds
# To be selected by the statement that records: wakes the relay at the commit.
WAKE = f"case when cast(:event_wakes as boolean) then pg_notify('{CHANNEL}', '') end"

# Two common table expressions for statements that record a fact while they do their own work;
# the parameters come from prepared(). Select WAKE somewhere behind them.
RECORD = """
recorded_event as (
    insert into outbox_event
        (id, name, version, aggregate_id, revision, occurred_at, correlation_id, payload)
    values
        (:event_id, :event_name, :event_version, :event_aggregate_id, :event_revision,
         :event_occurred_at, :event_correlation_id, cast(:event_payload as jsonb))
),
recorded_delivery as (
    insert into outbox_delivery (event_id, subscriber, state, due_at)
    select :event_id, subscriber, 'pending', statement_timestamp()
    from unnest(cast(:event_subscribers as text[])) as subscriber
)
"""
_RECORD_ONLY = text(f"with {RECORD} select {WAKE}")
_last_wake: dict[str, float] = {}  # by publisher: each has a database of its own


def _wakes(publisher: str) -> bool:
    present = time.monotonic()
    if present - _last_wake.get(publisher, -WAKE_EVERY) < WAKE_EVERY:
        return False
    _last_wake[publisher] = present
    return True


def prepared(fact: Fact) -> dict[str, Any]:
    """The parameters of RECORD and WAKE for *fact*."""
    return {
        "event_id": new_id(),
        "event_name": fact.wire_name(),
        "event_version": fact.VERSION,
        "event_aggregate_id": fact.aggregate_id,
        "event_revision": fact.revision,
        "event_occurred_at": now(),
        "event_correlation_id": correlation_id(),
        "event_payload": payload_json(fact),
        "event_subscribers": list(subscribers(type(fact))),
        "event_wakes": _wakes(fact.PUBLISHER),
    }


def record(session: Session, fact: Fact) -> None:
    """Record *fact* in the transaction of *session*; it is sent if and only if that commits."""
    session.execute(_RECORD_ONLY, prepared(fact))


def envelope_of(publisher: str, row: Any) -> Envelope:
    """The envelope of one outbox_event row."""
    return Envelope(
        id=row.id,
        name=row.name,
        version=row.version,
        publisher=publisher,
        occurred_at=row.occurred_at,
        correlation_id=row.correlation_id,
        aggregate_id=row.aggregate_id,
        revision=row.revision,
        payload=row.payload,
    )


def list_events(
    session: Session, *, aggregate_id: UUID | None = None, limit: int = 50
) -> Sequence[Any]:
    """The newest events with the states of their deliveries, newest first."""
    query = select(outbox_event).order_by(outbox_event.c.id.desc()).limit(limit)
    if aggregate_id:
        query = query.where(outbox_event.c.aggregate_id == aggregate_id)
    return session.execute(query).all()


def find_event(session: Session, event_id: UUID) -> Any | None:
    """One recorded event."""
    return session.execute(select(outbox_event).where(outbox_event.c.id == event_id)).first()


def deliveries_of(session: Session, event_id: UUID) -> Sequence[Any]:
    """The delivery rows of one event."""
    query = select(outbox_delivery).where(outbox_delivery.c.event_id == event_id)
    return session.execute(query.order_by(outbox_delivery.c.subscriber)).all()


@dataclass(frozen=True, kw_only=True)
class Replay:
    """How many deliveries are sent again, and how many are too old for that."""

    sent: int
    left_out: int


def replay(
    session: Session,
    *,
    event_id: UUID | None = None,
    aggregate_id: UUID | None = None,
    since: datetime | None = None,
) -> Replay:
    """Send the chosen events again. Whoever had one does nothing, as long as the inbox knows it.

    So what was received and is too old for that is left out: it would take effect twice.
    """
    chosen = select(outbox_event.c.id)
    if event_id:
        chosen = chosen.where(outbox_event.c.id == event_id)
    if aggregate_id:
        chosen = chosen.where(outbox_event.c.aggregate_id == aggregate_id)
    if since:
        chosen = chosen.where(outbox_event.c.occurred_at >= since)
    wanted = outbox_delivery.c.event_id.in_(chosen)
    old = select(outbox_event.c.id).where(outbox_event.c.occurred_at < DATABASE_NOW - REPEATABLE)
    forgotten = (outbox_delivery.c.state == "received") & outbox_delivery.c.event_id.in_(old)
    counted = select(func.count()).select_from(outbox_delivery)
    left_out = session.scalar(counted.where(wanted, forgotten)) or 0
    again = (
        update(outbox_delivery)
        .where(wanted, ~forgotten)
        .values(state="pending", due_at=DATABASE_NOW, attempts=0, asks=0, last_error=None)
    )
    sent: int = session.execute(again).rowcount  # type: ignore[attr-defined]
    session.execute(text(f"select pg_notify('{CHANNEL}', '')"))
    return Replay(sent=sent, left_out=left_out)
