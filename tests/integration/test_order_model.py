"""Events in any order, twice, late or lost on the way: all services end up with the same, and each mail goes once."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import settings as rules
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    multiple,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.registration.domain.refusals import RefusedError
from services.registration.use_cases.confirmation import confirm_link
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.messaging import inbox
from shared.settings import Settings
from tests.carrier import SERVICES, Parcel
from tests.databases import Servers
from tests.judging import broken_at_rest
from tests.trio import open_trio

ANY = st.integers(0, 1000)


class EventsInAnyOrder(RuleBasedStateMachine):
    """People act, and whatever was recorded is handed over as it comes."""

    servers: Servers
    settings: Settings
    claims = Bundle("claims")

    @initialize(capacity=st.integers(2, 6))
    def publish(self, capacity: int) -> None:
        self.place = open_trio(self.servers, self.settings)
        self.trio = self.place.__enter__()
        self.meeting = self.trio.publish(capacity=capacity)
        self.moves = 0
        self.called_off = False

    # people

    @rule(target=claims, seats=st.integers(1, 3))
    def sign_up(self, seats: int) -> Any:
        try:
            return self.trio.signed_up(self.meeting, seats=seats)
        except RefusedError:  # it was called off, and registration has heard of it
            return multiple()

    @rule(claim=claims)
    def confirm(self, claim: SignedUp) -> None:
        with suppress(RefusedError):
            confirm_link(self.trio.registration, claim.id, 1, now())

    @rule(claim=claims, seats=st.integers(1, 3))
    def resize(self, claim: SignedUp, seats: int) -> None:
        with suppress(RefusedError):
            self.trio.resized(claim, seats)

    @rule(claim=claims)
    def cancel(self, claim: SignedUp) -> None:
        with suppress(RefusedError):
            self.trio.cancelled(claim)

    @precondition(lambda self: not self.called_off)
    @rule()
    def move(self) -> None:
        self.moves += 1
        begin = now() + timedelta(days=30 + self.moves)
        path = f"/meetings/{self.meeting.id}"
        self.trio.desk.call("PATCH", path, {"starts_at": begin.isoformat()})

    @precondition(lambda self: not self.called_off)
    @rule(rarely=st.integers(0, 9))
    def call_off(self, rarely: int) -> None:
        if rarely == 0:
            self.called_off = True
            self.trio.desk.call("POST", f"/meetings/{self.meeting.id}/cancel", {"reason": "Sturm"})

    # the way

    def parcel(self, which: int) -> Parcel | None:
        due = self.trio.carrier.due()
        return due[which % len(due)] if due else None

    @rule(which=ANY)
    def arrive(self, which: int) -> None:
        if parcel := self.parcel(which):
            self.trio.carrier.hand_over(parcel)

    @rule(which=ANY)
    def arrive_without_a_receipt(self, which: int) -> None:
        if parcel := self.parcel(which):  # and so it comes again
            database = self.trio.carrier.databases[parcel.subscriber]
            inbox.receive(database, SERVICES[parcel.subscriber], parcel.envelope)

    @rule(which=ANY)
    def be_lost(self, which: int) -> None:
        if parcel := self.parcel(which):
            self.trio.carrier.lose(parcel)

    @rule()
    def ask_for_receipts(self) -> None:
        self.trio.carrier.ask_for_receipts(self.trio.carrier.unconfirmed())

    @rule()
    def sweep(self) -> None:
        self.trio.carrier.sweep()

    @rule()
    def send_mails(self) -> None:
        self.trio.mailer.turn()

    def teardown(self) -> None:
        if not hasattr(self, "meeting"):
            return
        try:
            self.ask_for_receipts()
            for parcel in reversed(self.trio.carrier.due()):  # the rest, the last one first
                self.trio.carrier.hand_over(parcel)
            self.trio.settle()
            copies = Counter(m.header("Message-ID") for m in self.trio.sink.mails())
            assert broken_at_rest(self.settings) == {}
            assert {key: n for key, n in copies.items() if n > 1} == {}
        finally:
            self.place.__exit__(None, None, None)


def play(servers: Servers, settings: Settings, **size: Any) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("Machine", (EventsInAnyOrder,), {"servers": servers, "settings": settings}),
        settings=rules(deadline=None, database=None, **size),
    )


def test_any_order_converges(servers: Servers, settings: Settings) -> None:
    play(servers, settings, max_examples=8, stateful_step_count=20)


@pytest.mark.faults
@pytest.mark.timeout(900)
def test_any_order_converges_for_long(servers: Servers, settings: Settings) -> None:
    play(servers, settings, max_examples=60, stateful_step_count=40)
