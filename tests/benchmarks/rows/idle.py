"""The embedded stack: how soon it is ready, and what it takes while nothing happens."""

from __future__ import annotations

import time
from collections import defaultdict
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.table import Row, at_most
from tests.stack import Stack, new_stack

PRODUCT = ("tests.benchmarks.product",)
SETTLED_AFTER = 5.0  # seconds
WATCHED_FOR = 12.0


def measure(bench: Bench) -> list[Row]:
    """Start on an empty folder, watch it idle, stop, start again."""
    stack = new_stack()
    stack.program = PRODUCT
    try:
        first = _seconds_to_ready(stack)
        time.sleep(SETTLED_AFTER)
        memory, processor = _idle(stack)
        stack.stop()
        again = _seconds_to_ready(stack)
    finally:
        stack.clean()
    return [
        at_most("whole stack idle: memory (PSS)", value=memory, target=350, unit="MB"),
        at_most("whole stack idle: processor, of one core", value=processor, target=3, unit="%"),
        at_most("`up` to `ready`, first time", value=first, target=10, unit="s"),
        at_most("`up` to `ready`, again", value=again, target=5, unit="s"),
    ]


def _seconds_to_ready(stack: Stack) -> float:
    begin = time.monotonic()
    stack.start(within=120)
    return time.monotonic() - begin


def _idle(stack: Stack) -> tuple[float, float]:
    """Megabytes and percent of one core of `up` and everything below it."""
    assert stack.process is not None
    before = {pid: _nanoseconds(pid) for pid in family(stack.process.pid)}
    begin = time.monotonic()
    time.sleep(WATCHED_FOR)
    pids = family(stack.process.pid)
    spent = sum(_nanoseconds(pid) - before.get(pid, 0) for pid in pids)
    share = spent / 1e9 / (time.monotonic() - begin)
    return sum(_proportional_bytes(pid) for pid in pids) / 1e6, share * 100


def family(ancestor: int) -> list[int]:
    """A process and all below it."""
    children: dict[int, list[int]] = defaultdict(list)
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children[int(fields[1])].append(int(status.parent.name))
    found = [ancestor]
    for pid in found:
        found += children[pid]
    return found


def _nanoseconds(pid: int) -> int:
    spent = 0
    for status in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            spent += int(status.read_text().split()[0])
        except OSError:
            continue
    return spent


def _proportional_bytes(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
