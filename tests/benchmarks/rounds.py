"""Short rounds, taken in turns, so that a noisy machine is noisy for both sides of a ratio."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence


def in_turns(measures: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, list[float]]:
    """What each of *measures* said in each round; every round takes all of them, one after the other."""
    said: dict[str, list[float]] = {name: [] for name in measures}
    for number in range(rounds):
        # Back and forth, so that nobody always comes after the same neighbour.
        order = list(measures) if number % 2 == 0 else list(measures)[::-1]
        for name in order:
            said[name].append(measures[name]())
    return said


def ratio(values: Sequence[float], yardsticks: Sequence[float]) -> float:
    """The median of the rounds' ratios."""
    return statistics.median(v / y for v, y in zip(values, yardsticks, strict=True))


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that *share* (0 to 1) of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]
