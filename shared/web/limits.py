"""Rate limits of public routes, counted per address in this process."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

if TYPE_CHECKING:
    from shared.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
LIMIT = "_treffpunkt_limit"


def limited(limit: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Unsafe calls of this route are limited per address, e.g. ``@limited("60 per minute")``."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, LIMIT, limit)
        return view

    return decorate


def apply_limits(app: Flask, settings: Settings) -> None:
    """Put the declared limits in force, unless the installation switched them off."""
    if not settings.rate_limit:
        return
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://")
    for endpoint, view in list(app.view_functions.items()):
        limit = getattr(view, LIMIT, None)
        if limit:
            limiting = limiter.limit(limit, methods=["POST", "PUT", "PATCH", "DELETE"])
            app.view_functions[endpoint] = limiting(view)  # type: ignore[assignment]
