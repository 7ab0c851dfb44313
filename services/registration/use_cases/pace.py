"""Lets sign-ups of known addresses take as long as those of new ones, so that time tells nothing.

A new address makes a company and a contact, takes seats and writes a registration; a known one needs less.
Waiting for a fixed time would slow everybody down. So what needed less waits for what a new one would have
needed at such a moment: quick or slow among its own kind, it becomes as quick or slow among the new ones.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from math import ceil
from typing import TypeVar

from services.registration.use_cases.sign_up import NEW, SignedUp

R = TypeVar("R")

WINDOW = 31  # few enough to follow a change of load
LONGEST = 0.25  # seconds: under load, a sign-up that waits must not hold its thread for long
# The last bit is spent looking at the clock: sleeping is not that exact.
_INEXACT = 0.0002


class Pace:
    """What each kind of work took lately, in seconds."""

    def __init__(self) -> None:
        self._took: dict[str, deque[float]] = {}

    def left(self, work: str, took: float) -> float:
        """How long to wait still after *work* that *took* so long; remembers it."""
        own = self._took.setdefault(work, deque(maxlen=WINDOW))
        own.append(took)
        if work == NEW or NEW not in self._took:
            return 0.0
        rank = sum(one < took for one in list(own)) / len(own)
        as_new = sorted(self._took[NEW])
        return min(max(as_new[int(rank * len(as_new))] - took, 0.0), LONGEST)


def paced(pace: Pace, attempt: Callable[[], R], work: Callable[[R], str | None]) -> R:
    """The result of *attempt*, not before a new address would have got it. Work None is not compared."""
    began = time.perf_counter()
    done = attempt()
    took = time.perf_counter() - began
    kind = work(done)
    left = pace.left(kind, took) if kind else 0.0
    if left:
        wait(began + took + left)
    return done


def in_steps(work: Callable[[], R], step: float) -> R:
    """The result of *work* at the next full step of so many seconds.

    What takes a little longer is told at the same moment, where a step is far longer than the difference.
    """
    began = time.perf_counter()
    done = work()
    steps = ceil((time.perf_counter() - began) / step)
    wait(began + steps * step)
    return done


def work_of(done: SignedUp) -> str:
    """What kind of work it was."""
    return done.work


def wait(until: float) -> None:
    """Return at this moment of time.perf_counter(), some microseconds later at most."""
    left = until - time.perf_counter()
    if left > _INEXACT:
        time.sleep(left - _INEXACT)
    while time.perf_counter() < until:
        pass
