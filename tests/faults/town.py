"""A whole stack with its people, in which one fault after another is survived and written down."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.smtp import SMTP, Envelope, Session
from redis import Redis

from tests.clients import Api
from tests.faults import history, invariants
from tests.faults.every_fact import REFUSED
from tests.faults.load import OK, UNKNOWN
from tests.faults.load import REFUSED as REFUSAL
from tests.faults.plan import CONFIRMATIONS, LEAST, Gathering, Keys, Plan, Running, gathering
from tests.faults.points import PROXY, points_of
from tests.faults.postbox import Postbox
from tests.faults.promises import unkept
from tests.faults.proxy import RedisProxy
from tests.faults.report import Row
from tests.mails import Sink
from tests.office import Office
from tests.servers import free_port
from tests.stack import Stack, new_stack
from tests.wait import wait_until

REST_WITHIN = 150.0  # seconds; what is missing after that counts as lost
STARTED_WITHIN = 180.0  # seconds
IN_FLIGHT = 20.0  # seconds that a fact may be on its way
ASKED = 0.25  # seconds between two looks whether everything is at rest


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that breaks: begun amid the load, ended after *lasts* seconds.

    Over it is when it was ended; without an end, as soon as it was begun.
    """

    name: str
    begin: Callable[[Town], object]
    end: Callable[[Town], object] | None = None
    lasts: float = 0.0
    unanswered: bool = False  # it hits web or PostgreSQL: whoever asks once may see no answer
    # What must be so besides, looked at while the fault lasts and after it; sentences for what is not.
    during: Callable[[Town], list[str]] = lambda _town: []
    after: Callable[[Town], list[str]] = lambda _town: []
    note: str = ""


class ChoosySink(Sink):
    """Does not know some addresses, and can be slow to answer."""

    def __init__(self, port: int) -> None:
        super().__init__(port)
        self.silent = False

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Answer once it may."""
        while self.silent:  # noqa: ASYNC110 - set by other threads
            await asyncio.sleep(0.05)
        envelope.mail_from = address
        return "250 2.1.0 ok"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Refuse them for good."""
        if address.startswith(REFUSED):
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"


@dataclass
class Town:
    """One stack behind a proxy, with fault points and a mail server of ours."""

    stack: Stack
    sink: ChoosySink
    proxy: RedisProxy
    last: Gathering | None = None
    kept: dict[str, object] = field(default_factory=dict)  # what a fault remembers until its end

    def __post_init__(self) -> None:
        self.office = Office(Api(self.stack.url, self.stack.token, timeout=60), self.sink)
        self.postbox = Postbox(self.sink)
        self.keys = Keys(self.postbox, self.stack.token)
        self.points = points_of(self.stack.data_dir)
        self.settings = self.stack.settings

    def survive(self, fault: Fault) -> Row:
        """The fault amid the load, then rest; what came of it."""
        chance = random.Random(fault.name)
        self.postbox.look()
        plan = self._plan(chance, self.last or self._first())
        wrong, over = self._strike(fault, plan, chance)
        missing = self._settle(plan.new, plan)
        recovered = time.monotonic() - over
        wrong += missing or self._violations(fault, plan)
        self.last = plan.new
        row = _row(fault, plan, recovered)
        return replace(row, violations=[*wrong, *unkept(row, unanswered=fault.unanswered)])

    def _plan(self, chance: random.Random, old: Gathering | None) -> Plan:
        api = Api(self.stack.url, timeout=10)
        return Plan(api, gathering(self.office, chance), old, self.keys)

    def _first(self) -> Gathering:
        """A meeting of before, so that the first fault too finds somebody who confirms, changes or is moved."""
        chance = random.Random("first")
        plan = self._plan(chance, None)
        Running(plan.works(chance), LEAST).finish()
        missing = self._settle(plan.new, plan)
        assert not missing, missing
        return plan.new

    def _strike(self, fault: Fault, plan: Plan, chance: random.Random) -> tuple[list[str], float]:
        """What was not as it must be while the fault lasted, and the moment at which it was over."""
        running = Running(plan.works(chance), fault.lasts)
        wait_until(lambda: running.begun >= len(plan.new.people) // 3, within=30)
        begun = time.monotonic()
        fault.begin(self)
        over = time.monotonic()
        try:
            wrong = fault.during(self)
            time.sleep(max(begun + fault.lasts - time.monotonic(), 0))
        finally:
            if fault.end:
                fault.end(self)
                over = time.monotonic()
        running.finish()
        return wrong, over

    def _settle(self, new: Gathering, plan: Plan) -> list[str]:
        """All but a few confirm; then everything comes to rest. What is still missing when time is up."""
        within = time.monotonic() + REST_WITHIN
        waiting = [person for person in new.people if person.id]
        confirming = waiting[CONFIRMATIONS:]
        try:
            wait_until(partial(self._confirmed, plan, confirming), within=REST_WITHIN)
            wait_until(self._at_rest, within=max(within - time.monotonic(), 1))
        except AssertionError:
            unconfirmed = [p.id for p in confirming if "confirm" not in p.done]
            return [
                f"not at rest: {invariants.broken(self.settings)}",
                f"without mail: {unconfirmed}",
            ]
        return []

    def _confirmed(self, plan: Plan, people: list[object]) -> bool:
        time.sleep(ASKED)
        self.postbox.look()
        ready = [p for p in people if "confirm" not in p.done and self.keys.confirm(p)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(plan.confirm, ready))
        return all("confirm" in person.done for person in people)

    def _at_rest(self) -> bool:
        time.sleep(ASKED)
        try:
            return not (
                invariants.undelivered(self.settings)
                or invariants.unfinished(self.settings)
                or invariants.unsent(self.settings)
            )
        except psycopg.OperationalError:
            return False

    def _violations(self, fault: Fault, plan: Plan) -> list[str]:
        wrong = self._broken()
        for told in filter(None, (plan.old, plan.new)):
            wrong += history.violations(self.settings, self.postbox, told)
        return wrong + fault.after(self)

    def _broken(self) -> list[str]:
        """What stays broken: periodic work may have put another fact on its way just now."""
        found: dict[str, Any] = {}

        def whole() -> bool:
            found.clear()
            found.update(invariants.broken(self.settings))
            return not found

        with suppress(AssertionError):
            wait_until(whole, within=IN_FLIGHT)
        return [f"{name}: {what}" for name, what in found.items()]

    # what faults are made of

    def redis(self) -> Redis:
        """Redis itself, past the proxy."""
        port = _redis_port(self.stack.data_dir)
        password = (self.stack.data_dir / "keys/redis-password").read_text()
        return Redis(host="127.0.0.1", port=port, password=password, socket_timeout=5, protocol=2)

    def arm(self, point: str) -> None:
        """The next process that reaches the point dies there."""
        (self.points / point).touch()

    def reached(self, point: str) -> bool:
        """Whether one has died there."""
        return (self.points / f"{point} reached").exists()

    def disarm(self) -> None:
        """Forget all points."""
        for path in self.points.iterdir():
            if path.name != PROXY:
                path.unlink(missing_ok=True)


def _row(fault: Fault, plan: Plan, recovered: float) -> Row:
    outcomes = Counter(operation.outcome for operation in plan.operations)
    return Row(
        fault=fault.name,
        tried=len(plan.operations),
        acknowledged=outcomes[OK],
        refused=outcomes[REFUSAL],
        unknown=outcomes[UNKNOWN],
        recovered=recovered,
        note=fault.note,
    )


def _redis_port(data_dir: Path) -> int:
    return int(json.loads((data_dir / "ports.json").read_text())["redis"])


@contextmanager
def town(**environment: str) -> Iterator[Town]:
    """A stack for as long as the block lasts."""
    sink = ChoosySink(free_port()).start()
    stack = new_stack(SMTP_URL=f"smtp://127.0.0.1:{sink.port}", **environment)
    stack.program = ("tests.faults.points", str(stack.data_dir))
    proxy = RedisProxy(partial(_redis_port, stack.data_dir))
    points = points_of(stack.data_dir)
    points.mkdir()
    (points / PROXY).write_text(str(proxy.port))
    try:
        stack.start(within=STARTED_WITHIN)
        yield Town(stack, sink, proxy)
    finally:
        stack.clean()
        sink.stop()
        proxy.stop()
