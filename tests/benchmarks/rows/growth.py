"""Pages and lists with 100,000 registrations against 1,000."""

from __future__ import annotations

from tests.benchmarks.bench import Bench
from tests.benchmarks.table import Row


def measure(bench: Bench) -> list[Row]:
    """Not yet."""
    raise NotImplementedError
