"""The table of faults: printed at the end of a run, and written into docs/reliability.md on demand.

``python -m tests.faults.report`` writes the rows of the last run, as pytest's cache has kept them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

KEPT = "treffpunkt/faults"  # in pytest's cache
CACHE = Path(".pytest_cache/v") / KEPT
PAGE = Path("docs/reliability.md")
BEGIN, END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
HEAD = ("fault", "tried", "acknowledged", "refused", "unknown", "recovered after", "violations")


@dataclass(frozen=True, kw_only=True)
class Row:
    """How one fault was survived."""

    fault: str
    tried: int
    acknowledged: int
    refused: int
    unknown: int
    recovered: float  # seconds
    violations: list[str] = field(default_factory=list)
    note: str = ""  # why it takes as long as it takes

    def cells(self) -> tuple[str, ...]:
        """The texts in the order of HEAD."""
        numbers = (self.tried, self.acknowledged, self.refused, self.unknown)
        name = f"{self.fault} ({self.note})" if self.note else self.fault
        recovered = f"{self.recovered:.1f} s"
        return (name, *map(str, numbers), recovered, str(len(self.violations)))


def table(rows: Iterable[Row]) -> str:
    """Markdown, columns aligned, with the sum at the end."""
    ordered = sorted(rows, key=lambda row: row.fault)
    lines = [HEAD, *(row.cells() for row in ordered), _sum(ordered)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    texts = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([texts[0], rule, *texts[1:]]) + "\n"


def _sum(rows: list[Row]) -> tuple[str, ...]:
    numbers = [str(sum(row.__getattribute__(name) for row in rows)) for name in HEAD[1:5]]
    longest = max((row.recovered for row in rows), default=0.0)
    wrong = sum(len(row.violations) for row in rows)
    return (f"all {len(rows)}", *numbers, f"at most {longest:.1f} s", str(wrong))


def dumped(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """For pytest's cache."""
    return [asdict(row) for row in rows]


def main() -> None:
    """Put the last run's table into the page."""
    rows = [Row(**row) for row in json.loads(CACHE.read_text(encoding="utf-8"))]
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}{table(rows)}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
