"""The process that sends recorded facts: claims due deliveries, commits, publishes, marks them.

No transaction is open while it talks to Redis. Several relays may run: claims skip locked rows and carry
a lease. It is woken by NOTIFY, then looks often for a moment, since busy publishers do not notify each
time (see outbox.WAKE_EVERY); and it looks once a second as the net under both.
"""

from __future__ import annotations

import select
import signal
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from shared.database import Database
from shared.listening import Listening
from shared.messaging import receipts, signs
from shared.messaging.outbox import CHANNEL, envelope_of
from shared.messaging.publisher import Publisher, PublishFailed, RedisState
from shared.observability import configure_logging, count, get_logger
from shared.telling_errors import described

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from shared.settings import Settings

LEASE = timedelta(seconds=30)
BATCH = 200
POLL = 1.0  # seconds
QUICK = 0.02  # seconds between two looks while facts keep coming
QUICK_FOR = 0.5  # seconds after the last fact
MAX_PUBLISH_DELAY = 15  # seconds between attempts while Redis is away
MAX_ASK_DELAY = 120  # seconds
MOST_CANARIES = 1000  # messages in a queue that still gets canaries, asks and beat's messages

log = get_logger("messaging.relay")

# The columns by their names: a prepared "*" fails when a migration adds one.
_CLAIM = text("""
    with due as (
        select event_id, subscriber from outbox_delivery
        where state = 'pending' and due_at <= statement_timestamp()
        order by due_at, event_id limit :batch for update skip locked
    ), claimed as (
        update outbox_delivery delivery
        set due_at = statement_timestamp() + :lease, attempts = attempts + 1
        from due where delivery.event_id = due.event_id and delivery.subscriber = due.subscriber
        returning delivery.event_id, delivery.subscriber, delivery.attempts
    )
    select claimed.subscriber, claimed.attempts, event.id, event.name, event.version, event.aggregate_id,
        event.revision, event.occurred_at, event.correlation_id, event.payload
    from claimed join outbox_event event on event.id = claimed.event_id order by event.id
""")
_PUBLISHED = text("""
    update outbox_delivery delivery
    set state = 'published', published_at = statement_timestamp(),
        due_at = statement_timestamp() + :ask_after, last_error = null
    from unnest(cast(:ids as uuid[]), cast(:subscribers as text[])) as done(event_id, subscriber)
    where delivery.event_id = done.event_id and delivery.subscriber = done.subscriber
      and delivery.state = 'pending'
""")
_RELEASED = text("""
    update outbox_delivery delivery
    set due_at = statement_timestamp() + :delay, last_error = :error
    from unnest(cast(:ids as uuid[]), cast(:subscribers as text[])) as failed(event_id, subscriber)
    where delivery.event_id = failed.event_id and delivery.subscriber = failed.subscriber
      and delivery.state = 'pending'
""")
_TO_ASK = text("""
    with due as (
        select event_id, subscriber from outbox_delivery
        where state = 'published' and due_at <= statement_timestamp()
        order by due_at limit :batch for update skip locked
    )
    update outbox_delivery delivery
    set asks = asks + 1,
        due_at = statement_timestamp()
            + least(:after * power(2, least(asks, 10) + 1), :most) * interval '1 second'
    from due where delivery.event_id = due.event_id and delivery.subscriber = due.subscriber
    returning delivery.event_id, delivery.subscriber
""")


class Outbox:
    """The outbox of one service as the relay sees it."""

    def __init__(self, service: str, settings: Settings) -> None:
        self.service = service
        self.receipt_after = settings.receipt_after
        self.database = Database(
            settings.database_url(service), f"treffpunkt-relay-{service}", pool_size=1
        )
        self.listening = Listening(self.database, CHANNEL)
        self._quick_until = 0.0
        self.due_at = 0.0  # when to look next, by the monotonic clock
        self.ask_at = 0.0
        self.heart = signs.Heart("relay")
        self._canary_at = 0.0
        self._redis: dict[str, Any] = {}

    def give_sign(self, publisher: Publisher) -> None:
        """Say that the relay lives and how Redis does; send the canary of the queue when it is due."""
        if not self.heart.is_due():
            return
        with self.listening.connection() as connection:
            present = self.heart.beat(connection, more=self._redis)
        if time.monotonic() < self._canary_at:
            return
        trouble: str | None = "redis_away"
        try:
            state = publisher.look(self.service)
            self._redis, trouble = _told(state), state.trouble
            if state.queue_length < MOST_CANARIES:  # a dead worker's queue must not fill Redis
                publisher.publish(self.service, "canary", signs.canary_text(present))
            self._canary_at = time.monotonic() + signs.CANARY_EVERY
        except PublishFailed:  # full, where it answered before
            trouble = trouble or "redis_away"
        self.heart.note(trouble)

    def look(self, publisher: Publisher) -> int:
        """Publish what is due, and once a second ask for overdue receipts; how many were published."""
        present = time.monotonic()
        sent = self.deliver(publisher)
        if sent < BATCH and present >= self.ask_at:
            self.ask_at = present + POLL
            self.ask(publisher)
        if sent:
            self._quick_until = present + QUICK_FOR
        self.due_at = 0.0 if sent == BATCH else present + self._pause(present)
        return sent

    def _pause(self, present: float) -> float:
        return QUICK if present < self._quick_until else POLL

    def deliver(self, publisher: Publisher) -> int:
        """Publish what is due; how many. Raises PublishFailed after giving the rest back."""
        claimed = self._execute(_CLAIM, lease=LEASE, batch=BATCH)
        sent: list[Any] = []
        try:
            for row in claimed:
                publisher.publish(row.subscriber, "receive", self._body(row))
                sent.append(row)
            count("messages_published", len(sent))
        except PublishFailed as error:
            self._release(claimed[len(sent) :], str(error))
            raise
        finally:
            self._mark(sent)
        return len(claimed)

    def _body(self, row: Any) -> str:
        return envelope_of(self.service, row).to_json()

    def _mark(self, rows: Sequence[Any]) -> None:
        if rows:
            ask_after = timedelta(seconds=self.receipt_after)
            self._execute(_PUBLISHED, ask_after=ask_after, **_keys(rows))

    def _release(self, rows: Sequence[Any], error: str) -> None:
        seconds = min(2 ** (min(row.attempts for row in rows) - 1), MAX_PUBLISH_DELAY)
        delay = timedelta(seconds=seconds)
        self._execute(_RELEASED, delay=delay, error=error[:500], **_keys(rows))

    def ask(self, publisher: Publisher) -> int:
        """Ask for receipts that are overdue; how many are. Where too much waits, it asks later."""
        rows = self._execute(
            _TO_ASK, batch=5 * BATCH, after=self.receipt_after / 2, most=MAX_ASK_DELAY
        )
        by_subscriber = defaultdict(list)
        for row in rows:
            by_subscriber[row.subscriber].append(row.event_id)
        for subscriber, event_ids in by_subscriber.items():
            body = receipts.ask_text(self.service, event_ids)
            # Only a living worker throws away what expired: behind a dead one, asks would pile up until
            # Redis is full for everybody. Those left out here are due again later.
            if publisher.look(subscriber).queue_length > MOST_CANARIES:
                continue
            publisher.publish(subscriber, "ask", body, expires=max(self.receipt_after, 5))
        return len(rows)

    def _execute(self, statement: Any, **parameters: Any) -> Sequence[Any]:
        with self.listening.connection() as connection:
            result = connection.execute(statement, parameters)
            return result.all() if result.returns_rows else []

    def hear(self) -> None:
        """Look at once if facts were announced since the last time."""
        if self.listening.is_woken():
            self.due_at = 0.0

    def close(self) -> None:
        """Hang up."""
        self.listening.close()
        self.database.close()


def _told(state: RedisState) -> dict[str, Any]:
    return {
        "queue_length": state.queue_length,
        "redis_memory_bytes": state.memory,
        "redis_memory_limit_bytes": state.memory_limit,
        "redis_policy": state.policy,
    }


def _keys(rows: Sequence[Any]) -> dict[str, Any]:
    return {"ids": [row.id for row in rows], "subscribers": [row.subscriber for row in rows]}


class Relay:
    """Looks after the outboxes of all services it has a database for."""

    def __init__(self, settings: Settings) -> None:
        self.outboxes: Mapping[str, Outbox] = {
            service: Outbox(service, settings) for service in settings.database_urls
        }
        self.publisher = Publisher("relay", settings)
        self.running = True
        self._troubles: set[str] = set()

    def run(self) -> None:
        """Until stop() is called."""
        while self.running:
            self.turn()
            self._wait()
        self.publisher.close()
        for outbox in self.outboxes.values():
            outbox.close()

    def stop(self, *_: object) -> None:
        """Finish the present turn and end."""
        self.running = False

    def turn(self) -> int:
        """One look at every outbox that is due; how many messages went out."""
        present = time.monotonic()
        due = [outbox for outbox in self.outboxes.values() if outbox.due_at <= present]
        return sum(self._turn_of(outbox) for outbox in due)

    def _turn_of(self, outbox: Outbox) -> int:
        try:
            outbox.give_sign(self.publisher)
            sent = outbox.look(self.publisher)
        except Exception as error:  # noqa: BLE001 - Redis or PostgreSQL away: rows stay, try again
            outbox.due_at = time.monotonic() + POLL
            self._report(outbox.service, error)
            return 0
        self._troubles.discard(outbox.service)
        return sent

    def _report(self, service: str, error: Exception) -> None:
        # Once per trouble, not once per second.
        if service not in self._troubles:
            log.warning("relay_interrupted", outbox=service, error=described(error))
        self._troubles.add(service)

    def _wait(self) -> None:
        sockets = []
        for outbox in self.outboxes.values():
            outbox.hear()  # what came together with the answers to the last look
            with suppress(OSError):  # away: looked for again when due
                sockets.append(outbox.listening.fileno())
        due_at = min(outbox.due_at for outbox in self.outboxes.values())
        select.select(sockets, [], [], max(due_at - time.monotonic(), 0.0))
        for outbox in self.outboxes.values():
            outbox.hear()


def process(settings: Settings) -> Callable[[], None]:
    """The body of the relay process, which ends on TERM or INT. Made before a fork, it shares memory."""
    relay = Relay(settings)

    def run() -> None:
        configure_logging("relay", settings.log_level)
        signal.signal(signal.SIGTERM, relay.stop)
        signal.signal(signal.SIGINT, relay.stop)
        log.info("relay_started", outboxes=sorted(relay.outboxes))
        relay.run()

    return run
