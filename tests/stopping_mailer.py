"""A mailer in a process of its own that stops at a named point, so that it can be killed exactly there."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any

from services.notifications.mailer import Mailer
from services.notifications.smtp import Attempt, Courier
from shared.settings import Settings, parse_smtp_url

# Claimed, nothing else. Then *sending* is committed, no byte has gone to the server. Then it has answered.
CLAIMED, BEFORE_THE_SOCKET, BEFORE_RECORDING = "claimed", "before the socket", "before recording"
NOWHERE = "nowhere"

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["services.notifications.mailer"])


class Stopping(Courier):
    """The courier, with a bell at one point behind which it never goes on."""

    def __init__(self, *, port: int, point: str, bell: Connection) -> None:
        super().__init__(parse_smtp_url(f"smtp://127.0.0.1:{port}"))
        self._point = point
        self._bell = bell

    def connect(self) -> None:
        """As always, but for the first point."""
        self._pass(CLAIMED)
        super().connect()

    def send(self, sender: str, recipient: str, message: bytes) -> Attempt:
        """As always, but for the points before and after."""
        self._pass(BEFORE_THE_SOCKET)
        attempt = super().send(sender, recipient, message)
        self._pass(BEFORE_RECORDING)
        return attempt

    def _pass(self, point: str) -> None:
        if point == self._point:
            self._bell.send(point)
            time.sleep(600)


@dataclass
class Process:
    """The mailer's process, and the bell it rings."""

    process: ForkServerProcess
    bell: Connection

    def wait(self) -> None:
        """Until it has come to its point."""
        assert self.bell.poll(20), "the mailer never came to its point"

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.join(10)


def _work(settings: Settings, port: int, given: tuple[str, Connection]) -> None:
    point, bell = given
    Mailer(settings, Stopping(port=port, point=point, bell=bell)).run()


@contextmanager
def mailer_process(settings: Settings, port: int, point: str = NOWHERE) -> Iterator[Process]:
    """A mailer that sends to *port* of this machine and stops at *point*."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    arguments: Any = (settings, port, (point, theirs))
    process = _context.Process(target=_work, args=arguments, daemon=True)
    process.start()
    running = Process(process, ours)
    try:
        yield running
    finally:
        running.kill()
        ours.close()
        theirs.close()
