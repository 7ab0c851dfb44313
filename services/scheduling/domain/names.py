"""Names in addresses and in order: slugs, sort keys, addresses of people, strength of passwords."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG = 80
MIN_PASSWORD = 12
MAX_PASSWORD = 200
_GUESSED = ("passwort", "password", "treffpunkt", "0123456789", "123456789", "qwertz", "qwerty")
_SHORT_WORD = 3  # shorter words prove nothing
_DIFFERENT_LETTERS = 5
_LETTERS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l"}
)


def slug_of(text: str) -> str:
    """*text* as part of an address: "Frühjahrstreffen" becomes "fruehjahrstreffen"; may be empty."""
    plain = text.lower().translate(_LETTERS)
    ascii_only = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")[:MAX_SLUG].strip("-")


def slug_candidates(text: str) -> Iterator[str]:
    """The slug of *text*, then the same with 2, 3, … behind it."""
    first = slug_of(text) or "meeting"
    yield first
    for number in range(2, 1000):
        yield f"{first[: MAX_SLUG - 4]}-{number}"


def sort_key(text: str) -> str:
    """For sorting as a German telephone book reader expects: ä as a, case ignored."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def normal_email(address: str) -> str:
    """The form under which an account is kept."""
    return address.strip().lower()


def password_problem(password: str, *, email: str, name: str) -> str | None:
    """Why *password* will not do: short, long, simple; None if it will."""
    if len(password) < MIN_PASSWORD:
        return "short"
    if len(password) > MAX_PASSWORD:
        return "long"
    rest = password.casefold()
    for word in {*_GUESSED, *re.split(r"[\s@.]+", f"{email} {name}".casefold())}:
        if len(word) > _SHORT_WORD:
            rest = rest.replace(word, "")
    return "simple" if len(set(rest)) < _DIFFERENT_LETTERS else None
