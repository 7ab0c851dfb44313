"""Facts received: stored first, then applied exactly once, each in one transaction.

Step A stores the envelope under its event id. Step B locks the row, applies the effect and marks it
done in the same transaction. What was stored and not finished is started again by the sweep.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, exists, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from shared.database import DATABASE_NOW, Database
from shared.events.envelope import BadEnvelope, Envelope, EnvelopeSchema
from shared.events.scrubbing import without
from shared.messaging import erasures
from shared.messaging.order import comes_before, in_one_line
from shared.messaging.service import Service
from shared.messaging.tables import inbox
from shared.observability import correlated, get_logger
from shared.telling_errors import first_line

__all__ = ["MAX_ATTEMPTS", "process", "receive", "retry_delay", "sweep"]

MAX_ATTEMPTS = 5
# How long a start may take before the sweep counts it as lost; longer than any handler runs.
START_LEASE = timedelta(seconds=30)
SWEEP_BATCH = 200
_CLOCK = {"due_at": DATABASE_NOW + START_LEASE, "received_at": DATABASE_NOW}

log = get_logger("messaging.inbox")
_schema = EnvelopeSchema()


def retry_delay(attempts: int) -> timedelta:
    """How long to wait after the *attempts*-th failed start: 2, 4, 8, 16 seconds."""
    return timedelta(seconds=2 ** min(attempts, 6))


def receive(database: Database, service: Service, envelope: Envelope) -> bool:
    """Store and apply *envelope*; False if it was known already (then the sweep looks after it)."""
    with database.single_statement() as connection:
        stored = connection.execute(_store(envelope)).first()
        if stored is None:
            stored = _store_scrubbed(connection, envelope)
    if stored is None:
        return False
    process(database, service, envelope.id)
    return True


def _store(envelope: Envelope) -> Any:
    """Stores it, unless it is known already or tells of somebody who was erased."""
    values = _values(envelope)
    row = select(
        *[literal(value, inbox.c[name].type) for name, value in values.items()], *_CLOCK.values()
    )
    statement = upsert(inbox).from_select(
        [*values, *_CLOCK], row.where(~erasures.is_erased(envelope.payload))
    )
    return statement.on_conflict_do_nothing().returning(inbox.c.event_id)


def _store_scrubbed(connection: Connection, envelope: Envelope) -> Any:
    """Stores without those who were erased what tells of them; None for what is known already."""
    gone = erasures.gone_of(connection, envelope.payload)
    if not gone:
        return None
    scrubbed = replace(envelope, payload=without(envelope.payload, gone))
    statement = upsert(inbox).values(_values(scrubbed) | _CLOCK).on_conflict_do_nothing()
    return connection.execute(statement.returning(inbox.c.event_id)).first()


def _values(envelope: Envelope) -> dict[str, Any]:
    return {
        "event_id": envelope.id,
        "publisher": envelope.publisher,
        "name": envelope.name,
        "aggregate_id": envelope.aggregate_id,
        "revision": envelope.revision,
        "correlation_id": envelope.correlation_id,
        "envelope": _schema.dump(envelope),
        "state": "new",
        "attempts": 1,  # the start that follows; lost if the process dies, then the lease runs out
    }


def process(database: Database, service: Service, event_id: UUID) -> None:
    """Apply a started event, then those that waited behind it."""
    following: UUID | None = event_id
    while following is not None:
        done = _apply_or_record_failure(database, service, following)
        following = _start_follower(database, following) if done else None


def _apply_or_record_failure(database: Database, service: Service, event_id: UUID) -> bool:
    try:
        with database.transaction() as session:
            return _apply(session, service, event_id)
    except Exception as error:
        log.warning(
            "event_failed", event_id=str(event_id), error=type(error).__name__, exc_info=True
        )
        _record_failure(database, event_id, error)
        return False


def _apply(session: Session, service: Service, event_id: UUID) -> bool:
    row = session.execute(
        select(inbox).where(inbox.c.event_id == event_id).with_for_update(skip_locked=True)
    ).first()
    # Locked: another worker is at it. Not new: it has been at it.
    if row is None or row.state != "new":
        return False
    if _must_wait(session, row):
        session.execute(
            _change(event_id).values(attempts=inbox.c.attempts - 1, due_at=DATABASE_NOW)
        )
        return False
    with correlated(row.correlation_id):
        _handle(session, service, _schema.load(row.envelope))
    session.execute(
        _change(event_id).values(state="done", done_at=func.clock_timestamp(), last_error=None)
    )
    return True


def _must_wait(session: Session, row: Any) -> bool:
    """Whether an event that comes before it is unfinished or parked."""
    unfinished = inbox.c.state.in_(("new", "parked"))
    return bool(session.scalar(select(exists().where(comes_before(inbox.c, row), unfinished))))


def _handle(session: Session, service: Service, envelope: Envelope) -> None:
    fact = envelope.fact()
    handler = service.handlers.get(type(fact))
    if handler is None:
        raise BadEnvelope(f"{service.name} has no handler for {envelope.name}")
    handler(session, fact, envelope)
    session.flush()


def _record_failure(database: Database, event_id: UUID, error: Exception) -> None:
    # A malformed payload does not get better by repeating.
    limit = 0 if isinstance(error, BadEnvelope) else MAX_ATTEMPTS
    with database.transaction() as session:
        attempts = session.scalar(
            select(inbox.c.attempts)
            .where(inbox.c.event_id == event_id, inbox.c.state == "new")
            .with_for_update()
        )
        if attempts is None:
            return
        session.execute(
            _change(event_id).values(
                state="parked" if attempts >= limit else "new",
                due_at=DATABASE_NOW + retry_delay(attempts),
                last_error=first_line(error),
            )
        )


def _change(event_id: UUID) -> Any:
    return update(inbox).where(inbox.c.event_id == event_id)


def _start_follower(database: Database, event_id: UUID) -> UUID | None:
    """Start the next event behind a done one, if it waits and is due."""
    of_done = select(inbox.c.publisher, inbox.c.aggregate_id).where(inbox.c.event_id == event_id)
    done = of_done.cte("done")
    waiting = (
        select(inbox.c.event_id)
        .where(
            in_one_line(inbox.c, done.c),
            inbox.c.state == "new",
            inbox.c.due_at <= DATABASE_NOW,
        )
        .order_by(inbox.c.revision)
        .limit(1)
    )
    return _start(database, waiting.scalar_subquery())


def _start(database: Database, event_id: Any) -> UUID | None:
    """Count a start and take the lease; None if it is not due any more, or has been started too often."""
    tired = inbox.c.attempts >= MAX_ATTEMPTS
    statement = (
        update(inbox)
        .where(inbox.c.event_id == event_id, inbox.c.state == "new", inbox.c.due_at <= DATABASE_NOW)
        .values(
            attempts=case((tired, inbox.c.attempts), else_=inbox.c.attempts + 1),
            state=case((tired, "parked"), else_="new"),
            last_error=case(
                (tired & inbox.c.last_error.is_(None), "its starts ended without a result"),
                else_=inbox.c.last_error,
            ),
            due_at=DATABASE_NOW + START_LEASE,
        )
        .returning(inbox.c.event_id, inbox.c.state)
    )
    with database.single_statement() as connection:
        row = connection.execute(statement).first()
    return row.event_id if row is not None and row.state == "new" else None


def sweep(database: Database, service: Service) -> int:
    """Start again what is due and unfinished; how many. Several sweeps may run at once."""
    with database.reading() as session:
        due = session.scalars(
            select(inbox.c.event_id)
            .where(inbox.c.state == "new", inbox.c.due_at <= DATABASE_NOW)
            .order_by(inbox.c.due_at, inbox.c.revision)
            .limit(SWEEP_BATCH)
        ).all()
    started = 0
    for event_id in due:
        # One at a time: if this one kills the process, those behind it have lost no start, and since
        # its lease runs, they stand before it in the next sweep.
        if _start(database, event_id):
            process(database, service, event_id)
            started += 1
    return started
