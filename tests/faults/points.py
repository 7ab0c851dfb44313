"""Starts the product with points at which a test can end its processes; the hook exists nowhere else.

``python -m tests.faults.points DATA-FOLDER up …`` is ``treffpunkt up …`` whose functions are wrapped before
anything is forked. A point is armed by a file of its name in DATA-FOLDER.points; the first process that
reaches it renames the file and dies on the spot, as by kill -9.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

from kombu.transport.redis import QoS

from shared.messaging import inbox
from shared.messaging.publisher import Publisher
from shared.messaging.relay import Outbox
from tests.faults import clocks
from treffpunkt.cli import main
from treffpunkt.embedded.redis import Redis

PROXY = "proxy"  # a file with the port through which Redis is reached

Function = Callable[..., Any]


def points_of(data_dir: Path) -> Path:
    """The folder of the armed points of a stack."""
    return data_dir.with_suffix(".points")


class Points:
    """The points of one stack."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def reach(self, name: str) -> None:
        """Die here if the point is armed; only one process does."""
        armed = self.folder / name
        try:
            armed.rename(armed.with_name(f"{name} reached"))
        except FileNotFoundError:
            return
        os.kill(os.getpid(), signal.SIGKILL)

    def install(self) -> None:
        """Wrap what the points lie in."""
        QoS.append = self.around(QoS.append, before=_taken)
        inbox.receive = self.around(inbox.receive, before=_unrecorded, after=_unacknowledged)
        inbox.process = self.around(inbox.process, before=_recorded)
        inbox._handle = self.around(inbox._handle, after=_inside)
        Publisher.publish = self.around(Publisher.publish, before=_claimed)
        Outbox._mark = self.around(Outbox._mark, before=_unmarked)

    def around(
        self, function: Function, *, before: Function | None = None, after: Function | None = None
    ) -> Any:
        """The same function with a point before it, behind it or both; they are named by its arguments."""

        @wraps(function)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if before:
                self.reach(before(*args))
            result = function(*args, **kwargs)
            if after:
                self.reach(after(*args))
            return result

        return wrapped


def _taken(_qos: Any, message: Any, _tag: Any) -> str:
    """Redis has given the message away and nobody has noted it."""
    queue = message.delivery_info.get("routing_key")
    return f"taken {queue}" if message.headers.get("task") == f"{queue}.receive" else "-"


def _unrecorded(_database: Any, service: Any, _envelope: Any) -> str:
    """The worker has the message, the inbox does not."""
    return f"unrecorded {service.name}"


def _recorded(_database: Any, service: Any, _event_id: Any) -> str:
    """The inbox has the message, nothing has been done."""
    return f"recorded {service.name}"


def _inside(_session: Any, service: Any, envelope: Any) -> str:
    """All effects are written, nothing is committed."""
    return f"inside {service.name} {envelope.name}"


def _unacknowledged(_database: Any, service: Any, _envelope: Any) -> str:
    """Everything is committed, Redis does not know yet."""
    return f"unacknowledged {service.name}"


def _claimed(publisher: Any, _receiver: str, task: str, _body: str) -> str:
    """The relay has claimed a delivery and sent nothing."""
    return "claimed" if task == "receive" and publisher.app.main == "treffpunkt-relay" else "-"


def _unmarked(_outbox: Any, rows: Any) -> str:
    """Redis has the message, the outbox does not know."""
    return "unmarked" if rows else "-"


def reach_redis_through(port: int) -> None:
    """The embedded Redis is offered under another port of this machine."""
    Redis.url = property(lambda redis: f"redis://:{redis.password}@127.0.0.1:{port}/0")


def begin(folder: str) -> None:
    """Install the points, then do what the rest of the command line says."""
    points = Points(points_of(Path(folder)))
    points.install()
    clocks.install(points.folder)
    reach_redis_through(int((points.folder / PROXY).read_text()))
    main()


if __name__ == "__main__":
    begin(sys.argv.pop(1))
