"""A run of faults in which people got nothing is no proof of anything."""

from __future__ import annotations

from typing import Any

from tests.faults.promises import unkept
from tests.faults.report import Row


def unkept_by(*, unanswered: bool = False, **numbers: Any) -> list[str]:
    """A fault with 24 sign-ups, all acknowledged and well soon, but for *numbers*."""
    well = {"tried": 24, "acknowledged": 24, "refused": 0, "unknown": 0, "recovered": 2.0}
    return list(unkept(Row(fault="nothing", **well | numbers), unanswered=unanswered))


def test_a_fault_that_everybody_survived_keeps_all_promises() -> None:
    assert unkept_by() == []


def test_a_run_in_which_all_are_refused_proves_nothing() -> None:
    assert unkept_by(acknowledged=0, refused=24) == [
        "nothing was acknowledged",
        "24 were refused what they may have",
    ]


def test_only_who_asks_what_is_hit_may_see_no_answer() -> None:
    assert unkept_by(acknowledged=21, unknown=3, unanswered=True) == []
    assert unkept_by(acknowledged=21, unknown=3) == [
        "3 saw no answer, although neither web nor PostgreSQL was hit"
    ]


def test_all_is_well_a_minute_after_the_fault() -> None:
    assert unkept_by(recovered=60.0) == []
    assert unkept_by(recovered=61.0) == ["recovered after 61 s, not 60 s"]
