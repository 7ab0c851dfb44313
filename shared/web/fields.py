"""Fields for what people type: trimmed, bounded, free of control characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import ValidationError, fields

from shared.language import gettext as _

# C0 and C1 controls, line and paragraph separators, marks that reorder or hide text, half surrogates.
_FORBIDDEN = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_FORBIDDEN_IN_LINES = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
# Putting accents in order takes the square of their number: people put a few on a letter, attackers thousands.
MAX_ACCENTS = 16
# Text is looked at before it is trimmed only where it is not far longer than it may be afterwards.
RAW = 4
MAX_EMAIL = 254
MAX_LOCAL_PART = 64


def _normal(text: str) -> str:
    """*text* in normal form. Raises ValidationError for letters under a heap of accents."""
    if text.isascii():
        return text
    accents = 0
    for character in text:
        accents = accents + 1 if unicodedata.combining(character) else 0
        if accents > MAX_ACCENTS:
            raise ValidationError(_("Please remove the accents that lie upon each other."))
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """*text* in normal form, trimmed, inner white space single.

    Raises ValidationError for control characters and for heaps of accents.
    """
    normal = _normal(text).strip()
    if _FORBIDDEN.search(normal):
        raise ValidationError(_("Please remove invisible control characters."))
    return re.sub(r"\s+", " ", normal)


def clean_lines(text: str) -> str:
    """Like clean_line for text of several lines; line ends become single line feeds."""
    normal = _normal(text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if _FORBIDDEN_IN_LINES.search(normal):
        raise ValidationError(_("Please remove invisible control characters."))
    return normal


def clean_email(text: str) -> str:
    """A usable address, its domain in lower case. Raises ValidationError saying what to do."""
    address = clean_line(text)
    local, _at, domain = address.rpartition("@")
    usable = len(address) <= MAX_EMAIL and len(local) <= MAX_LOCAL_PART
    if not usable or not _EMAIL.fullmatch(address):
        raise ValidationError(_("Please enter an e-mail address like name@company.example."))
    return f"{local}@{domain.lower()}"


class Line(fields.String):
    """One line of text: ``Line(required=True, most=200)``. Empty counts as missing where it is required."""

    def __init__(self, *, most: int, least: int = 0, **options: Any) -> None:
        super().__init__(**options)
        self.most = most
        self.least = max(least, 1) if self.required else least
        self.metadata = {"maxLength": most, **self.metadata}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        typed = super()._deserialize(value, attr, data, **kwargs)
        self._check_length(typed, self.most * RAW)
        text = self._clean(typed)
        self._check_length(text, self.most)
        if len(text) < self.least:
            raise ValidationError(_("Please fill in this field."))
        return text

    def _check_length(self, text: str, limit: int) -> None:
        if len(text) > limit:
            raise ValidationError(
                _(
                    "Please use at most %(most)s characters (now %(length)s).",
                    most=self.most,
                    length=len(text),
                )
            )

    def _clean(self, text: str) -> str:
        return clean_line(text)


class Paragraphs(Line):
    """Several lines of text."""

    def _clean(self, text: str) -> str:
        return clean_lines(text)


class EmailAddress(fields.String):
    """An e-mail address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip() and not self.required:
            return ""
        return clean_email(text)


class TimeZone(fields.String):
    """The name of a time zone, such as Europe/Berlin."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        name = super()._deserialize(value, attr, data, **kwargs)
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValidationError(
                _("Please use the name of a time zone, such as Europe/Berlin.")
            ) from error
        return name
