"""The reviewed table of who may do what, and the routes as the code declares them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from shared.web.auth import policy_of

TABLE = Path(__file__).parent / "contract" / "access.txt"
ROLES = ("viewer", "coordinator", "admin")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line: a method of a route, the least role (or everybody), and what the address names."""

    service: str
    method: str
    rule: str
    who: str  # everybody, form (everybody, with a token of the form), or the least role
    thing: str  # what the address or the body names; "-" for nothing

    @property
    def is_api(self) -> bool:
        """Whether programs call it, with a token instead of a cookie."""
        return "/api/v" in self.rule

    @property
    def is_safe(self) -> bool:
        """Whether it must change nothing."""
        return self.method == "GET"


def entries() -> list[Entry]:
    """The table."""
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return [
        Entry(service=service_of(rule), method=method, rule=rule, who=who, thing=thing)
        for method, rule, who, thing in rows
    ]


def service_of(rule: str) -> str:
    """Whose route it is."""
    first = rule.split("/")[1]
    return first if first in {"scheduling", "notifications"} else "registration"


def declared(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Method, rule and policy of all routes of *app*."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        handlers = getattr(view, "view_class", None)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            policy = policy_of(getattr(handlers, method.lower()) if handlers else view)
            if policy is None:
                # The one exception of the start-up check: files that everybody may see.
                assert rule.endpoint == "static"
                yield method, rule.rule, "everybody"
            else:
                yield method, rule.rule, policy.role or ("form" if policy.csrf else "everybody")


def parameters(rule: str) -> list[str]:
    """The names of the variable parts of an address."""
    return re.findall(r"<(?:\w+:)?(\w+)>", rule)


def filled(rule: str, values: dict[str, str]) -> str:
    """The address with its variable parts filled in."""
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule)
