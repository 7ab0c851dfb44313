"""Bare SQL: the two statements of a sign-up by plain psycopg, and nothing around them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

import psycopg

from services.registration.queries.sign_up import RECOGNISE, TAKE
from shared.identifiers import new_id
from shared.messaging.outbox import WAKE_EVERY
from tests.benchmarks.forks import side_by_side
from tests.benchmarks.load.report import Report, total

PROCESSES = 2
THREADS = 8


@dataclass
class _Wakes:
    every: float  # seconds
    last: float = 0.0

    def due(self, present: float) -> bool:
        if present - self.last < self.every:
            return False
        self.last = present
        return True


@dataclass(frozen=True)
class Work:
    """What the threads do: sign up for one of *slots* until *seconds* are over."""

    url: str
    slots: Sequence[UUID]
    constant: Mapping[str, Any]
    wakes: _Wakes
    seconds: float


def bare_sql(
    url: str, slots: Sequence[str], *, seconds: float = 2.0, wake_every: float = WAKE_EVERY
) -> Report:
    """Sign-ups for *slots*, from 2 processes with 8 threads and as many connections each.

    A process wakes the relay once in *wake_every* seconds, as the product does: 0 each time.
    """
    constant = {**CONSTANT, **_meeting_of(url, slots[0])}
    work = Work(url, [UUID(slot) for slot in slots], constant, _Wakes(wake_every), seconds)
    seed = time.time_ns() // 1000
    return total(side_by_side([partial(_process, work, f"{seed:x}p{i}") for i in range(PROCESSES)]))


def _process(work: Work, seed: str) -> Report:
    reports: list[Report] = []
    gate = threading.Barrier(THREADS)
    threads = [
        threading.Thread(target=_thread, args=(work, f"{seed}t{i}", gate, reports))
        for i in range(THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return (
        total(reports) if len(reports) == THREADS else Report(0, 1, work.seconds, "a thread died")
    )


def _thread(work: Work, seed: str, gate: threading.Barrier, reports: list[Report]) -> None:
    with psycopg.connect(work.url, autocommit=True, prepare_threshold=1) as connection:
        gate.wait()
        begin = time.monotonic()
        done = 0
        while (present := time.monotonic()) < begin + work.seconds:
            slot = work.slots[hash((seed, done)) % len(work.slots)]
            values = {**work.constant, **_values(slot, f"{seed}n{done}")}
            values["event_wakes"] = work.wakes.due(present)
            _sign_up(connection, values)
            done += 1
        reports.append(Report(done, 0, time.monotonic() - begin))


def _sign_up(connection: psycopg.Connection[Any], values: dict[str, Any]) -> None:
    found = connection.execute(RECOGNISE, values).fetchone()
    assert found is not None
    if connection.execute(TAKE, values).fetchone() is None:
        raise RuntimeError("no seat and no place in the list")


def _values(slot: UUID, name: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    registration_id = new_id()
    return {
        "id": registration_id,
        "slot_id": slot,
        "company_id": new_id(),
        "contact_id": new_id(),
        "company_name": f"Betrieb {name}",
        "name_key": f"betrieb {name}",
        "company_sort": f"betrieb {name}",
        "domain": f"{name}.example",
        "email": f"{name}@{name}.example",
        "email_key": f"{name}@{name}.example",
        "now": now,
        "deadline_at": now + timedelta(hours=48),
        "lately": now,
        "origin": "",
        "attendee_ids": [new_id(), new_id()],
        "search": f"betrieb {name} erika beispiel {name}@{name}.example",
        "event_id": new_id(),
        "event_aggregate_id": registration_id,
        "event_occurred_at": now,
        "event_correlation_id": str(registration_id),
    }


def _meeting_of(url: str, slot: str) -> Mapping[str, Any]:
    """Meeting, with its revision, and network of a slot, as registration knows them."""
    query = """select meeting.id as meeting_id, meeting.network_id, meeting.revision from slot
               join meeting on meeting.id = slot.meeting_id where slot.id = %s"""
    with psycopg.connect(url) as connection:
        row = connection.execute(query, [slot]).fetchone()
        assert row is not None
        return {"meeting_id": row[0], "network_id": row[1], "meeting_revision": row[2]}


# What stays the same from one sign-up to the next, in the size it has in the product.
CONSTANT: dict[str, Any] = {
    "postcode": "44149",
    "district": "",
    "contact_name": "Erika Beispiel",
    "phone": "",
    "on_behalf": False,
    "relaxed": True,
    "invited": False,
    "takes": True,
    "told_later": False,
    "may_wait": True,
    "state": "held",
    "seats": 2,
    "reason": "",
    "verified_at": None,
    "language": "de",
    "accepts_fewer": False,
    "note": "",
    "hint": "",
    "notice_version": "1",
    "answers": "{}",
    "invitation_id": None,
    "contact_position": 1,
    "adds_contact": True,
    "attendee_names": ["Erika Beispiel", "Max Muster"],
    "attendee_emails": [None, None],
    "event_name": "RegistrationHeld",
    "event_version": 1,
    "event_revision": 1,
    "event_subscribers": ["scheduling", "notifications"],
    "event_payload": json.dumps({"filler": "x" * 1100}),
}
