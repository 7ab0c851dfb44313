"""What a service tells the messaging about itself: handlers and periodic work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from shared.events.envelope import Envelope, Fact

# (session, fact, envelope): takes effect in the session's transaction, never commits, raises to be retried.
Handler = Callable[[Session, Any, Envelope], None]


@dataclass(frozen=True, kw_only=True)
class Periodic:
    """Work done every *every* seconds, or once a day, at *hour* UTC or soon after everything runs again.

    Must be safe to run twice at once, and after half of it was done.

    ``with_settings``: it gets the settings as a third argument.
    """

    name: str
    run: Callable[..., None]  # (database, now)
    with_settings: bool = False
    every: float | None = None
    hour: int | None = None


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service as its worker sees it."""

    name: str
    handlers: Mapping[type[Fact], Handler]
    periodic: Sequence[Periodic] = ()
