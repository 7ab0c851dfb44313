"""Signs of life: every process writes what it knows of itself; canaries go through every queue.

No process is asked whether it lives: an answer would only say that it can answer. What counts is work that
came through, by the clock of the database, so that clocks may differ.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from shared.observability import counts

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

EVERY = 15.0  # seconds between two signs of one process
CANARY_EVERY = 30.0  # seconds between two canaries of one queue

# Instances that ended stay visible for an hour, then their successors remove them.
_BEAT = text("""
    with gone as (
        delete from heartbeat
        where process = any(cast(:processes as text[])) and at < clock_timestamp() - interval '1 hour'
    )
    insert into heartbeat (process, instance, at, trouble, figures)
    select given.process, given.instance, clock_timestamp(), given.trouble, cast(given.figures as jsonb)
    from unnest(cast(:processes as text[]), cast(:instances as text[]), cast(:troubles as text[]),
                cast(:figures as text[])) as given(process, instance, trouble, figures)
    on conflict (process, instance) do update
    set at = excluded.at, trouble = excluded.trouble, figures = excluded.figures
    returning at
""")
_ARRIVED = text("""
    insert into canary (queue, sent_at, arrived_at)
    values (:queue, cast(:sent_at as timestamptz), clock_timestamp())
    on conflict (queue) do update
    set sent_at = excluded.sent_at, arrived_at = excluded.arrived_at
    where canary.sent_at < excluded.sent_at
""")


class Heart:
    """The sign of one process, given over a connection that it has anyway."""

    def __init__(self, process: str, every: float = EVERY) -> None:
        self.process = process
        self.trouble: str | None = None  # what the process itself found wrong (condition.TROUBLES)
        self._every = every
        self._due_at = 0.0

    def is_due(self) -> bool:
        """Whether it is time for the next sign."""
        return time.monotonic() >= self._due_at

    def note(self, trouble: str | None) -> None:
        """Remember what is wrong, or that nothing is; told at once where it is news."""
        if trouble != self.trouble:
            self._due_at = 0.0
        self.trouble = trouble

    def beat(
        self, connection: Connection, *, more: Mapping[str, Any] | None = None, heard: str = ""
    ) -> datetime:
        """Give the sign in a statement of its own; the database's time. *heard*: another process that spoke."""
        self._due_at = time.monotonic() + self._every
        figures = json.dumps({**own_figures(), **(more or {})})
        also = bool(heard)
        values = {
            "processes": [self.process, heard][: 1 + also],
            "instances": [instance(), "heard"][: 1 + also],
            "troubles": [self.trouble, None][: 1 + also],
            "figures": [figures, "{}"][: 1 + also],
        }
        at: datetime = connection.execute(_BEAT, values).scalars().all()[0]
        return at


def instance() -> str:
    """Which of several processes of one kind this is."""
    return f"{socket.gethostname()}:{os.getpid()}"


def own_figures() -> dict[str, float]:
    """Memory and processor time of this process, and what it counted."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "memory_bytes": _memory(),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 3),
        **counts(),
    }


def _memory() -> int:
    # The share of this process: most pages belong to several forked from one parent.
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    shares = [line.split()[1] for line in lines if line.startswith("Pss:")]
    return int(shares[0]) * 1024 if shares else 0


def canary_text(sent_at: datetime) -> str:
    """The body of a canary."""
    return json.dumps({"sent_at": sent_at.isoformat()})


def canary_arrived(connection: Connection, queue: str, body: str) -> None:
    """Remember the newest canary of *queue*; an older one that comes late changes nothing."""
    sent_at = datetime.fromisoformat(json.loads(body)["sent_at"])
    connection.execute(_ARRIVED, {"queue": queue, "sent_at": sent_at})
