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
from shared.messaging import inbox, outbox, receipts
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
        """What is to be sent (again), oldest first."""
        return self._in_state("pending")

    def unconfirmed(self) -> list[Parcel]:
        """What was sent without a receipt, oldest first."""
        return self._in_state("published")

    def _in_state(self, state: str) -> list[Parcel]:
        return [parcel for name in SERVICES for parcel in self._of(name, state)]

    def _of(self, publisher: str, state: str) -> Sequence[Parcel]:
        query = (
            select(outbox_event, outbox_delivery.c.subscriber)
            .join(outbox_delivery, outbox_delivery.c.event_id == outbox_event.c.id)
            .where(outbox_delivery.c.state == state)
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
        received = _marked(parcel, state="received", received_at=now())
        self.run(parcel.envelope.publisher, received)

    def lose(self, parcel: Parcel) -> None:
        """The message was sent, and is gone."""
        self.run(parcel.envelope.publisher, _marked(parcel, state="published"))

    def ask_for_receipts(self, parcels: Sequence[Parcel]) -> None:
        """As relay and workers do for what was sent and not confirmed."""
        for parcel in parcels:
            publisher = parcel.envelope.publisher
            question = receipts.ask_text(publisher, [parcel.envelope.id])
            subscriber = parcel.subscriber
            _, answer = receipts.answer(self.databases[subscriber], subscriber, question)
            receipts.learn(self.databases[publisher], answer)

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


def _marked(parcel: Parcel, **values: Any) -> Any:
    return (
        update(outbox_delivery)
        .where(
            outbox_delivery.c.event_id == parcel.envelope.id,
            outbox_delivery.c.subscriber == parcel.subscriber,
        )
        .values(**values)
    )
