"""Events between services: routed, arrived, done, and none forgotten on its way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any

from shared.events.routes import ROUTES
from shared.messaging.checks import Break
from shared.messaging.order import BEHIND_PARKED
from shared.settings import SERVICES
from treffpunkt.invariants.books import Books, side_by_side

# Relay and sweep look every few seconds, and while Redis is away they put the next look off by seconds.
FORGOTTEN = timedelta(minutes=5)

ROUTED = """
    select event.id, event.name, event.occurred_at,
        array_remove(array_agg(delivery.subscriber), null) as subscribers
    from outbox_event event left join outbox_delivery delivery on delivery.event_id = event.id
    group by event.id order by event.id
"""
RECORDED = """
    select event.id, event.name from outbox_event event
    join outbox_delivery delivery on delivery.event_id = event.id
    where delivery.subscriber = :subscriber and event.occurred_at < :settled
      and coalesce(delivery.received_at, 'infinity') > :remembered
    order by event.id
"""
RECEIVED = f"""
    select event_id as id, name, state, attempts, coalesce(last_error, '') <> '' as has_reason,
        {BEHIND_PARKED} as must_wait
    from inbox where publisher = :publisher order by event_id
"""  # noqa: S608 - constants
LYING = """
    select event_id as id, subscriber || ' ' || state as says from outbox_delivery
    where state <> 'received' and due_at < :forgotten
    union all
    select event_id, 'received here, ' || state from inbox
    where state = 'new' and due_at < :forgotten
"""


def routed(books: Books) -> Iterator[Break]:
    """Events with a delivery too few. A route that came with an update counts for what came after it."""
    wanted = {fact.wire_name(): frozenset(services) for fact, services in ROUTES.items()}
    for publisher in SERVICES:
        for row in books.rows(publisher, ROUTED):
            missing = wanted.get(row.name, frozenset()) - set(row.subscribers)
            if missing and (books.at_rest or not row.subscribers):
                yield _event(row, f"{publisher} has no delivery to {', '.join(sorted(missing))}")


def arrived(books: Books) -> Iterator[Break]:
    """Events without their effect in a service."""
    for publisher in SERVICES:
        for subscriber in SERVICES:
            yield from _between(books, publisher, subscriber)


def _between(books: Books, publisher: str, subscriber: str) -> Iterator[Break]:
    recorded = books.rows(publisher, RECORDED, subscriber=subscriber)
    received = books.rows(subscriber, RECEIVED, publisher=publisher)
    for told, heard in side_by_side(recorded, received, attrgetter("id")):
        trouble = _trouble(heard[0]) if heard else "not received"
        if told and trouble:
            yield _event(told[0], f"{publisher} to {subscriber}: {trouble}")


def _trouble(row: Any) -> str:
    if row.must_wait:
        return ""  # a person decides about the earlier one, which has its own reason
    if row.state == "new":
        return f"not done after {row.attempts} starts"
    if row.state in {"parked", "dropped"} and not row.has_reason:
        return f"{row.state} without a reason"
    return ""


def within_lease(books: Books) -> Iterator[Break]:
    """Deliveries and received events that nobody tries again."""
    for service in SERVICES:
        for row in books.rows(service, LYING, forgotten=books.now - FORGOTTEN):
            yield Break(thing="event", id=str(row.id), says=f"{service}: {row.says}")


def _event(row: Any, says: str) -> Break:
    return Break(thing="event", id=str(row.id), says=f"{row.name}, {says}")


INVARIANTS = {
    "events-routed": routed,
    "events-arrived": arrived,
    "events-within-lease": within_lease,
}
