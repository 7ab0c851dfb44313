"""What people do while something breaks, recorded: each operation ends as ok, refused or unknown."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.clients import Answer

LOST = (OSError, http.client.HTTPException)
AGAIN = (408, 425, 429, 500, 502, 503, 504)
PAUSE = 0.3  # seconds between two attempts
OK, REFUSED, UNKNOWN = "ok", "refused", "unknown"


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One thing somebody wanted, and what they saw of it."""

    kind: str  # sign up, confirm, change, cancel, move
    who: str  # address, or id of the meeting
    outcome: str
    status: int = 0
    answer: Any = None
    attempts: int = 1


@dataclass(eq=False)
class Person:
    """A company's contact and what became of their wishes."""

    email: str
    seats: int
    slot_id: str
    patience: float  # seconds until they give up; 0: one attempt
    done: dict[str, Operation] = field(default_factory=dict)  # by kind

    @property
    def id(self) -> str:
        """The registration, where the sign-up was acknowledged."""
        made = self.done.get("sign up")
        return made.answer["id"] if made and made.outcome == OK else ""

    def outcome(self, kind: str) -> str:
        """How it ended; empty if it was never tried."""
        return self.done[kind].outcome if kind in self.done else ""


@dataclass(frozen=True)
class Attempts:
    """How a call that is repeated until there is an answer went."""

    answer: Answer | None
    number: int
    lost: int  # of those, without an answer or with one that says nothing


def insist(call: Callable[[], Answer], patience: float) -> Attempts:
    """Call until there is an answer that says something, or *patience* (seconds) is over."""
    deadline, number, lost = time.monotonic() + patience, 0, 0
    while True:
        number += 1
        answer = attempt(call)
        if answer is not None and answer.status not in AGAIN:
            return Attempts(answer, number, lost)
        lost += 1
        if time.monotonic() + PAUSE > deadline:
            return Attempts(None, number, lost)
        time.sleep(PAUSE)


def attempt(call: Callable[[], Answer]) -> Answer | None:
    """The answer, or None where the connection was lost on the way."""
    try:
        return call()
    except LOST:
        return None


def operation(
    kind: str, who: str, call: Callable[[], Answer], *, patience: float, keyed: bool = False
) -> Operation:
    """Do it and write down how it ended; *keyed*: a repetition is known as one."""
    tried = insist(call, patience)
    answer = tried.answer
    if answer is None:
        return Operation(kind=kind, who=who, outcome=UNKNOWN, attempts=tried.number)
    told = {"status": answer.status, "attempts": tried.number}
    if answer.status < 300:
        body = answer.json if answer.body else None
        return Operation(kind=kind, who=who, outcome=OK, answer=body, **told)
    # Refused after an attempt without an answer: perhaps because that attempt had succeeded.
    outcome = REFUSED if keyed or not tried.lost else UNKNOWN
    return Operation(kind=kind, who=who, outcome=outcome, answer=answer.text[:300], **told)
