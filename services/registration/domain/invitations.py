"""Invitations: pasted lists of contacts, what an answer may follow, who is silent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.registration.domain.names import MAX_COMPANY, MAX_NAME, email_key
from shared.plain_text import Flaw, NotPlainError, address, one_line

MAX_LINES = 500
_ANGLE = re.compile(r"(?P<name>[^<>]*)<(?P<email>[^<>]+)>")
_SEPARATOR = re.compile(r"[;\t]")


class Answer(StrEnum):
    """What an invited contact says."""

    YES = "yes"
    NO = "no"
    COLLEAGUE = "colleague"


class LineProblem(StrEnum):
    """Why a pasted line is not a contact."""

    FIELDS = "fields"
    CHARACTERS = "characters"
    ACCENTS = "accents"
    COMPANY = "company"
    EMAIL = "email"
    LENGTH = "length"
    REPEATED = "repeated"


_FLAWS = {
    Flaw.INVISIBLE: LineProblem.CHARACTERS,
    Flaw.ACCENTS: LineProblem.ACCENTS,
    Flaw.ADDRESS: LineProblem.EMAIL,
}


@dataclass(frozen=True)
class InvitedContact:
    """A person to be asked."""

    company: str
    name: str
    email: str


@dataclass(frozen=True)
class Line:
    """One pasted line: the contact, or why it is none."""

    number: int
    text: str
    contact: InvitedContact | None
    problem: LineProblem | None = None


def read_lines(text: str) -> list[Line]:
    """The lines of a pasted list "company; name; address", also with tabs as from a spreadsheet.

    Blank lines and a heading are left out; the second line with an address is a repetition.
    """
    lines: list[Line] = []
    seen: set[str] = set()
    for number, raw in enumerate(text.splitlines(), start=1):
        stripped = raw.strip()
        if not stripped or _is_heading(stripped):
            continue
        line = _read_line(number, stripped)
        if line.contact and email_key(line.contact.email) in seen:
            line = Line(number, stripped, None, LineProblem.REPEATED)
        elif line.contact:
            seen.add(email_key(line.contact.email))
        lines.append(line)
    return lines


def _is_heading(line: str) -> bool:
    last = _SEPARATOR.split(line)[-1].strip().casefold()
    return last in {"e-mail", "email", "mail", "e-mail-adresse", "address"}


def _read_line(number: int, text: str) -> Line:
    try:
        fields = _fields(text)
        problem = _problem(fields)
        if problem:
            return Line(number, text, None, problem)
        company, name, email = fields
        return Line(number, text, InvitedContact(company, name, address(email)))
    except NotPlainError as error:
        return Line(number, text, None, _FLAWS[error.flaw])


def _fields(text: str) -> list[str]:
    fields = [one_line(part) for part in _SEPARATOR.split(text)]
    fields = fields[: _used(fields)]
    if len(fields) == 2 and (angle := _ANGLE.fullmatch(fields[1])):  # noqa: PLR2004 - "Eva <eva@…>"
        return [fields[0], angle["name"].strip().strip('"'), angle["email"].strip()]
    return fields


def _used(fields: list[str]) -> int:
    # A spreadsheet leaves empty columns behind.
    return max((i for i, value in enumerate(fields, start=1) if value), default=0)


def _problem(fields: list[str]) -> LineProblem | None:
    if len(fields) != 3:  # noqa: PLR2004 - company, name, address
        return LineProblem.FIELDS
    company, name, _email = fields
    if not company:
        return LineProblem.COMPANY
    is_too_long = len(company) > MAX_COMPANY or len(name) > MAX_NAME
    return LineProblem.LENGTH if is_too_long else None


def can_answer(
    *, meeting_state: str, starts: Iterable[datetime], closes_at: datetime | None, now: datetime
) -> bool:
    """Whether an answer can be given or changed: until closing, at the latest until the last slot *starts*.

    The opening time is for everybody else: whoever is asked personally may answer at once.
    """
    if meeting_state != "published" or (closes_at is not None and now >= closes_at):
        return False
    return any(now < start for start in starts)
