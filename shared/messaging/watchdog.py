"""Ends a worker that stopped consuming, so that its supervisor starts it anew.

A worker that lost Redis in the middle of work keeps slots in the channel's quality-of-service window
that nobody frees: it never fetches again, while its process looks healthy. The sign is messages held as
delivered although no request is reserved. The fields read here are private to kombu; a test guards them.
"""

from __future__ import annotations

import os
import signal
from typing import Any

from celery import bootsteps
from celery.worker import state

from shared.observability import get_logger

INTERVAL = 1.0  # seconds between looks
PATIENCE = 3  # looks in a row before the process is ended
LAST_RESORT = 15  # looks in a row before it is ended without asking

log = get_logger("messaging.watchdog")


def held_messages(channel: Any) -> int:
    """How many delivered, unacknowledged messages *channel* believes to hold."""
    quality = channel.qos
    return len(quality._delivered) - len(quality._dirty)  # noqa: SLF001 - kombu offers no other view


class Watchdog(bootsteps.StartStopStep):  # type: ignore[misc]
    """Looks once a second whether the worker is wedged."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.suspicious = 0
        self.timer: Any = None

    def start(self, parent: Any) -> None:
        """Begin to look, anew after each reconnect."""
        self.stop(parent)
        self.timer = parent.timer.call_repeatedly(INTERVAL, self.look, (parent,))

    def stop(self, parent: Any) -> None:  # noqa: ARG002 - celery's signature
        """End looking."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None

    def look(self, consumer: Any) -> None:
        """One look; ends the process after several suspicious ones in a row."""
        if state.reserved_requests or not self._holds_messages(consumer):
            self.suspicious = 0
            return
        self.suspicious += 1
        if self.suspicious == PATIENCE:
            log.error("worker_wedged", held=held_messages(consumer.task_consumer.channel))
            os.kill(os.getpid(), signal.SIGTERM)
        elif self.suspicious >= LAST_RESORT:
            os._exit(1)

    @staticmethod
    def _holds_messages(consumer: Any) -> bool:
        task_consumer = consumer.task_consumer
        return task_consumer is not None and held_messages(task_consumer.channel) > 0
