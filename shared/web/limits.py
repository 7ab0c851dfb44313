"""Rate limits: per address, per network of addresses, and per thing that is asked for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, wraps
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from flask import Flask, current_app, g, request

from shared.counters import Counters
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.web.context import runtime, settings
from shared.web.problems import Problem

if TYPE_CHECKING:
    from shared.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")
LIMIT = "_treffpunkt_limit"
COUNTERS = "treffpunkt_counters"
LIMITED_METHODS = {"POST", "PUT", "PATCH", "DELETE"}
# A whole office or school shares a network, and mobile phones share one with strangers.
SHARE_OF_NETWORK = 5
_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}
_SHAPE = re.compile(r"(\d+) per (second|minute|hour|day)")


@dataclass(frozen=True)
class Limit:
    """At most so many in so many seconds."""

    most: int
    window: int


@lru_cache
def limit_of(text: str) -> Limit:
    """Read "60 per minute". Raises ValueError."""
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no limit like '60 per minute'")
    return Limit(int(found[1]), _SECONDS[found[2]])


def limited(limit: str, *, about: str = "") -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Unsafe calls of this route are limited per address and network, e.g. ``@limited("60 per minute")``.

    *about* names the field of a JSON body whose id tells whose telephone number a refused caller reads.
    """
    declared = (limit_of(limit), about)

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        setattr(view, LIMIT, declared)
        return view

    return decorate


def apply_limits(app: Flask, settings: Settings) -> None:
    """Put the declared limits in force, unless the installation switched them off."""
    if not settings.rate_limit:
        return
    app.extensions[COUNTERS] = Counters(settings.limits_redis_url)
    for endpoint, view in list(app.view_functions.items()):
        if declared := getattr(view, LIMIT, None):
            limit, about = declared
            guarded = _guarded(view, endpoint, limit=limit, about=about)
            app.view_functions[endpoint] = guarded  # type: ignore[assignment]


def _guarded(view: Callable[P, R], endpoint: str, *, limit: Limit, about: str) -> Callable[P, R]:
    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method in LIMITED_METHODS:
            address, network = visitor()
            wide = Limit(limit.most * SHARE_OF_NETWORK, limit.window)
            _count(f"{endpoint}:address:{address}", limit, about)
            _count(f"{endpoint}:network:{network}", wide, about)
        return view(*args, **kwargs)

    return guarded


def within(limit: str, what: str) -> None:
    """Count one more for *what* ("slot:ID"), whoever asks. Raises Problem 429 beyond *limit*."""
    if settings().rate_limit:
        _count(what, limit_of(limit))


def origin() -> str:
    """A word for the network that the visitor comes from, which tells nothing else; "" where nothing is limited."""
    return visitor()[1] if settings().rate_limit else ""


def visitor() -> tuple[str, str]:
    """Words for the visitor's address and for its network; the same for the same ones, and not to be read back."""
    return _words(request.remote_addr or "", settings().secret_keys[0])


@lru_cache(maxsize=1024)
def _words(address: str, key: str) -> tuple[str, str]:
    return tuple(  # type: ignore[return-value]
        hashlib.blake2b(text.encode(), key=key.encode()[:64], digest_size=9).hexdigest()
        for text in networks_of(address)
    )


def networks_of(address: str) -> tuple[str, str]:
    """What one visitor has, and what one network has: of IPv6 a whole /64 is one household's."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "unknown", "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    own, wide = (64, 48) if isinstance(found, IPv6Address) else (32, 24)
    near = ip_network(f"{found}/{own}", strict=False)
    far = ip_network(f"{found}/{wide}", strict=False)
    return str(near), str(far)


def _count(key: str, limit: Limit, about: str = "") -> None:
    counters: Counters = current_app.extensions[COUNTERS]
    name = f"limit:{runtime().service}:{key}"
    if seconds := counters.add(name, most=limit.most, window=limit.window):
        _remember_whom_to_call(about)
        raise too_many(
            _(
                "Please wait %(seconds)s seconds and send it again. Nothing is lost.",
                seconds=seconds,
            ),
            retry_after=seconds,
        )


def _remember_whom_to_call(about: str) -> None:
    body = request.get_json(silent=True) if about else None
    named = parse_id(body.get(about)) if isinstance(body, dict) else None  # type: ignore[arg-type]
    if named:
        g.telephone_of = str(named)


def too_many(text: str, *, retry_after: int, kind: str = "too-many-requests") -> Problem:
    """429 that says when there is room again."""
    return Problem(429, kind, text, headers={"Retry-After": str(retry_after)})
