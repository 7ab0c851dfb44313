"""Facts between databases of different age: which of them are known where, and what has to be told again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from shared.clock import now
from shared.events.envelope import Envelope, EnvelopeSchema, known_facts
from shared.events.routes import subscribers
from shared.messaging.outbox import CHANNEL, envelope_of
from shared.messaging.tables import inbox, outbox_delivery, outbox_event

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

# A transaction may have begun before the backup and ended after it.
MARGIN = timedelta(hours=1)
BATCH = 1000
_schema = EnvelopeSchema()
_CARRY_EVENTS = text("""
    insert into outbox_event
        (id, name, version, aggregate_id, revision, occurred_at, correlation_id, payload)
    select id, name, version, aggregate_id, revision, occurred_at, correlation_id, payload
    from replaced.outbox_event where occurred_at >= :since
    on conflict do nothing returning id
""")
_CARRY_DELIVERIES = text("""
    insert into outbox_delivery
        (event_id, subscriber, state, attempts, asks, due_at, published_at, received_at)
    select event_id, subscriber, state, attempts, asks, due_at, published_at, received_at
    from replaced.outbox_delivery where event_id = any(:ids) on conflict do nothing
""")
# What is new or parked in a backup has had no effect in it, whatever came of it later.
FINISHED = ("done", "dropped")
_HEARD_BEFORE = text("""
    select event_id from replaced.inbox theirs where state = 'done' and not exists (
      select from inbox mine where mine.event_id = theirs.event_id and mine.state = any(:finished))
""")


def carry_outbox(session: Session, since: datetime) -> None:
    """What was recorded since, from the database that is replaced, with what became of it."""
    ids = session.scalars(_CARRY_EVENTS, {"since": since - MARGIN}).all()
    session.execute(_CARRY_DELIVERIES, {"ids": list(ids)})


def learn_from(session: Session, other: Session, publisher: str, since: datetime) -> None:
    """What *publisher* told since, from the inbox of somebody who heard it; all subscribers are asked."""
    known = set(session.scalars(select(outbox_event.c.id)))
    query = select(inbox.c.envelope).where(
        inbox.c.publisher == publisher, inbox.c.received_at >= since - MARGIN
    )
    for content in other.scalars(query.order_by(inbox.c.event_id)).all():
        envelope: Envelope = _schema.load(content)
        if envelope.occurred_at >= since - MARGIN and envelope.id not in known:
            _record_again(session, envelope)


def _record_again(session: Session, envelope: Envelope) -> None:
    fact = known_facts().get(envelope.name)
    if fact is None:
        return
    values = {column.name: getattr(envelope, column.name) for column in outbox_event.c}
    session.execute(insert(outbox_event).values(values).on_conflict_do_nothing())
    delivery = {"event_id": envelope.id, "state": "published", "due_at": now()}
    rows = [{**delivery, "subscriber": name} for name in subscribers(fact)]
    session.execute(insert(outbox_delivery).on_conflict_do_nothing(), rows)


def ids_of(session: Session) -> set[UUID]:
    """All facts in the outbox."""
    return set(session.scalars(select(outbox_event.c.id)))


def told(session: Session, publisher: str, but: set[UUID]) -> Iterator[Envelope]:
    """Our own facts other than *but*, oldest first."""
    order = select(outbox_event.c.id).order_by(outbox_event.c.occurred_at, outbox_event.c.id)
    new = [identifier for identifier in session.scalars(order) if identifier not in but]
    for ids in _batches(new):
        yield from envelopes(session, publisher, ids)


def heard_before(session: Session) -> list[UUID]:
    """What the replaced database had heard and taken effect of, and this one has not."""
    return list(session.scalars(_HEARD_BEFORE, {"finished": list(FINISHED)}))


def may_be_heard(
    session: Session, other: Session, subscriber: str, *, unfinished: bool
) -> list[UUID]:
    """What *other* told and may have had its effect before; what was never sent has not.

    *unfinished*: what is stored and not finished here counts as well: it may have been finished later.
    """
    query = select(outbox_delivery.c.event_id).where(
        outbox_delivery.c.subscriber == subscriber,
        (outbox_delivery.c.state != "pending") | (outbox_delivery.c.attempts > 0),
    )
    known = select(inbox.c.event_id)
    if unfinished:
        known = known.where(inbox.c.state.in_(FINISHED))
    return _but(known, session, other.scalars(query))


def tell_again(other: Session, subscriber: str, session: Session) -> int:
    """Send to the restored *subscriber* what *other* has a receipt for and it does not know; how many."""
    mine = (outbox_delivery.c.subscriber == subscriber) & (outbox_delivery.c.state != "pending")
    sent = other.scalars(select(outbox_delivery.c.event_id).where(mine))
    # Whatever its state: what is stored here is tried again by itself, or waits for a person.
    missing = _but(select(inbox.c.event_id), session, sent)
    again = update(outbox_delivery).values(
        state="pending", due_at=func.now(), attempts=0, asks=0, last_error=None
    )
    for ids in _batches(missing):
        other.execute(again.where(mine, outbox_delivery.c.event_id.in_(ids)))
    other.execute(select(func.pg_notify(CHANNEL, "")))
    return len(missing)


def envelopes(other: Session, publisher: str, ids: Iterable[UUID]) -> list[Envelope]:
    """These facts as *publisher* recorded them, oldest first."""
    query = select(outbox_event).where(outbox_event.c.id.in_(list(ids)))
    rows = other.execute(query.order_by(outbox_event.c.occurred_at, outbox_event.c.id)).all()
    return [envelope_of(publisher, row) for row in rows]


def mark_heard(session: Session, heard: Sequence[Envelope]) -> None:
    """Their effect stands here; when they come again or are tried again, nothing is to be done."""
    moment = now()
    rows: list[dict[str, Any]] = [
        {
            "event_id": envelope.id,
            "publisher": envelope.publisher,
            "name": envelope.name,
            "aggregate_id": envelope.aggregate_id,
            "revision": envelope.revision,
            "correlation_id": envelope.correlation_id,
            "envelope": _schema.dump(envelope),
            "state": "done",
            "attempts": 1,
            "due_at": moment,
            "received_at": moment,
            "done_at": moment,
        }
        for envelope in heard
    ]
    if rows:
        # The stored envelope is left alone: it may tell less, of somebody who was erased.
        finished = insert(inbox).on_conflict_do_update(
            index_elements=["event_id"],
            set_={"state": "done", "done_at": moment, "last_error": None},
            where=(inbox.c.state == "new") | (inbox.c.state == "parked"),
        )
        session.execute(finished, rows)


def _but(query: Select[tuple[UUID]], session: Session, ids: Iterable[UUID]) -> list[UUID]:
    known = set(session.scalars(query))
    return [identifier for identifier in ids if identifier not in known]


def _batches(ids: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    for begin in range(0, len(ids), BATCH):
        yield ids[begin : begin + BATCH]
