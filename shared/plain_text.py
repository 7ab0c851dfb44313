"""What people may type: a line, several lines, an address; the same rule wherever they type it."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

# Putting accents in order takes the square of their number: people put a few on a letter, attackers thousands.
MAX_ACCENTS = 16
MAX_EMAIL = 254
MAX_LOCAL_PART = 64
# Where a word may break, how letters join, which way they run: nobody sees it and word processors put it in,
# so it is left out of a line. Otherwise two names that look alike would not be the same.
_LEFT_OUT = re.compile("[\u00ad\u061c\u200b-\u200f\u2060]")
# Controls, marks that reorder or hide text, half surrogates, line and paragraph separators.
_FORBIDDEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Several lines keep what joins letters, as writing and pictures of some scripts are made of it.
_FORBIDDEN_IN_LINES = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)


class Flaw(StrEnum):
    """What is wrong with a text."""

    INVISIBLE = "invisible"
    ACCENTS = "accents"
    ADDRESS = "address"


class NotPlainError(ValueError):
    """The text is not to be kept; ``flaw`` says why."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def one_line(text: str) -> str:
    """*text* in normal form, trimmed, inner white space single. Raises NotPlainError."""
    normal = _normal(_LEFT_OUT.sub("", text)).strip()
    if _has_forbidden(normal):
        raise NotPlainError(Flaw.INVISIBLE)
    return re.sub(r"\s+", " ", normal)


def lines(text: str) -> str:
    """Like one_line for text of several lines; line ends become single line feeds. Raises NotPlainError."""
    normal = _normal(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _FORBIDDEN_IN_LINES.search(normal):
        raise NotPlainError(Flaw.INVISIBLE)
    return normal


def address(text: str) -> str:
    """An address that a mail server takes without quoting, its domain in lower case. Raises NotPlainError."""
    found = one_line(text)
    local, _at, domain = found.rpartition("@")
    usable = len(found) <= MAX_EMAIL and len(local) <= MAX_LOCAL_PART
    if not usable or not _EMAIL.fullmatch(found):
        raise NotPlainError(Flaw.ADDRESS)
    return f"{local}@{domain.lower()}"


def _normal(text: str) -> str:
    if text.isascii():
        return text
    accents = 0
    for character in text:
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents > MAX_ACCENTS:
            raise NotPlainError(Flaw.ACCENTS)
    return unicodedata.normalize("NFC", text)


def _has_forbidden(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return any(unicodedata.category(character) in _FORBIDDEN for character in text)
