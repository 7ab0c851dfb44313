"""Outbox, relay, inbox and receipts on real PostgreSQL and Redis: at least once sent, once applied."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import Database
from shared.events.envelope import Envelope, Signer
from shared.events.scheduling import NetworkSaved
from shared.identifiers import new_id
from shared.messaging import inbox, outbox, parked
from shared.messaging.celery_app import ServiceTasks
from shared.messaging.publisher import Publisher, PublishFailed
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


def envelope(fact: NetworkSaved) -> Envelope:
    return Envelope(
        id=new_id(),
        name="NetworkSaved",
        version=1,
        publisher="scheduling",
        occurred_at=now(),
        correlation_id="test",
        aggregate_id=fact.network_id,
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


def test_repeated_delivery_takes_effect_once(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    in_threads(8, lambda: inbox.receive(registration_database, subscriber, arriving))
    assert effects.seen() == [("West", 1)]
    assert state_of(registration_database, arriving.id) == ("done", 1)


def test_failing_fact_is_parked_after_five_starts_and_leaves_nothing_behind(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("West")
    arriving = envelope(network())
    inbox.receive(registration_database, subscriber, arriving)
    for _ in range(6):
        make_due(registration_database, "inbox")
        inbox.sweep(registration_database, subscriber)
    assert state_of(registration_database, arriving.id) == ("parked", inbox.MAX_ATTEMPTS)
    assert effects.seen() == []


def test_repeated_delivery_is_no_attempt(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("West")
    arriving = envelope(network())
    for _ in range(10):
        inbox.receive(registration_database, subscriber, arriving)
    assert state_of(registration_database, arriving.id) == ("new", 1)


def test_later_facts_wait_behind_a_parked_one_and_follow_it(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("first")
    network_id = new_id()
    first, second = (
        envelope(network(name, revision, network_id))
        for name, revision in (("first", 1), ("second", 2))
    )
    inbox.receive(registration_database, subscriber, first)
    for _ in range(5):
        make_due(registration_database, "inbox")
        inbox.sweep(registration_database, subscriber)
    inbox.receive(registration_database, subscriber, second)
    inbox.receive(registration_database, subscriber, envelope(network("other")))
    assert effects.seen() == [("other", 1)]
    effects.failing.clear()
    with registration_database.transaction() as session:
        assert parked.retry(session, first.id)
    make_due(registration_database, "inbox")
    inbox.sweep(registration_database, subscriber)
    assert effects.seen() == [("other", 1), ("first", 1), ("second", 2)]


def test_dropped_fact_lets_later_ones_pass(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("first")
    network_id = new_id()
    first = envelope(network("first", 1, network_id))
    inbox.receive(registration_database, subscriber, first)
    for _ in range(5):
        make_due(registration_database, "inbox")
        inbox.sweep(registration_database, subscriber)
    with registration_database.transaction() as session:
        assert parked.drop(session, first.id, reason="test")
    inbox.receive(registration_database, subscriber, envelope(network("second", 2, network_id)))
    assert effects.seen() == [("second", 2)]


def test_start_lost_with_its_process_is_swept_up(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    with registration_database.single_statement() as connection:
        connection.execute(inbox._store(arriving, now()))
    assert inbox.sweep(registration_database, subscriber) == 0
    make_due(registration_database, "inbox")
    inbox.sweep(registration_database, subscriber)
    assert effects.seen() == [("West", 1)]


def test_fact_that_kills_its_worker_is_parked(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    with registration_database.single_statement() as connection:
        connection.execute(inbox._store(arriving, now()))
    with registration_database.transaction() as session:
        session.execute(text("update inbox set attempts = 5"))
    make_due(registration_database, "inbox")
    assert inbox.sweep(registration_database, subscriber) == 0
    assert state_of(registration_database, arriving.id) == ("parked", 5)


def test_unknown_fact_is_parked_at_once(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    object.__setattr__(arriving, "name", "SomethingNewer")
    inbox.receive(registration_database, subscriber, arriving)
    assert state_of(registration_database, arriving.id) == ("parked", 1)


def test_relay_sends_to_every_subscriber(
    scheduling_database: Database, sender: Outbox, publisher: Publisher, broker: str
) -> None:
    with scheduling_database.transaction() as session:
        outbox.record(session, network())
    assert sender.deliver(publisher) == 2
    assert [task for task, _ in messages(broker, "registration")] == ["registration.receive"]
    assert [task for task, _ in messages(broker, "notifications")] == ["notifications.receive"]
    assert sender.deliver(publisher) == 0


def test_rolled_back_fact_is_not_sent(
    scheduling_database: Database, sender: Outbox, publisher: Publisher, broker: str
) -> None:
    with scheduling_database.engine.connect() as connection:
        outbox.record(Session(connection), network())
        connection.rollback()
    assert sender.deliver(publisher) == 0


def test_several_relays_send_each_fact_once(
    scheduling_database: Database, sender: Outbox, settings: Settings, broker: str
) -> None:
    with scheduling_database.transaction() as session:
        for number in range(100):
            outbox.record(session, network(revision=number))

    def relay() -> None:
        own, publisher = Outbox("scheduling", settings), Publisher("test", settings)
        while own.deliver(publisher):
            pass
        own.close()
        publisher.close()

    in_threads(4, relay)
    assert len(messages(broker, "registration")) == 100


def test_fact_committed_late_with_a_smaller_id_is_sent(
    scheduling_database: Database, sender: Outbox, publisher: Publisher, broker: str
) -> None:
    with scheduling_database.transaction() as slow:
        outbox.record(slow, network("slow"))
        with scheduling_database.transaction() as fast:
            outbox.record(fast, network("fast"))
        assert sender.deliver(publisher) == 2
    assert sender.deliver(publisher) == 2


def test_redis_away_keeps_the_facts(
    scheduling_database: Database,
    sender: Outbox,
    make_settings: Callable[..., Settings],
    broker: str,
) -> None:
    with scheduling_database.transaction() as session:
        outbox.record(session, network())
    away = Publisher("test", make_settings(redis_url="redis://127.0.0.1:1/0"))
    with pytest.raises(PublishFailed):
        sender.deliver(away)
    make_due(scheduling_database, "outbox_delivery")
    back = Publisher("test", make_settings(redis_url=broker))
    assert sender.deliver(back) == 2
    back.close()


def work_off(broker: str, tasks: ServiceTasks) -> int:
    taken = messages(broker, tasks.service.name)
    for task, arguments in taken:
        getattr(tasks, task.rpartition(".")[2])(*arguments)
    return len(taken)


def test_vanished_message_is_asked_for_and_sent_again(
    scheduling_database: Database,
    sender: Outbox,
    publisher: Publisher,
    settings: Settings,
    tasks: ServiceTasks,
    effects: Effects,
    broker: str,
) -> None:
    with scheduling_database.transaction() as session:
        outbox.record(session, network())
    sender.deliver(publisher)
    messages(broker, "registration"), messages(broker, "notifications")  # vanish
    make_due(scheduling_database, "outbox_delivery")
    assert sender.ask(publisher) == 2
    assert work_off(broker, tasks) == 1
    answering = ServiceTasks(Service(name="scheduling", handlers={}), settings)
    work_off(broker, answering)
    assert sender.deliver(publisher) == 1
    work_off(broker, tasks)
    assert effects.seen() == [("West", 1)]
    answering.database.close()
    answering.publisher.close()


def test_receipt_ends_the_asking(
    scheduling_database: Database,
    sender: Outbox,
    publisher: Publisher,
    settings: Settings,
    tasks: ServiceTasks,
    broker: str,
) -> None:
    with scheduling_database.transaction() as session:
        outbox.record(session, network())
    sender.deliver(publisher)
    work_off(broker, tasks)
    make_due(scheduling_database, "outbox_delivery")
    sender.ask(publisher)
    work_off(broker, tasks)
    answering = ServiceTasks(Service(name="scheduling", handlers={}), settings)
    work_off(broker, answering)
    with scheduling_database.reading() as session:
        states = dict(session.execute(text("select subscriber, state from outbox_delivery")).all())
    assert states == {"registration": "received", "notifications": "published"}
    answering.database.close()
    answering.publisher.close()


@pytest.mark.parametrize("receiver", ["notifications", "scheduling"])
def test_signature_for_another_service_is_refused(
    tasks: ServiceTasks, settings: Settings, effects: Effects, receiver: str
) -> None:
    body = envelope(network()).to_json()
    tasks.receive(body, Signer(settings.secret_keys).sign(body, receiver))
    assert effects.seen() == []


def test_forged_and_foreign_messages_are_refused(
    tasks: ServiceTasks, settings: Settings, effects: Effects
) -> None:
    signer = Signer(settings.secret_keys)
    good = envelope(network()).to_json()
    tasks.receive(good, "0" * 64)
    tasks.receive(good.replace("West", "East"), signer.sign(good, "registration"))
    for nonsense in ("", "[]", "{}", "[" * 100_000, '"' + "x" * 600_000 + '"'):
        tasks.receive(nonsense, signer.sign(nonsense, "registration"))
    assert effects.seen() == []
    tasks.receive(good, signer.sign(good, "registration"))
    assert effects.seen() == [("West", 1)]


def test_cleaning_removes_only_what_is_finished(
    scheduling_database: Database, sender: Outbox, publisher: Publisher, broker: str
) -> None:
    from shared.messaging.cleaning import clean  # noqa: PLC0415

    with scheduling_database.transaction() as session:
        outbox.record(session, network("done"))
        outbox.record(session, network("open"))
        session.execute(
            text(
                "update outbox_delivery set state = 'received' where event_id = "
                "(select id from outbox_event where payload ->> 'name' = 'done')"
            )
        )
    clean(scheduling_database, now() + timedelta(days=15))
    with scheduling_database.reading() as session:
        assert session.scalars(text("select payload ->> 'name' from outbox_event")).all() == [
            "open"
        ]
