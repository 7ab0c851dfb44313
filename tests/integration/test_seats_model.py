"""Seats against their model: whatever people do in whatever order, both say the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.booking_desk import Booking
from tests.databases import Servers
from tests.judging import broken_in_registration
from tests.seats_model import CLOSES, FILLS, HOLD, STARTS, Seats

SEATS = st.integers(1, 4)
WAITLISTS = st.sampled_from(["strict", "fill", "off"])
CAPS = st.sampled_from([None, 3, 5])
# To just before, at and after everything that happens by the clock.
LEAPS = st.sampled_from([60, HOLD - 60, HOLD, 10 * 24 * 60])
BEFORE_START = st.sampled_from([FILLS + 1, FILLS, CLOSES + 1, CLOSES, 60])


class SeatsAgainstModel(RuleBasedStateMachine):
    servers: Servers

    claims = Bundle("claims")

    @initialize(
        capacity=st.integers(1, 8),
        waitlist=WAITLISTS,
        cap=CAPS,
    )
    def publish(self, capacity: int, waitlist: str, cap: int | None) -> None:
        given: dict[str, Any] = {"capacity": capacity, "waitlist": waitlist, "cap": cap}
        self.tries = 0
        self.model = Seats(**given)
        self.product = Booking(self.servers.database("registration"), **given)

    def both(self, act: str, *what: Any, **how: Any) -> str:
        told = getattr(self.product, act)(*what, **how)
        assert told == getattr(self.model, act)(*what, **how)
        return str(told)

    @rule(target=claims, company=st.integers(0, 2), seats=SEATS, fewer=st.booleans())
    def sign_up(self, company: int, seats: int, fewer: bool) -> str:  # noqa: FBT001
        self.tries += 1  # a refused one, too, has told its company
        name = f"claim.{self.tries}"
        told = self.both("sign_up", name, f"Firma {company}", seats=seats, fewer=fewer)
        return name if told != "refused" else ""

    @rule(target=claims, company=st.integers(0, 2), seats=SEATS, fewer=st.booleans())
    def register(self, company: int, seats: int, fewer: bool) -> str:  # noqa: FBT001
        self.tries += 1
        name = f"claim.{self.tries}"
        told = self.both("register", name, f"Firma {company}", seats=seats, fewer=fewer)
        return name if told != "refused" else ""

    @rule(claim=claims)
    def confirm(self, claim: str) -> None:
        if claim:
            self.both("confirm", claim)

    @rule(claim=claims)
    def cancel(self, claim: str) -> None:
        if claim:
            self.both("cancel", claim)

    @rule(claim=claims, seats=SEATS)
    def resize(self, claim: str, seats: int) -> None:
        if claim:
            self.both("resize", claim, seats)

    @rule(claim=claims)
    def stop_waiting(self, claim: str) -> None:
        if claim:
            self.both("stop_waiting", claim)

    @rule(capacity=st.integers(1, 9))
    def change_capacity(self, capacity: int) -> None:
        self.both("change_capacity", capacity)

    @rule(cap=CAPS)
    def change_cap(self, cap: int | None) -> None:
        self.both("change_cap", cap)

    @rule(waitlist=WAITLISTS)
    def change_waitlist(self, waitlist: str) -> None:
        self.both("change_waitlist", waitlist)

    @precondition(lambda self: self.model.now < STARTS - 12 * 24 * 60)
    @rule(minutes=LEAPS)
    def pass_time(self, minutes: int) -> None:
        self.both("pass_time", minutes)

    @rule(left=BEFORE_START)
    def approach(self, left: int) -> None:
        self.both("pass_time", max(0, STARTS - left - self.model.now))

    @invariant()
    def agree(self) -> None:
        if not hasattr(self, "model"):
            return
        assert self.product.numbers() == self.model.numbers()
        assert self.product.seen() == self.model.seen()

    def teardown(self) -> None:
        if hasattr(self, "product"):
            assert broken_in_registration(self.product.database, self.product.at) == {}


def play(servers: Servers, examples: int, steps: int) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("Machine", (SeatsAgainstModel,), {"servers": servers}),
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, database=None
        ),
    )


def test_product_and_model_agree(servers: Servers) -> None:
    play(servers, 20, 20)


@pytest.mark.faults
@pytest.mark.timeout(600)
def test_product_and_model_agree_for_long(servers: Servers) -> None:
    play(servers, 250, 40)
