"""Errors in words that tell of no person: what kind, where, and of the text only what cannot name anybody.

The text of an error often quotes what it is about: a statement its parameters, a constraint the row, a mail
server the address. None of that belongs in a log.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any

FRAMES = 12  # the innermost
LONGEST = 300
HIDDEN = "…"
_ADDRESS = re.compile(r"[^\s<>()\"']+@[^\s<>()\"']+")
_TOKEN = re.compile(r"[\w.~=+/-]{32,}")
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def described(error: BaseException) -> str:
    """One line about *error*. The text of an error is told only where its class has ``TELLS_NOBODY``."""
    name = type(error).__name__
    original = getattr(error, "orig", None)
    if isinstance(original, BaseException):  # SQLAlchemy's wrapping of the driver's
        return f"{name}: {described(original)}"
    if state := getattr(error, "sqlstate", None):
        return f"{name} {state}{_place(getattr(error, 'diag', None))}"
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    if getattr(error, "TELLS_NOBODY", False):
        return f"{name}: {masked(str(error))}"
    return name


def first_line(error: BaseException) -> str:
    """For a table that admins read: the kind and the first line, without addresses and tokens."""
    lines = str(getattr(error, "orig", None) or error).splitlines() or [""]
    return f"{type(error).__name__}: {masked(lines[0])}"


def masked(text: str) -> str:
    """*text* without anything that looks like an address or a token."""
    return _TOKEN.sub(HIDDEN, _ADDRESS.sub(HIDDEN, text))[:LONGEST]


def stack_of(exc_info: ExcInfo) -> str:
    """Where it happened and what led to it, innermost last; no values, no source."""
    return "\n".join(_chain(exc_info[1], exc_info[2]))


def _chain(error: BaseException, trace: TracebackType | None) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _chain(cause, cause.__traceback__)
        yield "which led to"
    for frame in traceback.extract_tb(trace)[-FRAMES:]:
        place = frame.filename.rpartition("site-packages/")[2]
        yield f"  {place}:{frame.lineno} {frame.name}"
    yield described(error)


def _place(diagnostics: Any) -> str:
    names = ("table_name", "column_name", "constraint_name")
    found = [getattr(diagnostics, name, None) for name in names]
    return "".join(f" {name}" for name in found if name)


def message_of(record: logging.LogRecord) -> str:
    """What a library says, with the numbers in it and without its words: they may be anybody's."""
    if not isinstance(record.msg, str):
        is_error = isinstance(record.msg, BaseException)
        return described(record.msg) if is_error else type(record.msg).__name__
    if not record.args:
        return masked(record.msg)
    try:
        return masked(record.msg % _harmless(record.args))
    except (TypeError, ValueError, KeyError):
        return record.msg


def _harmless(arguments: Any) -> Any:
    if isinstance(arguments, Mapping):
        return {name: _harmless_value(value) for name, value in arguments.items()}
    return tuple(_harmless_value(value) for value in arguments)


def _harmless_value(value: object) -> object:
    if value is None or isinstance(value, int | float):
        return value
    return described(value) if isinstance(value, BaseException) else HIDDEN
