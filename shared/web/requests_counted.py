"""Requests counted by all processes of one web server together, in memory that they share.

Each process has a place of its own, so that none waits for another and none that is killed holds a lock. Who
starts takes over the place of one that died, with its counts: sums only ever rise.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import threading
import weakref
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

EXTENSION = "treffpunkt_requests"
NO_ROUTE = "none"  # what led nowhere
KEPT = "kept page"  # answered from memory, in front of the app
PLACES = 64  # processes
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
CELLS = len(CLASSES) + len(BOUNDS) + 2  # per route: answers by class, durations by bound, their sum
CELL = 8  # bytes
_PID = struct.Struct("q")


@dataclass(frozen=True, kw_only=True)
class RouteCount:
    """What one route has answered since the server started."""

    route: str
    answers: dict[str, int]  # by class of status
    buckets: list[tuple[str, int]]  # (upper bound, how many took no longer)
    seconds: float


class RequestCounts:
    """Made before the server forks; every process counts with ``add``."""

    def __init__(self, routes: Iterable[str]) -> None:
        self._rows = {route: number for number, route in enumerate(dict.fromkeys(routes))}
        size = CELL * (PLACES + PLACES * len(self._rows) * CELLS)
        self._file = os.memfd_create("requests")
        os.ftruncate(self._file, size)
        # Untouched pages cost nothing.
        self._memory = mmap.mmap(self._file, size)
        self._cells = memoryview(self._memory).cast("d")
        self._process = 0
        self._begin = 0  # of this process' place
        self._lock = threading.Lock()  # between the threads of this process
        weakref.finalize(self, os.close, self._file)

    def add(self, route: str, status: int, seconds: float) -> None:
        """One answer was given."""
        row = self._rows.get(route)
        if row is None:
            return
        bound = bisect_left(BOUNDS, seconds)
        with self._lock:
            if self._process != os.getpid():
                self._take_place()
            first = self._begin + row * CELLS
            self._cells[first + min(status // 100, len(CLASSES)) - 1] += 1
            self._cells[first + len(CLASSES) + bound] += 1
            self._cells[first + CELLS - 1] += seconds

    def _take_place(self) -> None:
        own = os.getpid()
        # POSIX locks end with their process.
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            free = (place for place in range(PLACES) if not _lives(self._pid_at(place), own))
            place = next(free, own % PLACES)  # more processes than places: two share one, inexactly
            _PID.pack_into(self._memory, place * CELL, own)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
        self._begin = PLACES + place * len(self._rows) * CELLS
        self._process = own

    def _pid_at(self, place: int) -> int:
        pid: int = _PID.unpack_from(self._memory, place * CELL)[0]
        return pid

    def told(self) -> Iterator[RouteCount]:
        """The sums over all processes, of the routes that were asked for."""
        width = len(self._rows) * CELLS
        places = [place for place in range(PLACES) if self._pid_at(place)]
        for route, row in self._rows.items():
            starts = [PLACES + place * width + row * CELLS for place in places]
            cells = [sum(self._cells[start + i] for start in starts) for i in range(CELLS)]
            if any(cells):
                yield _route_count(route, cells)


def _route_count(route: str, cells: list[float]) -> RouteCount:
    answers = {name: int(cells[i]) for i, name in enumerate(CLASSES) if cells[i]}
    buckets, total = [], 0
    for bound, number in zip((*map(str, BOUNDS), "+Inf"), cells[len(CLASSES) : -1], strict=True):
        total += int(number)
        buckets.append((bound, total))
    return RouteCount(route=route, answers=answers, buckets=buckets, seconds=cells[-1])


def _lives(pid: int, own: int) -> bool:
    """Whether another process holds the place."""
    if pid in {0, own}:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
