"""What the doctor says about one thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Finding:
    """*grade*: ok; note (look at it some time); mend (something does not work, or soon will not)."""

    grade: Literal["ok", "note", "mend"]
    about: str
    text: str
    remedy: str = ""


def ok(about: str, text: str) -> Finding:
    """As it should be."""
    return Finding("ok", about, text)


def note(about: str, text: str, remedy: str = "") -> Finding:
    """Works, but somebody should know."""
    return Finding("note", about, text, remedy)


def mend(about: str, text: str, remedy: str) -> Finding:
    """Does not work."""
    return Finding("mend", about, text, remedy)
