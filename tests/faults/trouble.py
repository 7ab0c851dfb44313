"""A stack of one's own in trouble: processes killed, Redis flushed, the mail server away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from redis import Redis

from tests.clients import Api
from tests.faults import invariants
from tests.faults.harness import Confirmer, Crowd, Operation, crowd, finished, wishes
from tests.mails import Sink
from tests.office import Office
from tests.servers import free_port
from tests.stack import Stack, new_stack
from tests.wait import wait_until

IMPATIENT = {"RECEIPT_AFTER": "2", "SWEEP_INTERVAL": "1"}


@dataclass
class Trouble:
    """One meeting that a crowd signs up for while things break."""

    stack: Stack
    sink: Sink
    office: Office
    people: Crowd
    capacity: int
    operations: list[Operation] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meeting = self.office.published(capacity=self.capacity)
        self.confirmer = Confirmer(self.stack.url, self.sink)

    def amid_sign_ups(self, number: int, fault: object) -> None:
        """*number* sign-ups in flight, the fault in their middle; returns when all have an answer."""
        running = self.people.begin(wishes(self.meeting["slots"][0]["id"], number))
        fault() if callable(fault) else self.kill(str(fault))
        self.operations += finished(running)
        self.confirmer.round()

    def kill(self, name: str) -> None:
        """kill -9, and wait until the supervisor has started it anew."""
        old = self.stack.kill(name)
        wait_until(lambda: self.stack.pid(name) != old, within=20)

    def flush(self) -> None:
        """Redis forgets everything."""
        with Redis.from_url(self.stack.settings.redis_url, socket_timeout=5) as client:
            client.flushall()

    def settle(self, *, within: float) -> None:
        """Everybody follows the link in the mail; then everything comes to rest."""
        wanted = {operation.id for operation in self.operations if operation.outcome == "ok"}
        try:
            wait_until(
                lambda: self.confirmer.round() and wanted <= self.confirmer.states.keys(),
                within=within,
            )
        except AssertionError:
            missing = wanted - self.confirmer.states.keys()
            raise AssertionError(f"not confirmed: {self._explained(missing)}") from None
        invariants.wait_until_at_rest(self.stack.settings, within=within)

    def _explained(self, missing: set[str]) -> list[object]:
        arrived = {mail.registration for mail in self.sink.mails()}
        query = "select registration_id::text, kind, state, attempts, smtp_text, due_at from mail"
        known = invariants.rows(self.stack.settings, "notifications", query)
        return [
            len(missing),
            f"of them with a mail: {len(missing & arrived)}",
            [row for row in known if row[0] in missing][:5],
            [(answer.status, answer.body) for answer in self.confirmer.refused[:3]],
            invariants.broken(self.stack.settings),
        ]

    def on_roster(self) -> dict[str, str]:
        """What scheduling shows, by registration."""
        entries = self.office.roster(self.meeting["id"])
        return {entry["registration_id"]: entry["state"] for entry in entries}


@contextmanager
def trouble(*, capacity: int, **environment: str) -> Iterator[Trouble]:
    """A stack with a mail server of ours, a published meeting, and people who want to come."""
    sink = Sink(free_port()).start()
    smtp = {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}"}
    stack = new_stack(**{**IMPATIENT, **smtp, **environment})
    try:
        stack.start()
        office = Office(Api(stack.url, stack.token), sink)
        with crowd(stack.url) as people:
            yield Trouble(stack, sink, office, people, capacity)
    finally:
        stack.clean()
        sink.stop()
