"""Outbox, relay and receipts on real PostgreSQL and Redis: every fact is sent, until it is known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from redis import Redis
from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import Database
from shared.messaging import outbox
from shared.messaging.celery_app import ServiceTasks
from shared.messaging.publisher import Publisher, PublishFailed
from shared.messaging.relay import MOST_CANARIES, Outbox
from shared.messaging.service import Service
from shared.settings import Settings
from tests.messaging import (
    Effects,
    in_threads,
    make_due,
    messages,
    network,
    work_off,
)


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


@pytest.mark.parametrize(("age", "taken"), [(28, 2), (30, 1)])
def test_what_a_subscriber_may_have_forgotten_is_not_sent_to_it_again(
    scheduling_database: Database, sender: Outbox, publisher: Publisher, age: int, taken: int
) -> None:
    statements = (
        f"update outbox_event set occurred_at = now() - interval '{age} days'",
        "update outbox_delivery set state = 'received' where subscriber = 'registration'",
    )
    fact = network()
    with scheduling_database.transaction() as session:
        outbox.record(session, fact)
        for statement in statements:
            session.execute(text(statement))

        done = outbox.replay(session, aggregate_id=fact.network_id)

    assert done == outbox.Replay(sent=taken, left_out=2 - taken)
    assert sender.deliver(publisher) == taken


def test_a_relay_goes_on_while_a_migration_adds_a_column(
    scheduling_database: Database, sender: Outbox, publisher: Publisher
) -> None:
    for _ in range(3):  # prepared by now
        assert sender.deliver(publisher) == 0
    with scheduling_database.transaction() as session:
        outbox.record(session, network())
        session.execute(text("alter table outbox_event add column later text"))

    try:
        assert sender.deliver(publisher) == 2
    finally:
        with scheduling_database.transaction() as session:
            session.execute(text("alter table outbox_event drop column later"))


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


def test_a_dead_workers_queue_gets_no_more_questions(
    scheduling_database: Database, sender: Outbox, publisher: Publisher, broker: str
) -> None:
    with scheduling_database.transaction() as session:
        outbox.record(session, network())
    sender.deliver(publisher)
    messages(broker, "registration"), messages(broker, "notifications")
    make_due(scheduling_database, "outbox_delivery")
    with Redis.from_url(broker) as client:
        client.lpush("registration", *["something"] * (MOST_CANARIES + 1))
        sender.ask(publisher)

        assert client.llen("registration") == MOST_CANARIES + 1
        assert [task for task, _ in messages(broker, "notifications")] == ["notifications.ask"]
        assert sender.ask(publisher) == 0  # not due again at once
        client.delete("registration")
    make_due(scheduling_database, "outbox_delivery")
    sender.ask(publisher)
    assert [task for task, _ in messages(broker, "registration")] == ["registration.ask"]


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
