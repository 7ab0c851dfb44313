"""How an operation is written down while something breaks, and how the table of faults adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from http.client import HTTPMessage

import pytest

from tests.clients import Answer
from tests.faults.history import wrongly_begun, wrongly_told_of_the_move
from tests.faults.load import OK, REFUSED, UNKNOWN, Operation, operation
from tests.faults.plan import Gathering
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


def gathering(outcome: str = "") -> Gathering:
    """A meeting, and what was said to whoever moved it; nobody did where it is empty."""
    moved = Operation(kind="move", who="m", outcome=outcome) if outcome else None
    return Gathering({"id": "m", "starts_at": "2026-03-04T15:00:00+01:00"}, [], moved)


@pytest.mark.parametrize(
    ("outcome", "right"),
    [("", (True, False)), (REFUSED, (True, False)), (OK, (False, True)), (UNKNOWN, (True, True))],
)
def test_a_meeting_begins_when_it_was_said_to(outcome: str, right: tuple[bool, bool]) -> None:
    meeting = gathering(outcome)
    found = [list(wrongly_begun(meeting, {begin})) for begin in (meeting.planned, meeting.wanted)]

    assert tuple(not wrong for wrong in found) == right


def test_services_that_disagree_about_the_begin_are_seen() -> None:
    meeting = gathering(UNKNOWN)

    assert len(list(wrongly_begun(meeting, {meeting.planned, meeting.wanted}))) == 1


def told_wrongly(numbers: dict[str, int], *, moved: bool, state: str) -> list[str]:
    """Who heard of a move too often or too seldom: all in one state, told so often."""
    told = Counter({("meeting_changed", who): number for who, number in numbers.items()})
    states = dict.fromkeys(numbers, state)
    wrong = wrongly_told_of_the_move(states, told, moved=moved)
    return [sentence.partition(",")[0] for sentence in wrong]


@pytest.mark.parametrize("state", ["held", "waitlisted", "confirmed"])
def test_a_move_is_told_once_to_all_who_live(state: str) -> None:
    numbers = {"never": 0, "once": 1, "twice": 2}

    assert told_wrongly(numbers, moved=True, state=state) == ["never", "twice"]
    assert told_wrongly(numbers, moved=False, state=state) == ["once", "twice"]


def test_who_gives_up_amid_a_move_may_hear_of_it_or_not() -> None:
    numbers = {"never": 0, "once": 1, "twice": 2}

    assert told_wrongly(numbers, moved=True, state="cancelled") == ["twice"]
    assert told_wrongly(numbers, moved=False, state="cancelled") == ["once", "twice"]
