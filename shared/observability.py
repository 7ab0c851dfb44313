"""What a process tells about itself: JSON log lines that carry a correlation id and ids, never personal data."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

import structlog

from shared.identifiers import new_id
from shared.telling_errors import message_of, stack_of

_correlation: ContextVar[str] = ContextVar("correlation_id", default="")
_counts: Counter[str] = Counter()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One number for Prometheus; its name without the treffpunkt_ in front."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    counts_up: bool = False  # a sum since some start; its name then ends in _total


@dataclass
class _Speaker:
    """This process, as its lines show it, and what was prepared: the level, and where they go."""

    process: str = ""
    prepared: tuple[str, object] | None = None


_speaker = _Speaker()


def correlation_id() -> str:
    """The id that joins everything one request caused, across services; made where there is none."""
    current = _correlation.get()
    if not current:
        current = str(new_id())
        _correlation.set(current)
    return current


def begin_correlation(identifier: str) -> Token[str]:
    """From now on work belongs to *identifier*, until ``end_correlation`` of what is returned."""
    return _correlation.set(identifier)


def end_correlation(token: Token[str]) -> None:
    """Back to what was before."""
    _correlation.reset(token)


@contextmanager
def correlated(identifier: str | None) -> Iterator[str]:
    """Work inside the block belongs to *identifier* (a new one if None)."""
    token = _correlation.set(identifier or str(new_id()))
    try:
        yield _correlation.get()
    finally:
        _correlation.reset(token)


def _add_correlation(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    if current := _correlation.get():
        event["correlation_id"] = current
    return event


def count(what: str, number: int = 1) -> None:
    """Count *what* in this process; told with its signs of life as treffpunkt_*what*_total."""
    _counts[what] += number


def counts() -> dict[str, int]:
    """What this process has counted since it started."""
    return dict(_counts)


def configure_logging(process: str, level: str = "INFO") -> None:
    """One JSON object per line on standard error, for our own log lines and those of libraries."""
    _speaker.process = process
    prepare_logging(level)
    sys.excepthook = _crashed
    threading.excepthook = _crashed_in_thread


def prepare_logging(level: str) -> None:
    """The part of it that all processes have in common, so that a parent can do it for its children."""
    if _speaker.prepared == (level, sys.stderr):
        return
    _speaker.prepared = (level, sys.stderr)
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _add_correlation,
    ]
    structlog.configure(
        processors=[
            *shared,
            _exception,
            _process_name,
            structlog.processors.JSONRenderer(serializer=_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                _without_words,
                *shared,
                structlog.stdlib.add_logger_name,
                _process_name,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(logging.getLevelName(level), logging.WARNING))


# Nothing that a person entered is ever logged, at no level: not by us, and not in the texts of errors and
# libraries, which quote what they fail about.
def _without_words(_logger: object, _method: str, event: Any) -> Any:
    event["event"] = message_of(event["_record"])
    return event


_render_exception = structlog.processors.ExceptionRenderer(stack_of)


def _exception(logger: Any, method: str, event: Any) -> Any:
    return _render_exception(logger, method, event)


def _crashed(kind: type[BaseException], error: BaseException, trace: Any) -> None:
    get_logger("process").error("crashed", exc_info=(kind, error, trace))


def _crashed_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        _crashed(told.exc_type, told.exc_value, told.exc_traceback)


# Built once: an encoder per line costs more than the encoding.
_encode = json.JSONEncoder(default=repr).encode


def _json(event: dict[str, Any], **_options: Any) -> str:
    return _encode(event)


def _process_name(_logger: object, _method: str, event: Any) -> Any:
    event["process"] = _speaker.process
    return event


def get_logger(name: str) -> Any:
    """A logger: ``log.info("registration_held", registration_id=...)``; ids only, never names or addresses."""
    return structlog.get_logger(source=name)
