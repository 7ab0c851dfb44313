"""Lets sign-ups of known addresses take as long as those of new ones, so that time tells nothing.

A new address makes a company and a contact, takes seats and writes a registration; a known one needs less.
Waiting for a fixed time would slow everybody down. So what needed less waits for the difference between
what both usually take here: the medians of the last ones in this process.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from statistics import median
from typing import TypeVar

from services.registration.use_cases.sign_up import NEW, SignedUp

R = TypeVar("R")

WINDOW = 31  # few enough to follow a change of load
LONGEST = 0.25  # seconds: under load, a sign-up that waits must not hold its thread for long
# The last bit is spent looking at the clock: sleeping is not that exact.
_INEXACT = 0.0002


class Pace:
    """What each kind of work took lately, in seconds.

    *longest*: the kind that is known to take longest, which nothing is counted for but its own time; None:
    whichever takes longest just now, for work that is rare enough to be looked at each time.
    """

    def __init__(self, longest: str | None = NEW) -> None:
        self._took: dict[str, deque[float]] = {}
        self._longest = longest

    def left(self, work: str, took: float) -> float:
        """How long to wait still after *work* that *took* so long; remembers it."""
        own = self._took.setdefault(work, deque(maxlen=WINDOW))
        own.append(took)
        if work == self._longest:
            return 0.0
        missing = self._usual() - median(list(own))
        return min(max(missing, 0.0), LONGEST)

    def _usual(self) -> float:
        kinds = list(self._took) if self._longest is None else [self._longest]
        return max(
            (median(list(self._took[kind])) for kind in kinds if kind in self._took), default=0.0
        )


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
