"""The three services in one process: their databases, and events carried between them by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notifications.worker import SERVICE as NOTIFICATIONS
from services.registration.worker import SERVICE as REGISTRATION
from services.scheduling.worker import SERVICE as SCHEDULING
from shared.clock import now
from shared.database import Database
from shared.events.envelope import Envelope
from shared.events.scheduling import MeetingFact, NetworkSaved
from shared.messaging import inbox, outbox
from shared.messaging.tables import outbox_delivery, outbox_event
from tests.databases import Servers

SERVICES = {service.name: service for service in (REGISTRATION, SCHEDULING, NOTIFICATIONS)}


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """One delivery that is due."""

    subscriber: str
    envelope: Envelope


class Carrier:
    """Takes what is to be delivered from the outboxes and hands it to the inboxes."""

    def __init__(self, servers: Servers) -> None:
        self.databases: dict[str, Database] = {name: servers.database(name) for name in SERVICES}

    def publish(self, *facts: NetworkSaved | MeetingFact) -> None:
        """Let scheduling tell of its networks and meetings."""
        with self.databases["scheduling"].transaction() as session:
            for fact in facts:
                outbox.record(session, fact)

    def due(self) -> list[Parcel]:
        """What no subscriber has confirmed yet, oldest first."""
        return [parcel for name in SERVICES for parcel in self._due(name)]

    def _due(self, publisher: str) -> Sequence[Parcel]:
        query = (
            select(outbox_event, outbox_delivery.c.subscriber)
            .join(outbox_delivery, outbox_delivery.c.event_id == outbox_event.c.id)
            .where(outbox_delivery.c.state != "received")
            .order_by(outbox_event.c.id)
        )
        with self.databases[publisher].reading() as session:
            return [
                Parcel(subscriber=row.subscriber, envelope=outbox.envelope_of(publisher, row))
                for row in session.execute(query)
            ]

    def hand_over(self, parcel: Parcel) -> None:
        """As a worker does that got the message; the receipt reaches the publisher."""
        database = self.databases[parcel.subscriber]
        inbox.receive(database, SERVICES[parcel.subscriber], parcel.envelope)
        with self.databases[parcel.envelope.publisher].transaction() as session:
            session.execute(_receipt(parcel))

    def drain(self) -> None:
        """Until nothing is on its way."""
        while parcels := self.due():
            for parcel in parcels:
                self.hand_over(parcel)
        self.sweep()

    def sweep(self) -> None:
        """Start again what waits in the inboxes."""
        for name, database in self.databases.items():
            inbox.sweep(database, SERVICES[name])

    def run(self, service: str, statement: Any, **parameters: Any) -> Any:
        """Execute a statement in a database, as trouble does."""
        session: Session
        with self.databases[service].transaction() as session:
            return session.execute(statement, parameters)


def _receipt(parcel: Parcel) -> Any:
    return (
        update(outbox_delivery)
        .where(
            outbox_delivery.c.event_id == parcel.envelope.id,
            outbox_delivery.c.subscriber == parcel.subscriber,
        )
        .values(state="received", received_at=now())
    )
