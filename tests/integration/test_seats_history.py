"""Many at once, with connections cut under them: what they were told, and what is there, has an order."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event, Thread

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from tests.booking_desk import Booking
from tests.databases import Servers
from tests.judging import broken_in_registration
from tests.linear import UNKNOWN, Call, Model, explanation
from tests.seats_model import Seats

CLIENTS = 4
CUT = """
    select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'test-registration' and state = 'active' order by random() limit 1
"""


class Client:
    """One person at a browser; records what was asked and told."""

    def __init__(self, number: int, booking: Booking, dice: random.Random) -> None:
        self.number = number
        self.booking = booking
        self.dice = dice
        self.calls: list[Call] = []

    def play(self, rounds: int, gate: Barrier) -> None:
        """One call a round, all clients at the same moment."""
        for turn in range(rounds):
            act, what = self._choice(turn)
            gate.wait(60)
            self._call(act, *what)

    def _choice(self, turn: int) -> tuple[str, tuple[object, ...]]:
        known = sorted(self.booking.ids)  # also those of others: two may hold the same link
        if turn == 0 or not known or self.dice.random() < 0.3:
            name = f"{self.number}.{turn}"
            act = self.dice.choice(["sign_up", "sign_up", "register"])
            return act, (name, f"Firma {self.dice.randrange(2)}", self.dice.randint(1, 3))
        claim = self.dice.choice(known)
        act = self.dice.choice(["confirm", "confirm", "cancel", "resize", "resize", "stop_waiting"])
        return act, (claim, self.dice.randint(1, 3)) if act == "resize" else (claim,)

    def _call(self, act: str, *what: object) -> None:
        begun = time.monotonic()
        try:
            told = getattr(self.booking, act)(*what)
        except DBAPIError:  # the connection was cut: before, amid or after the commit
            told = UNKNOWN
        ended = time.monotonic()
        self.calls.append(Call(act=act, what=what, begun=begun, ended=ended, told=told))


@contextmanager
def connections_cut(url: str) -> Iterator[None]:
    """Every few milliseconds the server ends a connection that is at work."""
    stopped = Event()

    def cut() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stopped.wait(0.02):
                connection.execute(CUT)

    storm = Thread(target=cut)
    storm.start()
    try:
        yield
    finally:
        stopped.set()
        storm.join(30)


def recorded(servers: Servers, booking: Booking, seed: int, rounds: int) -> list[Call]:
    """What happened to everybody."""
    gate = Barrier(CLIENTS)
    clients = [Client(n, booking, random.Random(f"{seed}.{n}")) for n in range(CLIENTS)]
    with connections_cut(servers.owners["registration"]), ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda client: client.play(rounds, gate), clients))
    return [call for client in clients for call in client.calls]


def check(servers: Servers, seed: int, *, rounds: int) -> int:
    """Play one history and explain it; how many calls had no answer."""
    dice = random.Random(seed)
    plan = {"capacity": dice.randint(2, 6), "waitlist": dice.choice(["strict", "fill"])}
    database: Database = servers.database("registration")
    booking = Booking(database, cap=dice.choice([None, 4]), **plan)  # type: ignore[arg-type]
    start = Seats(cap=booking.cap, **plan)  # type: ignore[arg-type]
    calls = recorded(servers, booking, seed, rounds)
    seen, numbers = booking.seen(), booking.numbers()

    def fits(model: Model) -> bool:
        assert isinstance(model, Seats)
        return model.seen() == seen and model.numbers() == numbers

    assert broken_in_registration(database) == {}, seed
    told = "\n".join(str(call) for call in sorted(calls, key=lambda call: call.begun))
    assert explanation(start, calls, fits) is not None, f"seed {seed}: no order\n{told}\n{seen}"
    return sum(call.told == UNKNOWN for call in calls)


def test_what_many_were_told_at_once_has_an_order(servers: Servers) -> None:
    unknown = [check(servers, random.randrange(10**6), rounds=5) for _ in range(4)]

    assert len(unknown) == 4


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_what_many_were_told_at_once_has_an_order_for_long(servers: Servers) -> None:
    unknown = [check(servers, random.randrange(10**6), rounds=7) for _ in range(60)]

    assert sum(unknown) > 0
