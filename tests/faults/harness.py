"""Many sign-ups from several processes, each ending as ok, refused or unknown; and faults among them."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any
from uuid import UUID, uuid5

from tests import factories
from tests.clients import Answer, Api
from tests.mails import Mailbox

PROCESSES = 3
CLIENTS = 6  # per process
NAMESPACE = UUID("0199a0b1-0000-7000-8000-000000000000")
LOST = (OSError, http.client.HTTPException)
AGAIN = (408, 425, 429, 500, 502, 503, 504)
PAUSE = 0.2  # seconds between attempts of a client
CROWD = "crowd"  # how the addresses of these people begin


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One company wants seats."""

    slot_id: str
    email: str
    seats: int


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What became of a wish: ok (acknowledged), refused, or unknown (no answer was seen)."""

    wish: Wish
    outcome: str
    begun: float
    ended: float
    attempts: int
    status: int = 0
    id: str = ""
    state: str = ""

    @property
    def email(self) -> str:
        """Whose it is."""
        return self.wish.email


def sign_up(url: str, patience: float, wish: Wish) -> Operation:
    """Send the form with one key until there is an answer or *patience* (seconds) is over."""
    api = Api(url, timeout=15)
    body = factories.registration(wish.slot_id, email=wish.email, seats=wish.seats)
    key = str(uuid5(NAMESPACE, wish.email))
    begun, attempts, answer = time.time(), 0, None
    while attempts == 0 or (time.time() - begun < patience and _is_open(answer)):
        if attempts:
            time.sleep(PAUSE)
        attempts += 1
        answer = attempt(partial(api.post, "/api/v1/registrations", body, Idempotency_Key=key))
    seen: dict[str, Any] = {"begun": begun, "ended": time.time(), "attempts": attempts}
    if answer is None:
        return Operation(wish=wish, outcome="unknown", **seen)
    if answer.status != 201:
        return Operation(wish=wish, outcome="refused", status=answer.status, **seen)
    made = answer.json
    return Operation(
        wish=wish, outcome="ok", status=201, id=made["id"], state=made["state"], **seen
    )


def attempt(call: Callable[[], Answer]) -> Answer | None:
    """The answer, or None where the connection was lost on the way."""
    try:
        return call()
    except LOST:
        return None


def _is_open(answer: Answer | None) -> bool:
    return answer is None or answer.status in AGAIN


def sign_up_all(url: str, patience: float, wishes: Sequence[Wish]) -> list[Operation]:
    """The work of one process: several clients side by side."""
    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(partial(sign_up, url, patience), wishes))


class Crowd:
    """Companies in processes of their own."""

    def __init__(self, url: str, pool: ProcessPoolExecutor, patience: float) -> None:
        self._url = url
        self._pool = pool
        self._patience = patience

    def begin(self, wishes: Sequence[Wish]) -> list[Future[list[Operation]]]:
        """All of them at once, dealt out to the processes."""
        hands = [wishes[start::PROCESSES] for start in range(PROCESSES)]
        return [
            self._pool.submit(sign_up_all, self._url, self._patience, hand)
            for hand in hands
            if hand
        ]


@contextmanager
def crowd(url: str, *, patience: float = 60) -> Iterator[Crowd]:
    """A crowd whose processes are warm."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        gathered = Crowd(url, pool, patience)
        for ready in [pool.submit(sign_up_all, url, patience, []) for _ in range(PROCESSES)]:
            ready.result()
        yield gathered


def finished(futures: Sequence[Future[list[Operation]]]) -> list[Operation]:
    """All operations, once they have ended."""
    return [operation for future in futures for operation in future.result()]


def wishes(slot_id: str, number: int) -> list[Wish]:
    """Groups of 1 to 4 in turn."""
    return [
        Wish(slot_id=slot_id, email=factories.address(CROWD), seats=1 + count % 4)
        for count in range(number)
    ]


class Confirmer:
    """Follows the links of mails that ask for it, as people do: again, until there is an answer."""

    def __init__(self, url: str, mailbox: Mailbox) -> None:
        self._api = Api(url, timeout=15)
        self._mailbox = mailbox
        self.states: dict[str, str] = {}  # acknowledged, by registration
        self.refused: list[Answer] = []

    def round(self, only: Collection[str] | None = None) -> int:
        """Confirm what arrived since; how many registrations are confirmed or waiting by now."""
        tokens = {
            mail.registration: mail.token("/registrations/confirm/")
            for mail in self._mailbox.mails()
            if mail.kind in {"confirm_address", "waitlisted"}
            and mail.recipients[0].startswith(CROWD)  # others may use the same stack
            and mail.registration not in self.states
            and (only is None or mail.registration in only)
        }
        with ThreadPoolExecutor(CLIENTS) as pool:
            list(pool.map(self._confirm, tokens.items()))
        return len(self.states)

    def _confirm(self, item: tuple[str, str]) -> None:
        registration, token = item
        path = "/api/v1/registrations/confirm"
        answer = attempt(partial(self._api.post, path, {"token": token}))
        if answer is not None and answer.status == 200:
            self.states[registration] = answer.json["state"]
        elif answer is not None and answer.status not in AGAIN:
            self.refused.append(answer)
