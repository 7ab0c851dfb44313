"""Runs the rows that are named, or all of them, and prints one table. Never fails by what it measures."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence

from tests.benchmarks.bench import Bench
from tests.benchmarks.rows import form, growth, idle, mail, pages, sign_up, silence
from tests.benchmarks.table import Row, failed, show

# In the order of running: what needs an idle and nearly empty stack comes first.
ROWS: dict[str, Callable[[Bench], list[Row]]] = {
    "up": idle.measure,
    "latency": mail.measure_latency,
    "mails": mail.measure_throughput,
    "page": pages.measure,
    "form": form.measure,
    "sign-up": sign_up.measure,
    "waking": sign_up.measure_waking,
    "silence": silence.measure,
    "growth": growth.measure,
}


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each round")
    wanted = parser.parse_args(arguments)
    if unknown := set(wanted.rows) - set(ROWS):
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    begin = time.monotonic()
    rows: list[Row] = []
    with Bench(wanted.rounds, wanted.seconds) as bench:
        for name in ROWS:
            if name in wanted.rows or not wanted.rows:
                rows += _measured(name, bench)
    reached = [row.reached for row in rows if row.reached is not None]
    print(f"\n{show(rows)}\n")
    print(
        f"{sum(reached)} of {len(reached)} targets reached, in {time.monotonic() - begin:.0f} seconds."
        " Ratios are medians of rounds taken in turns; see docs/benchmarks.md."
    )


def _measured(name: str, bench: Bench) -> list[Row]:
    begin = time.monotonic()
    try:
        rows = ROWS[name](bench)
    except Exception as error:  # noqa: BLE001 - one row that cannot be measured stops no other
        rows = [failed(name, error)]
    for row in rows:
        print("  ".join(cell for cell in row.cells() if cell), file=sys.stderr)
    print(f"({name}: {time.monotonic() - begin:.0f} s)", file=sys.stderr, flush=True)
    return rows


if __name__ == "__main__":
    main(sys.argv[1:])
