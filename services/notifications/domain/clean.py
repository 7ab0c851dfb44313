"""Strangers' text made harmless: control characters, and names that pretend to be addresses."""

from __future__ import annotations

import re
import unicodedata

# Everything that some reader takes for the end of a line, control characters, bidirectional overrides.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_CONTROL_BUT_LINE_FEED = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2024": "."})
_LINK_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2,})")
_SCHEME = re.compile(r"(?<=\w)\s*:\s*/+\s*/*")


def one_line(text: str) -> str:
    """*text* on one line, without control characters."""
    return _CONTROL.sub(" ", text).strip()


def lines(text: str) -> str:
    """*text* with line feeds as its only control characters."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL_BUT_LINE_FEED.sub(" ", unified).strip()


def name(text: str) -> str:
    """A name somebody typed in, such that no mail program makes a link of it."""
    plain = one_line(unicodedata.normalize("NFC", text))
    if not any(sign in plain for sign in ".@/\u3002\uff0e\uff61\u2024"):
        return plain
    plain = _SCHEME.sub(": ", plain.translate(_DOTS))
    return _LINK_DOT.sub(". ", plain).replace("@", " (at) ")
