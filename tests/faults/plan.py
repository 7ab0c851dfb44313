"""Who wants what during one fault: decided by a seed, spread over its time."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from tests import factories
from tests.clients import Api
from tests.faults.load import OK, UNKNOWN, Operation, Person, operation
from tests.office import Office

CLIENTS = 6
SIGN_UPS, CONFIRMATIONS, CHANGES, CANCELLATIONS = 24, 6, 6, 4
CAPACITY = 36  # so that a good part of them waits
EARLIER = timedelta(minutes=15)
LEAST = 1.5  # seconds over which the load is spread
PATIENT = 90.0  # seconds until a patient client gives up; every fourth gives up at once
MANAGE = "/api/v1/registrations/manage"
CONFIRM = "/api/v1/registrations/confirm"
REGISTER = "/api/v1/registrations"


@dataclass
class Gathering:
    """A meeting with those who signed up for it."""

    meeting: dict[str, Any]
    people: list[Person]
    move: Operation | None = None

    @property
    def id(self) -> str:
        """The meeting's."""
        return str(self.meeting["id"])

    @property
    def planned(self) -> datetime:
        """When it began at first."""
        return factories.utc(self.meeting["starts_at"])

    @property
    def wanted(self) -> datetime:
        """When the move lets it begin."""
        return self.planned - EARLIER

    @property
    def beginnings(self) -> set[datetime]:
        """When it may begin, after what was said to whoever moved it."""
        of_outcome = {OK: {self.wanted}, UNKNOWN: {self.planned, self.wanted}}
        return of_outcome.get(self.move.outcome if self.move else "", {self.planned})


def gathering(office: Office, chance: random.Random) -> Gathering:
    """A new meeting and people who have not signed up yet."""
    # Days apart, and a venue each: no meeting of this run is in the way of another.
    meeting = office.published(
        capacity=CAPACITY, starts_at=factories.afternoon(20 + chance.randrange(60))
    )
    slot = meeting["slots"][0]["id"]
    people = [
        Person(
            email=factories.address("company"),
            seats=chance.randint(1, 4),
            slot_id=slot,
            patience=PATIENT if number % 4 else 0.0,
        )
        for number in range(SIGN_UPS)
    ]
    return Gathering(meeting, people)


class Plan:
    """Sign-ups for a new meeting; confirmations, changes, cancellations and a move of the one before."""

    def __init__(self, api: Api, new: Gathering, old: Gathering | None, keys: Keys) -> None:
        self._api = api
        self.new = new
        self.old = old
        self._keys = keys
        self.operations: list[Operation] = []  # everything that was tried

    def works(self, chance: random.Random) -> list[Callable[[], None]]:
        """Everything to do, in the order of the seed."""
        works = [partial(self.sign_up, person) for person in self.new.people]
        if self.old:
            works += self._later(self.old, chance)
        chance.shuffle(works)
        if self.old:  # amid the fault: no other fact of the load goes to registration
            place = chance.randrange(len(works) // 2, len(works))
            works.insert(place, partial(self.move, self.old))
        return works

    def _later(self, old: Gathering, chance: random.Random) -> list[Callable[[], None]]:
        unconfirmed = [p for p in old.people if p.id and "confirm" not in p.done]
        confirmed = [p for p in old.people if self._keys.manage(p)]
        chance.shuffle(confirmed)
        changing, leaving = confirmed[:CHANGES], confirmed[CHANGES : CHANGES + CANCELLATIONS]
        return [
            *(partial(self.confirm, person) for person in unconfirmed[:CONFIRMATIONS]),
            *(partial(self.change, person) for person in changing),
            *(partial(self.cancel, person) for person in leaving),
        ]

    def sign_up(self, person: Person) -> None:
        """Send the form, always with the same key."""
        body = factories.registration(person.slot_id, email=person.email, seats=person.seats)
        key = str(uuid5(NAMESPACE_URL, person.email))
        call = partial(self._api.post, REGISTER, body, Idempotency_Key=key)
        self._do("sign up", person, call, keyed=True)

    def confirm(self, person: Person) -> None:
        """Follow the link of the mail; nothing happens while the mail is not there."""
        if token := self._keys.confirm(person):
            self._do("confirm", person, partial(self._api.post, CONFIRM, {"token": token}))

    def change(self, person: Person) -> None:
        """One seat less; from one to two."""
        wanted = person.seats - 1 or 2
        call = partial(self._managing(person).patch, MANAGE, {"seats": wanted})
        self._do("change", person, call)

    def cancel(self, person: Person) -> None:
        """Give everything up."""
        self._do("cancel", person, partial(self._managing(person).delete, MANAGE))

    def move(self, old: Gathering) -> None:
        """The coordinator lets the meeting begin a quarter of an hour earlier."""
        path = f"/scheduling/api/v1/meetings/{old.id}"
        body = {"starts_at": old.wanted.isoformat()}
        call = partial(self._api.having(self._keys.coordinator).patch, path, body)
        old.move = operation("move", old.id, call, patience=PATIENT)
        self.operations.append(old.move)

    def _managing(self, person: Person) -> Api:
        return self._api.having(self._keys.manage(person))

    def _do(self, kind: str, person: Person, call: Any, *, keyed: bool = False) -> None:
        done = operation(kind, person.email, call, patience=person.patience, keyed=keyed)
        person.done[kind] = done
        self.operations.append(done)


class Keys:
    """The links people hold, as far as their mails have come."""

    def __init__(self, postbox: Any, coordinator: str) -> None:
        self._postbox = postbox
        self.coordinator = coordinator

    def confirm(self, person: Person) -> str | None:
        """For confirming the address."""
        return self._token(("confirm_address", "waitlisted"), person, "/registrations/confirm/")

    def manage(self, person: Person) -> str | None:
        """For changing and cancelling what is confirmed."""
        return self._token(("registration_confirmed",), person, "/registrations/manage/")

    def _token(self, kinds: tuple[str, ...], person: Person, path: str) -> str | None:
        found: str | None = person.id and self._postbox.token(kinds, person.id, path)
        return found or None


class Running:
    """The load at work: begun works are counted, so that a fault can strike in their midst."""

    def __init__(self, works: Sequence[Callable[[], None]], lasts: float) -> None:
        self.begun = 0
        self._step = max(lasts, LEAST) / len(works)
        self._start = time.monotonic()
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(
            CLIENTS + round(lasts)
        )  # who hangs keeps no other from trying
        self._futures: list[Future[None]] = [
            self._pool.submit(self._work, number, work) for number, work in enumerate(works)
        ]

    def _work(self, number: int, work: Callable[[], None]) -> None:
        time.sleep(max(self._start + number * self._step - time.monotonic(), 0))
        with self._lock:
            self.begun += 1
        work()

    def finish(self) -> None:
        """Wait for the last answer."""
        with self._pool:
            for future in self._futures:
                future.result()
