"""Sign-ups through the JSON API, from wrk or from plain Python."""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import Any

from tests.benchmarks.load.clients import MakeStory, Story, hammer, once, request
from tests.benchmarks.load.report import Report
from tests.benchmarks.load.wrk import PROGRAM, wrk

PATH = "/api/v1/registrations"
JSON = "application/json"


def body(name: str, slot: str) -> dict[str, Any]:
    """Two people of a company nobody has heard of."""
    return {
        "slot_id": slot,
        "company": {"name": f"Betrieb {name}", "postcode": "44369"},
        "contact": {"name": "Erika Beispiel", "email": f"{name}@{name}.example"},
        "attendees": [{"name": "Erika Beispiel"}, {"name": "Max Muster"}],
        "consents": {"privacy": True},
        "language": "de",
    }


def sign_ups(
    port: int,
    slots: Sequence[str],
    *,
    clients: int = 16,
    seconds: float = 2.0,
    strangers: bool = False,
) -> Report:
    """As many as 16 clients get done; *strangers*: each sign-up comes from an address of its own."""
    if PROGRAM:
        return wrk(
            f"http://127.0.0.1:{port}{PATH}",
            clients=clients,
            seconds=seconds,
            status=201,
            headers={"Content-Type": JSON},
            body=json.dumps(body("@NAME@", "@SLOT@")),
            slots=slots,
            strangers=strangers,
        )
    return hammer(port, _story(slots, strangers=strangers), clients=clients, seconds=seconds)


def _story(slots: Sequence[str], *, strangers: bool) -> MakeStory:
    def story(number: int) -> Story:
        content = json.dumps(body(f"{number:x}", slots[number % len(slots)])).encode()
        address = (
            [f"X-Forwarded-For: {IPv4Address(number * 2654435761 % 2**32)}"] if strangers else []
        )
        (yield request("POST", PATH, content, kind=JSON, more=address)).expect(201)

    return story


def pages(
    port: int,
    path: str = "/",
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    clients: int = 16,
    seconds: float = 2.0,
) -> Report:
    """The same page again and again."""
    headers = headers or {}
    if PROGRAM:
        url = f"http://127.0.0.1:{port}{path}"
        return wrk(url, clients=clients, seconds=seconds, status=status, headers=headers)
    lines = [f"{name}: {value}" for name, value in headers.items()]
    story = once("GET", path, status=status, more=lines)
    return hammer(port, story, clients=clients, seconds=seconds)
