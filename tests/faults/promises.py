"""What is promised to people besides that nothing is lost: an answer, and that all is well again soon."""

from __future__ import annotations

from collections.abc import Iterator

from tests.faults.report import Row

RECOVERED_WITHIN = 60.0  # seconds after the fault is over


def unkept(row: Row, *, unanswered: bool) -> Iterator[str]:
    """Promises that a fault has broken; *unanswered*: it hits what gives the answers, so some may see none."""
    if not row.acknowledged:
        yield "nothing was acknowledged"
    if row.refused:
        yield f"{row.refused} were refused what they may have"
    if row.unknown and not unanswered:
        yield f"{row.unknown} saw no answer, although neither web nor PostgreSQL was hit"
    if row.recovered > RECOVERED_WITHIN:
        yield f"recovered after {row.recovered:.0f} s, not {RECOVERED_WITHIN:.0f} s"
