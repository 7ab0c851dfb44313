"""Whether a recorded concurrent history can be explained: by some order of its calls, one after the other.

Each call took effect at one moment between its begin and its end (linearisability, after Wing and Gong). A
call without an answer may have taken effect at any time after its begin, or never.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Protocol

UNKNOWN = "unknown"


class Model(Protocol):
    """What can go its own way and be compared."""

    def copy(self) -> Model: ...

    def key(self) -> object: ...


@dataclass(frozen=True, kw_only=True)
class Call:
    """One operation as a client saw it; *told* UNKNOWN: no answer came."""

    act: str
    what: tuple[object, ...]
    begun: float
    ended: float
    told: str

    @property
    def until(self) -> float:
        """When it had taken effect at the latest."""
        return inf if self.told == UNKNOWN else self.ended

    def __str__(self) -> str:
        words = " ".join(str(word) for word in self.what)
        return f"{self.begun:.4f}-{self.ended:.4f} {self.act} {words}: {self.told}"


Start = Model
Fits = Callable[[Model], bool]


def explanation(start: Model, calls: Sequence[Call], fits: Fits) -> list[Call] | None:
    """An order that gives every answer that was seen and ends as *fits* wants it; None if there is none."""
    return _Search(calls, fits).orders(start, frozenset(range(len(calls))))


class _Search:
    def __init__(self, calls: Sequence[Call], fits: Fits) -> None:
        self._calls = calls
        self._fits = fits
        self._seen: set[tuple[frozenset[int], object]] = set()

    def orders(self, model: Model, left: frozenset[int]) -> list[Call] | None:
        if (left, model.key()) in self._seen:
            return None
        self._seen.add((left, model.key()))
        if all(self._calls[i].told == UNKNOWN for i in left) and self._fits(model):
            return []
        deadline = min((self._calls[i].until for i in left), default=inf)
        for i in sorted(left, key=lambda i: self._calls[i].until):
            if self._calls[i].begun <= deadline:
                rest = self._first(model, i, left)
                if rest is not None:
                    return [self._calls[i], *rest]
        return None

    def _first(self, model: Model, i: int, left: frozenset[int]) -> list[Call] | None:
        call, next_model = self._calls[i], model.copy()
        try:
            told = getattr(next_model, call.act)(*call.what)
        except KeyError:  # about a claim that does not exist in this order
            return None
        if call.told not in {UNKNOWN, told}:
            return None
        return self.orders(next_model, left - {i})
