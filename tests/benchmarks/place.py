"""Where it is measured: a whole embedded stack with a network, a venue and published meetings."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.stack import Stack, new_stack
from tests.wait import wait_until

BEHIND = (
    "relay",
    "mailer",
    "beat",
    "worker-registration",
    "worker-scheduling",
    "worker-notifications",
)
SOON = timedelta(days=30)


@dataclass
class Meeting:
    """A published meeting that registration knows by now."""

    id: str
    slug: str
    slots: list[str]


@dataclass
class Place:
    """A running stack and what was set up on it through its own API."""

    stack: Stack
    network_id: str = ""
    _days: int = 0
    _stopped: list[str] = field(default_factory=list)

    def ask(self, method: str, path: str, body: Any = None, *, token: bool = True) -> Any:
        """The JSON that an API call answers. RuntimeError for anything but success."""
        status, text = self.stack.call(
            method, path, body, token=self.stack.token if token else None
        )
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {text[:500]}")
        return json.loads(text) if text else None

    def network(self) -> str:
        """A network of its own; its id."""
        if not self.network_id:
            body = {
                "name": "Dortmund-West",
                "slug": "dortmund-west",
                "districts": [{"name": "Huckarde", "postcodes": ["44369"]}],
                "contact_name": "Nora Netz",
                "contact_email": "netz@stadt.example",
                "contact_phone": "0231 123456",
            }
            self.network_id = self.ask("POST", "/scheduling/api/v1/networks", body)["id"]
        return self.network_id

    def meeting(self, slots: int, capacity: int, **more: Any) -> Meeting:
        """Publish a meeting with so many slots; each call on a day of its own."""
        self._days += 1
        begin = (datetime.now(UTC) + SOON + timedelta(days=self._days)).replace(
            hour=13, minute=0, second=0, microsecond=0
        )
        body = {
            "network_id": self.network(),
            "title": f"Netzwerktreffen {self._days}",
            "slug": f"treffen-{self._days}",
            "venue_id": self._venue(),
            "starts_at": _text(begin),
            "ends_at": _text(begin + timedelta(hours=3)),
            "admission": "open",
            "description": "Neues aus dem Netzwerk.\n\nWir freuen uns auf Sie.",
            "agenda": [{"starts_at": _text(begin), "title": "Begrüßung"}],
            "slots": _slots(begin, slots, capacity),
            **more,
        }
        made = self.ask("POST", "/scheduling/api/v1/meetings", body)
        self.ask("POST", f"/scheduling/api/v1/meetings/{made['id']}/publish")
        wait_until(lambda: self._is_public(made["id"]), within=20)
        known = self.ask("GET", f"/api/v1/meetings/{made['id']}", token=False)
        return Meeting(made["id"], body["slug"], [slot["id"] for slot in known["slots"]])

    def _venue(self) -> str:
        body = {
            "network_id": self.network(),
            "name": f"Hauptschule Kley {self._days}",
            "street": "Kleyer Weg 90",
            "postcode": "44149",
            "city": "Dortmund",
            "room": "Aula",
            "arrival_note": "Eingang am Hof, Haltestelle Kley S.",
        }
        venue: str = self.ask("POST", "/scheduling/api/v1/venues", body)["id"]
        return venue

    def _is_public(self, meeting_id: str) -> bool:
        return self.stack.call("GET", f"/api/v1/meetings/{meeting_id}")[0] == 200

    def url(self, service: str) -> str:
        """The address of a service's database."""
        return self.stack.settings.database_url(service)

    def pause(self, names: Sequence[str] = BEHIND) -> None:
        """Stop what works behind the web process, so that it takes no processor from what is measured."""
        for name in names:
            os.kill(self.stack.pid(name), signal.SIGSTOP)
        self._stopped += names

    def resume(self, names: Sequence[str] | None = None) -> None:
        """Let these go on, or everything."""
        for name in [name for name in self._stopped if names is None or name in names]:
            os.kill(self.stack.pid(name), signal.SIGCONT)
            self._stopped.remove(name)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Inside the block the whole product is at work, though it is paused around it."""
        self.resume()
        try:
            yield
        finally:
            self.pause()


@contextmanager
def place(**environment: str) -> Iterator[Place]:
    """A new stack for as long as the block lasts."""
    with ExitStack() as after:
        stack = new_stack(**environment)
        after.callback(stack.clean)
        here = Place(stack.start(within=120))
        after.callback(here.resume)
        yield here


def _slots(begin: datetime, number: int, capacity: int) -> list[dict[str, Any]]:
    until = _text(begin + timedelta(hours=3))
    return [
        {
            "starts_at": _text(begin),
            "ends_at": until,
            "capacity": capacity,
            "label": f"Tisch {i + 1}",
        }
        for i in range(number)
    ]


def _text(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
