"""Messages that nobody of ours has sent: refused, harmless, and the worker goes on."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared.clock import now
from shared.events.envelope import Envelope, Signer
from shared.identifiers import new_id
from shared.settings import SERVICES
from tests.faults.invariants import rows
from tests.faults.town import Town

SAMPLE = Path("tests/contract/samples/NetworkSaved.v1.json")
FORGED = "Forged network"
LARGE = 10 * 1024 * 1024
DEEP = 50_000


class _Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def push(town: Town) -> None:
    """All of them into all queues."""
    with town.redis() as client:
        for service in SERVICES:
            for message in _messages(town, service):
                client.lpush(service, message)


def _messages(town: Town, service: str) -> Iterator[bytes]:
    signer = Signer(town.settings.secret_keys)
    other = next(name for name in SERVICES if name != service)
    task, body = f"{service}.receive", _envelope()
    yield _message(
        service, task, pickle.dumps(_Bomb(str(_bomb(town)))), "application/x-python-serialize"
    )
    yield _call(service, "os.system", "touch /tmp/x", "")
    yield _call(service, f"{other}.receive", body, signer.sign(body, other))
    yield _call(service, task, body, "")
    yield _call(service, task, body, _almost(signer.sign(body, service)))
    yield _call(service, task, body, signer.sign(body, other))
    yield _call(service, task, body, 7)
    yield _call(service, task)
    yield _call(service, task, "{}", signer.sign("{}", service))
    yield _call(service, task, "x" * LARGE, "")
    yield _call(service, f"{service}.ask", body, signer.sign(body, other))
    yield _call(service, f"{service}.periodic", "no such job")
    yield _message(service, task, b"[" * DEEP + b"]" * DEEP, "application/json")
    deep = "[" * DEEP + "]" * DEEP
    yield _call(service, task, deep, signer.sign(deep, service))
    yield b"[" * DEEP + b"]" * DEEP
    yield from (b"no JSON", b"{}", b"[]", b'{"body": 1, "properties": {}}')


def _almost(signature: str) -> str:
    """Wrong in its last character."""
    return signature[:-1] + ("1" if signature.endswith("0") else "0")


def _envelope() -> str:
    payload = json.loads(SAMPLE.read_text(encoding="utf-8")) | {"name": FORGED}
    return Envelope(
        id=new_id(),
        name="NetworkSaved",
        version=1,
        publisher="scheduling",
        occurred_at=now(),
        correlation_id="forged",
        aggregate_id=new_id(),
        revision=1,
        payload=payload,
    ).to_json()


def _call(queue: str, task: str, *arguments: object) -> bytes:
    body = json.dumps(
        [arguments, {}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None}]
    )
    return _message(queue, task, body.encode(), "application/json")


def _message(queue: str, task: str, body: bytes, content_type: str) -> bytes:
    identifier = str(new_id())
    message = {
        "body": base64.b64encode(body).decode(),
        "content-encoding": "utf-8" if content_type == "application/json" else "binary",
        "content-type": content_type,
        "headers": {"lang": "py", "task": task, "id": identifier, "argsrepr": "", "kwargsrepr": ""},
        "properties": {
            "correlation_id": identifier,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": queue},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": identifier,
        },
    }
    return json.dumps(message).encode()


def _bomb(town: Town) -> Path:
    return town.points / "unpickled"


def traces(town: Town) -> list[str]:
    """What the forgers have achieved."""
    found = ["a pickle was read"] if _bomb(town).exists() else []
    for service in SERVICES:
        query = f"select event_id from inbox where envelope::text like '%{FORGED}%'"
        found += [f"{service} has stored {row[0]}" for row in rows(town.settings, service, query)]
    with town.redis() as client:
        found += [f"{name} still waits" for name in SERVICES if client.llen(name) > 20]
    return found
