"""HTML forms: what was typed is kept, each error stands at its field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from marshmallow import Schema, ValidationError

from shared.language import gettext as _

Errors = dict[str, list[str]]
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"
MOST_DIGITS = 3


def typed() -> dict[str, str]:
    """The first value of each field as it was typed, for showing it again."""
    return {name: values[0] for name, values in request.form.lists()}


def small_number(text: str, otherwise: int, *, digits: int = MOST_DIGITS) -> int:
    """The number of at most so many *digits* that *text* writes; *otherwise* for anything else."""
    # Bounded, because Python refuses to read very long numbers.
    written = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if written else otherwise


def load(schema: Schema, values: Mapping[str, Any]) -> tuple[dict[str, Any], Errors]:
    """What *schema* makes of *values*, or the messages by field; exactly one of the two is empty."""
    try:
        return schema.load(values), {}
    except ValidationError as error:
        return {}, flat_errors(error.normalized_messages())  # type: ignore[no-untyped-call]


def flat_errors(messages: Mapping[Any, Any], prefix: str = "") -> Errors:
    """Nested messages as one level: {"attendees": {0: {"name": [..]}}} becomes {"attendees-0-name": [..]}."""
    flat: Errors = {}
    for key, value in messages.items():
        name = f"{prefix}{'form' if key == '_schema' else key}"
        if isinstance(value, Mapping):
            flat.update(flat_errors(value, f"{name}-"))
        else:
            flat[name] = [str(text) for text in (value if isinstance(value, list) else [value])]
    return flat


class LocalTimeError(ValueError):
    """A local time that is unreadable or does not exist; the text tells the reader."""


def parse_local(text: str, tz: ZoneInfo) -> datetime:
    """The moment a form field means by the clock of *tz*. Raises LocalTimeError in the reader's words.

    Of an hour that comes twice in the autumn, the first (summer time) is meant.
    """
    try:
        naive = datetime.strptime(text.strip()[:16], LOCAL_FORMAT)  # noqa: DTZ007 - zone follows
    except ValueError as error:
        raise LocalTimeError(_("Please enter date and time, such as 18.11.2025, 15:00.")) from error
    moment = naive.replace(tzinfo=tz)
    back = moment.astimezone(ZoneInfo("UTC")).astimezone(tz)
    if back.replace(tzinfo=None) != naive:
        raise LocalTimeError(_("This hour does not exist: the clocks go forward that night."))
    return moment


def local_text(moment: datetime | None, tz: ZoneInfo) -> str:
    """The value of a datetime-local field."""
    return moment.astimezone(tz).strftime(LOCAL_FORMAT) if moment else ""
