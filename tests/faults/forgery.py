"""Messages that nobody of ours has sent: refused, harmless, and the worker goes on."""

from __future__ import annotations

import base64
import json
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from shared.clock import now
from shared.events.envelope import Envelope, Signer
from shared.identifiers import new_id
from shared.settings import SERVICES
from tests.faults.invariants import rows
from tests.faults.town import Town
from tests.wait import wait_until

SAMPLE = Path("tests/contract/samples/NetworkSaved.v1.json")
FORGED = "Forged network"
MARK = "forged-"  # how the ids of these messages begin
LARGE = 10 * 1024 * 1024
DEEP = 50_000
# No message at all: it ends the worker that reads it, which its supervisor starts anew.
RUBBISH = (b"[" * DEEP + b"]" * DEEP, b"no JSON", b"{}", b"[]", b'{"body": 1, "properties": {}}')
COUNTED = 9  # of those for one service: what reaches a task of ours and is refused there
METRICS = {
    "registration": "/metrics",
    "scheduling": "/scheduling/metrics",
    "notifications": "/notifications/metrics",
}
GONE_WITHIN = 60.0  # seconds; workers tell their numbers every few


class _Bomb:
    """Leaves a file where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return open, (self.path, "w")


def push(town: Town) -> None:
    """All of them into all queues, one after the other: Redis has no room for three times the large ones."""
    town.kept["refused"] = {service: _refused(town, service) for service in SERVICES}
    with town.redis() as client:
        for service in SERVICES:
            for message in _messages(town, service):
                client.lpush(service, message)
            wait_until(partial(_is_empty, client, service), within=GONE_WITHIN)


def _is_empty(client: Any, queue: str) -> bool:
    return not client.llen(queue)


def push_rubbish(town: Town) -> None:
    """Into all queues, what no worker can read."""
    with town.redis() as client:
        for service in SERVICES:
            client.lpush(service, *RUBBISH)


def _messages(town: Town, service: str) -> Iterator[bytes]:
    signer = Signer(town.settings.secret_keys)
    other = next(name for name in SERVICES if name != service)
    task, body = f"{service}.receive", _envelope()
    yield _message(
        service, task, pickle.dumps(_Bomb(str(_bomb(town)))), "application/x-python-serialize"
    )
    yield _call(service, "os.system", f"touch {_touched(town)}")
    yield _call(service, f"{other}.receive", body, signer.sign(body, other))
    yield _call(service, task, body, "")
    yield _call(service, task, body, _almost(signer.sign(body, service)))
    yield _call(service, task, body, signer.sign(body, other))
    yield _call(service, task, body, 7)
    yield _call(service, task)
    yield _call(service, task, "{}", signer.sign("{}", service))
    large = "x" * LARGE
    yield _call(service, task, large, "")
    yield _call(service, task, large, signer.sign(large, service))
    yield _call(service, f"{service}.ask", body, signer.sign(body, other))
    yield _call(service, f"{service}.periodic", "no such job")
    yield _message(service, task, b"[" * DEEP + b"]" * DEEP, "application/json")
    deep = "[" * DEEP + "]" * DEEP
    yield _call(service, task, deep, signer.sign(deep, service))


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
    identifier = f"{MARK}{new_id()}"
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


def _touched(town: Town) -> Path:
    return town.points / "touched"


def _refused(town: Town, service: str) -> float:
    """How many messages the workers of a service say they have refused."""
    told = town.stack.get(METRICS[service])[1].splitlines()
    return sum(
        float(line.rpartition(" ")[2])
        for line in told
        if line.startswith("treffpunkt_messages_refused_total")
    )


def traces(town: Town) -> list[str]:
    """What the forgers have achieved."""
    found = [f"{path.name} by a worker" for path in (_bomb(town), _touched(town)) if path.exists()]
    for service in SERVICES:
        query = f"select event_id from inbox where envelope::text like '%{FORGED}%'"
        found += [f"{service} has stored {row[0]}" for row in rows(town.settings, service, query)]
    return found + _left(town)


def _left(town: Town) -> list[str]:
    """What still waits in a queue, or is in the hands of a worker."""
    with town.redis() as client:

        def left() -> list[str]:
            taken = sum(MARK.encode() in message for message in client.hvals("unacked"))
            found = [f"{taken} taken and not done with"] if taken else []
            return found + [f"{name} still waits" for name in SERVICES if client.llen(name)]

        return _what_stays(left)


def uncounted(town: Town) -> list[str]:
    """Services that do not say that they have refused what was forged."""
    before = town.kept.pop("refused")
    assert isinstance(before, dict)

    def silent() -> list[str]:
        numbers = {service: _refused(town, service) - before[service] for service in SERVICES}
        return [
            f"{service} has counted {number:.0f} refused messages, not {COUNTED}"
            for service, number in numbers.items()
            if number < COUNTED
        ]

    return _what_stays(silent)


def _what_stays(look: Callable[[], list[str]]) -> list[str]:
    """What is there still when time is up."""
    found: list[str] = []

    def gone() -> bool:
        found[:] = look()
        return not found

    with suppress(AssertionError):
        wait_until(gone, within=GONE_WITHIN)
    return found
