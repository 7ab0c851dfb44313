"""Gives single processes of a stack another time of day, and takes it away again.

The clocks of Python, as our own code and Celery ask for them, go by a file beside the points: the seconds by
which each process is ahead. PostgreSQL and Redis keep the true time, as if the processes ran on machines of
their own.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

import celery.app.base
import celery.worker.request

import shared.clock

WRONG_CLOCKS = "clocks"  # the file
# Neighbours of each flow differ by five or ten minutes, in both directions.
APART = {"tp-relay": -300, "tp-beat": -300, "tp-mailer": -300, "tp-web": 0} | dict.fromkeys(
    ("tp-w-registrati", "tp-w-notificati"), 300
)


def begin(folder: Path) -> None:
    """From now on clocks are wrong."""
    (folder / WRONG_CLOCKS).write_text(json.dumps(APART))


def end(folder: Path) -> None:
    """Everybody has the same time again."""
    (folder / WRONG_CLOCKS).unlink(missing_ok=True)


def install(folder: Path) -> None:
    """To be called in the parent of all processes, before they ask for the time."""

    class Clock(datetime):
        """The time of day of this process."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=ahead(folder))

    for module in (shared.clock, celery.app.base, celery.worker.request):
        module.datetime = Clock  # type: ignore[attr-defined]


def ahead(folder: Path) -> int:
    """Seconds by which this process is ahead of the others."""
    try:
        wrong = json.loads((folder / WRONG_CLOCKS).read_text())
    except (FileNotFoundError, ValueError):
        return 0
    return int(wrong.get(Path("/proc/self/comm").read_text().strip(), 0))
