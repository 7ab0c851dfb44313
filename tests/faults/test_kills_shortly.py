"""The same as test_kills.py on a small meeting: whoever finds no seat waits, and hears so once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults import invariants
from tests.faults.trouble import Trouble, trouble

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def survived() -> Iterator[Trouble]:
    """Six faults amid 72 sign-ups; then rest."""
    with trouble(capacity=40) as story:
        away, back = story.sink.stop, story.sink.start
        for fault in ("web", away, "relay", story.flush, back, "worker-notifications"):
            story.amid_sign_ups(12, fault)
        story.settle(within=90)
        yield story


def test_every_acknowledged_registration_is_on_the_roster(survived: Trouble) -> None:
    acknowledged = {operation.id for operation in survived.operations}

    assert len(acknowledged) == 72
    assert survived.on_roster() == survived.confirmer.states
    assert survived.on_roster().keys() == acknowledged


def test_each_got_the_right_mails_once(survived: Trouble) -> None:
    mails = survived.sink.mails()
    of_state = {"confirmed": [], "waitlisted": []}  # type: dict[str, list[tuple[str, str]]]
    for operation in survived.operations:
        of_state[survived.confirmer.states[operation.id]].append((operation.id, operation.email))

    confirmed, waiting = (dict.fromkeys(of_state[s], 1) for s in ("confirmed", "waitlisted"))
    asked = invariants.counted(mails, "confirm_address")
    told_to_wait = invariants.counted(mails, "waitlisted")
    # Whoever waited, confirmed, and moved up past a group that had not was told to wait first.
    assert dict(asked + told_to_wait) == confirmed | waiting
    assert told_to_wait.keys() >= waiting.keys()
    assert dict(invariants.counted(mails, "registration_confirmed")) == confirmed


def test_everything_adds_up(survived: Trouble) -> None:
    assert invariants.broken(survived.stack.settings) == {}
    assert invariants.wrong_copies(survived.stack.settings, survived.sink.mails()) == []
