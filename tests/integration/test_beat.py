"""Beat on a real Redis: its messages do not pile up in the queue of a worker that is dead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from celery.beat import Service
from redis import Redis

from shared.messaging.relay import MOST_CANARIES
from shared.settings import Settings
from tests.messaging import messages
from treffpunkt.beat import make_beat, process

QUEUE = "registration"
SWEEP = f"{QUEUE}.sweep"


@pytest.fixture
def scheduler(settings: Settings, broker: str) -> Iterator[Any]:
    """What the process of beat would use."""
    app: Celery = make_beat(settings)
    scheduler = Service(app=app, scheduler_cls=app.conf.beat_scheduler).get_scheduler()
    yield scheduler
    scheduler.close()


def pile_up(broker: str, count: int) -> None:
    with Redis.from_url(broker) as client:
        client.lpush(QUEUE, *["something"] * count)


def length(broker: str) -> int:
    with Redis.from_url(broker) as client:
        return int(client.llen(QUEUE))


def send(scheduler: Any, name: str) -> None:
    scheduler.apply_entry(scheduler.schedule[name], producer=scheduler.producer)


def sent(broker: str, queue: str) -> list[str]:
    return [task for task, _ in messages(broker, queue)]


def test_messages_are_sent(scheduler: Any, broker: str) -> None:
    send(scheduler, SWEEP)

    assert sent(broker, QUEUE) == [SWEEP]


def test_a_dead_workers_queue_gets_no_more_and_the_others_do(scheduler: Any, broker: str) -> None:
    pile_up(broker, MOST_CANARIES + 1)

    send(scheduler, SWEEP)
    send(scheduler, "notifications.sweep")

    assert length(broker) == MOST_CANARIES + 1
    assert sent(broker, "notifications") == ["notifications.sweep"]


def test_a_worker_that_lives_again_is_sent_to_again(scheduler: Any, broker: str) -> None:
    pile_up(broker, MOST_CANARIES + 1)
    send(scheduler, SWEEP)
    with Redis.from_url(broker) as client:
        client.delete(QUEUE)

    send(scheduler, SWEEP)

    assert sent(broker, QUEUE) == [SWEEP]


def test_daily_work_is_asked_for_soon_after_the_start_and_again(scheduler: Any) -> None:
    entry = scheduler.schedule[f"{QUEUE}.forget_people"]

    assert not entry.is_due().is_due
    assert entry.is_due().next <= 600
    later = entry.default_now() - timedelta(minutes=10)
    assert type(entry)(**dict(entry) | {"last_run_at": later}).is_due().is_due


def test_a_redis_that_does_not_tell_the_length_is_sent_to(
    scheduler: Any, broker: str, caplog: pytest.LogCaptureFixture
) -> None:
    with Redis.from_url(broker) as client:
        client.set(QUEUE, "no list")
        send(scheduler, SWEEP)
        client.delete(QUEUE)

    # Sending failed, too, which celery tells; and beat goes on.
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert "Couldn't apply scheduled task" in caplog.text
    send(scheduler, SWEEP)
    assert sent(broker, QUEUE) == [SWEEP]


def test_the_process_is_built_with_this_scheduler_and_no_connection(
    settings: Settings, broker: str
) -> None:
    process(settings)

    with Redis.from_url(broker) as client:
        assert [c for c in client.client_list() if c["name"] == "treffpunkt-beat"] == []
