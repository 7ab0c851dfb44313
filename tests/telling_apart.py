"""Whether two kinds of requests can be told apart by their time: interleaved samples and a rank test.

Pairs are taken one right after the other, in random order, so that a noisy machine is noisy for both. The
signed ranks of their differences (Wilcoxon) do not mind how wild single samples are.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable

# Two-sided level of 1 in 10,000: what is found is there.
STRICT = 3.89


def z_of(differences: list[float]) -> float:
    """How far the signed ranks are from chance, in standard deviations; its sign tells which is slower."""
    ranked = sorted((abs(one), one > 0) for one in differences if one)
    number = len(ranked)
    positive = sum(rank for rank, (_size, above) in enumerate(ranked, 1) if above)
    mean = number * (number + 1) / 4
    spread = math.sqrt(number * (number + 1) * (2 * number + 1) / 24)
    return (positive - mean) / spread if spread else 0.0


def compared(first: Callable[[int], object], second: Callable[[int], object], rounds: int) -> float:
    """How surely *first* is slower (positive) or quicker (negative) than *second*."""
    differences = []
    for number in range(rounds):
        pair = [(first, 1.0), (second, -1.0)]
        random.shuffle(pair)
        differences.append(sum(sign * took(work, number) for work, sign in pair))
    return z_of(differences)


def took(work: Callable[[int], object], number: int) -> float:
    """Seconds."""
    began = time.perf_counter()
    work(number)
    return time.perf_counter() - began


def is_told_apart(z: float) -> bool:
    """Whether the difference is beyond chance."""
    return abs(z) > STRICT
