"""How an operation is written down while something breaks, and how the table of faults adds up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http.client import HTTPMessage

import pytest

from tests.clients import Answer
from tests.faults.load import OK, REFUSED, UNKNOWN, operation
from tests.faults.report import Row, table

LOST = ConnectionResetError("lost")


def calls(*results: int | Exception) -> Callable[[], Answer]:
    """Answers with these statuses, or losses, one after the other."""
    waiting: Iterable[int | Exception] = iter(results)

    def call() -> Answer:
        result = next(waiting)  # type: ignore[call-overload]
        if isinstance(result, Exception):
            raise result
        return Answer(result, HTTPMessage(), b"{}")

    return call


@pytest.mark.parametrize(
    ("results", "outcome"),
    [
        ((201,), OK),
        ((LOST, 201), OK),
        ((503, LOST, 200), OK),
        ((409,), REFUSED),
        ((LOST, 409), UNKNOWN),
        ((LOST,) * 9, UNKNOWN),
    ],
)
def test_what_was_lost_is_never_called_refused(
    results: tuple[int | Exception, ...], outcome: str
) -> None:
    assert operation("cancel", "a", calls(*results), patience=1).outcome == outcome


def test_a_keyed_repetition_that_is_refused_was_never_done() -> None:
    done = operation("sign up", "a", calls(LOST, 409), patience=1, keyed=True)

    assert (done.outcome, done.attempts) == (REFUSED, 2)


def test_the_table_counts_what_was_violated() -> None:
    numbers = {"tried": 5, "acknowledged": 3, "refused": 1, "unknown": 1}
    rows = [
        Row(fault="b", recovered=2.0, violations=["lost", "twice"], **numbers),
        Row(fault="a", recovered=30.0, **numbers),
    ]

    cells = [
        [cell.strip() for cell in line.split("|")[1:-1]] for line in table(rows).splitlines()[2:]
    ]

    assert [line[0] for line in cells] == ["a", "b", "all 2"]
    assert cells[2][1:] == ["10", "6", "2", "2", "at most 30.0 s", "2"]
