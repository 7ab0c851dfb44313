"""Processes say that they live, canaries go through real queues, and what is wrong with Redis is told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import text

from shared.clock import now
from shared.database import Database
from shared.messaging import signs
from shared.messaging.celery_app import ServiceTasks
from shared.messaging.condition import Condition, look
from shared.messaging.publisher import Publisher
from shared.messaging.relay import MOST_CANARIES, Outbox
from shared.messaging.service import Service
from shared.messaging.signs import Heart
from shared.settings import Settings
from tests.messaging import work_off

QUEUE = "registration"


@pytest.fixture
def outbox(settings: Settings, registration_database: Database, broker: str) -> Iterator[Outbox]:
    with closing(Outbox(QUEUE, settings)) as outbox:
        yield outbox


@pytest.fixture
def publisher(settings: Settings) -> Iterator[Publisher]:
    with closing(Publisher("test", settings)) as publisher:
        yield publisher


@pytest.fixture
def tasks(settings: Settings, registration_database: Database) -> Iterator[ServiceTasks]:
    tasks = ServiceTasks(Service(name=QUEUE, handlers={}), settings)
    yield tasks
    tasks.database.close()
    tasks.publisher.close()


def seen(database: Database) -> Condition:
    with database.single_statement() as connection:
        return look(connection, QUEUE)


def told_by(database: Database) -> dict[str, str | None]:
    """Who gave a sign, and the trouble each tells of."""
    return {sign.process: sign.trouble for sign in seen(database).signs}


@contextmanager
def configured(broker: str, name: str, value: str) -> Iterator[None]:
    """A setting of Redis, for a moment."""
    with Redis.from_url(broker) as client:
        before = client.config_get(name)[name]
        client.config_set(name, value)
        try:
            yield
        finally:
            client.config_set(name, before)


def test_a_canary_shows_that_relay_queue_and_worker_work(
    outbox: Outbox,
    publisher: Publisher,
    tasks: ServiceTasks,
    registration_database: Database,
    broker: str,
) -> None:
    outbox.give_sign(publisher)
    assert seen(registration_database).canary_age is None

    assert work_off(broker, tasks) == 1

    age = seen(registration_database).canary_age
    assert age is not None
    assert 0 <= age < 60
    assert told_by(registration_database) == {"relay": None, "worker-registration": None}


def test_a_dead_workers_queue_gets_no_more_canaries(
    outbox: Outbox, publisher: Publisher, broker: str
) -> None:
    with Redis.from_url(broker) as client:
        client.lpush(QUEUE, *["something"] * MOST_CANARIES)
        outbox.give_sign(publisher)

        assert client.llen(QUEUE) == MOST_CANARIES


def test_an_older_canary_that_comes_late_changes_nothing(registration_database: Database) -> None:
    with registration_database.single_statement() as connection:
        older, newer = (signs.canary_text(now()) for _ in range(2))
        for body in (newer, older):
            signs.canary_arrived(connection, QUEUE, body)
        sent_at = connection.scalar(text("select sent_at from canary"))

    assert sent_at.isoformat() == _as_utc(json.loads(newer)["sent_at"])


def _as_utc(moment: str) -> str:
    return moment.replace("Z", "+00:00")


def test_a_forged_canary_is_refused(tasks: ServiceTasks, registration_database: Database) -> None:
    tasks.canary(signs.canary_text(now()), "0" * 64)

    assert seen(registration_database).canary_age is None


def test_a_sweep_shows_that_beat_lives(
    tasks: ServiceTasks, registration_database: Database
) -> None:
    tasks.sweep()

    assert told_by(registration_database) == {"beat": None, "worker-registration": None}


@pytest.mark.parametrize(
    ("setting", "value", "trouble"),
    [("maxmemory-policy", "allkeys-lru", "redis_evicts"), ("maxmemory", "1000001", "redis_full")],
)
def test_the_relay_tells_what_is_wrong_with_redis(
    outbox: Outbox,
    publisher: Publisher,
    registration_database: Database,
    broker: str,
    setting: str,
    value: str,
    trouble: str,
) -> None:
    with configured(broker, setting, value):
        outbox.give_sign(publisher)
        outbox.give_sign(publisher)  # at once, since it is news

    assert told_by(registration_database) == {"relay": trouble}


def test_the_relay_tells_that_redis_is_away(
    outbox: Outbox, registration_database: Database, make_settings: Callable[..., Settings]
) -> None:
    away: Any = Publisher("test", make_settings(redis_url="redis://127.0.0.1:1/0"))
    outbox.give_sign(away)
    outbox.give_sign(away)

    assert told_by(registration_database) == {"relay": "redis_away"}


def test_instances_of_long_ago_are_forgotten_by_their_successors(
    registration_database: Database,
) -> None:
    old = "insert into heartbeat values (:process, 'old', now() - interval '2 hours', null, '{}')"
    with registration_database.single_statement() as connection:
        for process in ("relay", "mailer"):
            connection.execute(text(old), {"process": process})
        Heart("relay").beat(connection)

    left = {(sign.process, sign.instance == "old") for sign in seen(registration_database).signs}
    assert left == {("relay", False), ("mailer", True)}
