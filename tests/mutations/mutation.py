"""What a break of the code is: what is changed, what it breaks, and which test says so."""

from __future__ import annotations

from dataclasses import dataclass


def of_fault(name: str) -> str:
    """The test of one fault of the suite."""
    return f"tests/faults/test_faults.py::test_nothing_is_lost_or_doubled[{name}]"


@dataclass(frozen=True, kw_only=True)
class Edit:
    """One place: *old* stands there exactly once."""

    path: str
    old: str
    new: str


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """A break; ``says`` stands in the output of the test that notices it."""

    name: str
    edits: tuple[Edit, ...]
    breaks: str  # an invariant, or another guarantee
    test: str
    says: str = ""

    @property
    def words(self) -> str:
        """What must be read in the failure, so that it failed for this and nothing else."""
        return self.says or self.breaks


def mutation(name: str, *edits: Edit, breaks: str, test: str, says: str = "") -> Mutation:
    """A row of the list."""
    return Mutation(name=name, edits=edits, breaks=breaks, test=test, says=says)
