"""The table of results: what was measured, against which yardstick, and whether the target is reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEAD = ("work", "measured", "yardstick", "ratio", "target", "reached")


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    work: str
    measured: str
    yardstick: str = ""
    ratio: str = ""
    target: str = ""
    reached: bool | None = None  # None: no target, told for its own sake

    def cells(self) -> tuple[str, ...]:
        """The texts in the order of HEAD."""
        words = {True: "yes", False: "NO", None: ""}
        return (
            *(self.work, self.measured, self.yardstick, self.ratio, self.target),
            words[self.reached],
        )


def at_least(work: str, measured: str, yardstick: str, *, ratio: float, target: float) -> Row:
    """A row whose ratio is a share of the yardstick, the more the better."""
    words = f"{ratio:.1%}" if target < 1 else f"{ratio:.2f} ×"
    wanted = f"≥ {target:.1%}" if target < 1 else f"≥ {target:.1f} ×"
    return Row(work, measured, yardstick, words, wanted.replace(".0%", "%"), ratio >= target)


def at_most(work: str, *, value: float, target: float, unit: str) -> Row:
    """A row with a figure of its own, the less the better."""
    return Row(work, f"{value:.3g} {unit}", "", "", f"< {target:g} {unit}", value < target)


def times(work: str, measured: str, yardstick: str, *, ratio: float, target: float) -> Row:
    """A row whose ratio is a multiple of the yardstick's time, the less the better."""
    return Row(work, measured, yardstick, f"{ratio:.2f} ×", f"≤ {target:g} ×", ratio <= target)


def failed(work: str, error: BaseException) -> Row:
    """What could not be measured; the others go on."""
    reason = " ".join(str(error).split())[:160]
    return Row(work, f"not measured: {type(error).__name__}: {reason}", reached=False)


def show(rows: Sequence[Row]) -> str:
    """The table as Markdown, columns aligned."""
    lines = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rule = "|".join("-" * (width + 2) for width in widths)
    texts = [" | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) for line in lines]
    return "\n".join([f"| {texts[0]} |", f"|{rule}|", *(f"| {text} |" for text in texts[1:])])
