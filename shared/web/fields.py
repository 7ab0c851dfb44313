"""Fields for what people type: bounded, and by the rule of ``shared/plain_text.py``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import ValidationError, fields

from shared import plain_text
from shared.language import gettext as _
from shared.language import lazy_gettext
from shared.plain_text import Flaw, NotPlainError

# Text is looked at before it is trimmed only where it is not far longer than it may be afterwards.
RAW = 4
_WORDS = {
    Flaw.INVISIBLE: lazy_gettext("Please remove invisible control characters."),
    Flaw.ACCENTS: lazy_gettext("Please remove the accents that lie upon each other."),
    Flaw.ADDRESS: lazy_gettext("Please enter an e-mail address like name@company.example."),
}


def clean_line(text: str) -> str:
    """*text* as a line is kept. Raises ValidationError saying what to do."""
    return _cleaned(plain_text.one_line, text)


def clean_lines(text: str) -> str:
    """*text* as several lines are kept. Raises ValidationError saying what to do."""
    return _cleaned(plain_text.lines, text)


def clean_email(text: str) -> str:
    """A usable address, its domain in lower case. Raises ValidationError saying what to do."""
    return _cleaned(plain_text.address, text)


def _cleaned(clean: Callable[[str], str], text: str) -> str:
    try:
        return clean(text)
    except NotPlainError as error:
        raise ValidationError(str(_WORDS[error.flaw])) from error


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
