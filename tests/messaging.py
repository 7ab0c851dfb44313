"""Parts for tests of messaging: a subscriber that counts, a publisher, an outbox, and what lies in Redis."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import Database
from shared.events.envelope import Envelope, Fact
from shared.events.notifications import MailsPlanned
from shared.events.scheduling import NetworkSaved
from shared.identifiers import new_id
from shared.messaging import parked
from shared.messaging.celery_app import ServiceTasks
from shared.messaging.publisher import Publisher
from shared.messaging.relay import Outbox
from shared.messaging.service import Service
from shared.settings import Settings


class Effects:
    """A handler that leaves one row per call, and fails on demand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.failing: set[str] = set()
        with database.transaction() as session:
            session.execute(text("create table if not exists effect (name text, revision int)"))
            session.execute(text("delete from effect"))

    def on_network_saved(self, session: Session, fact: NetworkSaved, _envelope: Envelope) -> None:
        session.execute(
            text("insert into effect values (:n, :r)"), {"n": fact.name, "r": fact.revision}
        )
        if fact.name in self.failing:
            raise RuntimeError("as the test wishes")

    def fail(self, _session: Session, _fact: Fact, _envelope: Envelope) -> None:
        raise RuntimeError("as the test wishes")

    def seen(self) -> list[tuple[str, int]]:
        with self.database.reading() as session:
            return [
                tuple(row) for row in session.execute(text("select name, revision from effect"))
            ]


@pytest.fixture
def effects(registration_database: Database) -> Iterator[Effects]:
    effects = Effects(registration_database)
    yield effects
    with registration_database.transaction() as session:
        session.execute(text("drop table effect"))


@pytest.fixture
def subscriber(effects: Effects) -> Service:
    return Service(name="registration", handlers={NetworkSaved: effects.on_network_saved})


@pytest.fixture
def tasks(subscriber: Service, settings: Settings, broker: str) -> Iterator[ServiceTasks]:
    tasks = ServiceTasks(subscriber, settings)
    yield tasks
    tasks.database.close()
    tasks.publisher.close()


@pytest.fixture
def publisher(settings: Settings, broker: str) -> Iterator[Publisher]:
    publisher = Publisher("test", settings)
    yield publisher
    publisher.close()


@pytest.fixture
def sender(scheduling_database: Database, settings: Settings) -> Iterator[Outbox]:
    outbox_of_scheduling = Outbox("scheduling", settings)
    yield outbox_of_scheduling
    outbox_of_scheduling.close()


def network(name: str = "West", revision: int = 1, network_id: UUID | None = None) -> NetworkSaved:
    return NetworkSaved(
        revision=revision,
        network_id=network_id or new_id(),
        slug="west",
        name=name,
        language="de",
        time_zone="Europe/Berlin",
        contact_name="",
        contact_email="",
        contact_phone="",
        districts=[],
    )


def mails_planned(meeting_id: UUID, revision: int = 1) -> MailsPlanned:
    return MailsPlanned(revision=revision, meeting_id=meeting_id, planned=[])


def envelope(fact: Fact) -> Envelope:
    return Envelope(
        id=new_id(),
        name=fact.wire_name(),
        version=fact.VERSION,
        publisher=fact.PUBLISHER,
        occurred_at=now(),
        correlation_id="test",
        aggregate_id=fact.aggregate_id,
        revision=fact.revision,
        payload=json.loads(json.dumps(vars(fact), default=str)),
    )


def messages(broker: str, queue: str) -> list[tuple[str, list[str]]]:
    """Take all messages of a queue, as (task, arguments)."""
    taken = []
    with Redis.from_url(broker) as client:
        while (raw := client.rpop(queue)) is not None:
            message = json.loads(raw)
            arguments = json.loads(base64.b64decode(message["body"]))[0]
            taken.append((message["headers"]["task"], arguments))
    return taken


def in_threads(count: int, work: Callable[[], Any]) -> None:
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def make_due(database: Database, table: str) -> None:
    with database.transaction() as session:
        session.execute(text(f"update {table} set due_at = now() - interval '1 second'"))


def state_of(database: Database, event_id: UUID) -> tuple[str, int]:
    with database.reading() as session:
        row = parked.show(session, event_id)
        assert row is not None
        return row.state, row.attempts


def work_off(broker: str, tasks: ServiceTasks) -> int:
    taken = messages(broker, tasks.service.name)
    for task, arguments in taken:
        getattr(tasks, task.rpartition(".")[2])(*arguments)
    return len(taken)
