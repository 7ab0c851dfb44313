"""Puts signed messages into the queues: one kept connection to Redis, no retry of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.events.envelope import Signer
from shared.messaging.broker import CLOCKS_APART, make_celery
from shared.observability import count, get_logger

if TYPE_CHECKING:
    from celery import Celery

    from shared.settings import Settings

log = get_logger("messaging.publisher")


SAFE_POLICY = "noeviction"
ALMOST_FULL = 0.9  # of the memory that Redis may use


class PublishFailed(Exception):  # noqa: N818 - says what happened
    """Redis did not take a message; whether it has it nevertheless is unknown."""

    TELLS_NOBODY = True


@dataclass(frozen=True, kw_only=True)
class RedisState:
    """How Redis does, as far as it tells."""

    queue_length: int  # of the queue asked about
    memory: int  # bytes
    memory_limit: int  # bytes; 0: none
    policy: str  # what it does when that is reached

    @property
    def trouble(self) -> str | None:
        """What is wrong with it (condition.TROUBLES)."""
        if self.policy != SAFE_POLICY:
            return "redis_evicts"
        if self.memory_limit and self.memory > ALMOST_FULL * self.memory_limit:
            return "redis_full"
        return None


class Publisher:
    """Sends to any service; the connection is opened when it is first needed, so after a fork."""

    def __init__(self, name: str, settings: Settings) -> None:
        self.app: Celery = make_celery(name, settings)
        self.signer = Signer(settings.secret_keys)
        self._connection: Any = None
        self._producer: Any = None

    def publish(self, receiver: str, task: str, body: str, *, expires: float | None = None) -> None:
        """Put one signed message into the queue of *receiver*. Raises PublishFailed.

        After some *expires* seconds it is worth nothing; with wrong clocks it is thrown away minutes later.
        """
        try:
            self.app.send_task(
                f"{receiver}.{task}",
                args=[body, self.signer.sign(body, receiver)],
                queue=receiver,
                producer=self._kept_producer(),
                expires=None if expires is None else expires + CLOCKS_APART,
                retry=False,
                ignore_result=True,
                argsrepr="",  # nothing of a message goes into the log of a worker
            )
        except Exception as error:
            self.close()
            count("publish_failures")
            raise PublishFailed(f"{type(error).__name__}: {error}") from error

    def look(self, queue: str) -> RedisState:
        """How Redis and *queue* do, over the connection that messages take. Raises PublishFailed."""
        try:
            self._kept_producer()
            with self._connection.default_channel.conn_or_acquire() as client:
                told, length = client.info("memory"), client.llen(queue)
        except Exception as error:
            self.close()
            raise PublishFailed(f"{type(error).__name__}: {error}") from error
        return RedisState(
            queue_length=length,
            memory=told.get("used_memory", 0),
            memory_limit=told.get("maxmemory", 0),
            policy=told.get("maxmemory_policy", SAFE_POLICY),
        )

    def _kept_producer(self) -> Any:
        if self._producer is None:
            self._connection = self.app.connection_for_write()
            self._connection.ensure_connection(max_retries=1, interval_start=0, timeout=5)
            self._producer = self.app.amqp.Producer(self._connection)
        return self._producer

    def close(self) -> None:
        """Drop the connection; the next message opens a new one."""
        connection, self._connection, self._producer = self._connection, None, None
        if connection is not None:
            try:
                connection.collect(socket_timeout=1)
            except Exception as error:  # noqa: BLE001 - it is being thrown away
                log.debug("close_failed", error=type(error).__name__)
