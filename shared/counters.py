"""Counts of what happened lately, by key: in this process, and shared with others through a Redis of their own.

Nobody waits for Redis here. A caller counts in memory; a thread sends what was added and learns what the other
processes counted. So a Redis that is away, slow or silent costs accuracy alone, and never a request's time.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.observability import get_logger

MOST = 50_000  # keys; addresses cost a visitor nothing
TOGETHER = 0.2  # seconds: how long additions are gathered
PAUSE = 5.0  # seconds without Redis after it failed
TIMEOUT = 0.5  # seconds for Redis to answer the thread

log = get_logger("limits")


@dataclass(slots=True)
class _Count:
    ends: float
    own: int = 0
    others: int = 0
    unsent: int = 0


class Counters:
    """Counts in windows of fixed length, the same windows in every process.

    Forked children may use one made by their parent: the thread begins with the first count of each process.
    """

    def __init__(self, url: str | None = None, clock: Callable[[], float] = time.time) -> None:
        self._url = url
        self._clock = clock
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()
        self._added = threading.Event()
        self._pid = 0
        self._alone = False

    def add(self, key: str, *, most: int, window: int) -> int:
        """Count *key* once more; 0, or in how many seconds there is room again when it is more than *most*."""
        now = self._clock()
        number = int(now // window)
        with self._lock:
            count = self._counted(f"{key}:{number}", now, ends=float((number + 1) * window))
            count.own += 1
            count.unsent += 1
            total = count.own + count.others
        if self._url:
            self._share()
        return max(1, round(count.ends - now)) if total > most else 0

    def _counted(self, key: str, now: float, *, ends: float) -> _Count:
        count = self._counts.get(key)
        if count is None:
            if len(self._counts) >= MOST:
                self._forget(now)
            count = self._counts[key] = _Count(ends)
        return count

    def _forget(self, now: float) -> None:
        self._counts = {key: count for key, count in self._counts.items() if count.ends > now}
        if len(self._counts) >= MOST:
            # Rather let some through than refuse strangers for a crowd, or fill the memory.
            self._counts.clear()

    def _share(self) -> None:
        if self._pid != os.getpid():
            with self._lock:
                if self._pid != os.getpid():
                    self._pid = os.getpid()
                    self._added = threading.Event()
                    thread = threading.Thread(
                        target=self._keep_sharing, name="counters", daemon=True
                    )
                    thread.start()
        self._added.set()

    def _keep_sharing(self) -> None:
        redis = _client(self._url or "")
        while True:
            self._added.wait()
            self._added.clear()
            try:
                self._exchange(redis)
            # Whatever it is, also an answer that no Redis gives: a thread that ended would leave this process
            # counting alone for ever, and nobody would hear of it.
            except Exception as error:  # noqa: BLE001
                self._say(alone=True, error=type(error).__name__)
                time.sleep(PAUSE)
            else:
                self._say(alone=False)
                time.sleep(TOGETHER)

    def _exchange(self, redis: Any) -> None:
        """Send what was added, once: lost on the way it is lost, so that nothing counts twice."""
        now = self._clock()
        with self._lock:
            unsent = [
                (key, count, count.unsent) for key, count in self._counts.items() if count.unsent
            ]
            for _key, count, _number in unsent:
                count.unsent = 0
        if not unsent:
            return
        pipeline = redis.pipeline(transaction=False)
        for key, count, number in unsent:
            pipeline.incrby(key, number)
            pipeline.expire(key, max(1, int(count.ends - now) + 2))
        totals = pipeline.execute()[::2]
        with self._lock:
            for (_key, count, _number), total in zip(unsent, totals, strict=True):
                count.others = max(count.others, int(total) - (count.own - count.unsent))

    def _say(self, *, alone: bool, error: str = "") -> None:
        if alone != self._alone:
            self._alone = alone
            if alone:
                log.warning("limits_counted_alone", error=error)
            else:
                log.info("limits_counted_together")


def _client(url: str) -> Any:
    # Memory that only a process with a Redis for limits needs.
    from redis import Redis  # noqa: PLC0415
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    return Redis.from_url(
        url,
        protocol=2,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 0),  # a second try would count twice
        client_name="treffpunkt-limits",
        max_connections=1,
    )
