"""What one service adds to the operator's view."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared.messaging.condition import Trouble
from shared.observability import Figure

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def _nothing(_connection: Connection) -> tuple[()]:
    return ()


def _no_values(_connection: Connection) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, kw_only=True)
class Part:
    """Each function reads in the connection it gets, and writes nothing."""

    figures: Callable[[Connection], Iterable[Figure]] = _nothing
    troubles: Callable[[Connection], Iterable[Trouble]] = _nothing
    template: str | None = None  # included in the page, with what values() gives
    values: Callable[[Connection], dict[str, Any]] = _no_values
