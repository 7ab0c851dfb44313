"""200 companies want 50 seats at the same moment, from several processes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from shared.settings import Settings
from tests.faults import invariants
from tests.faults.harness import Confirmer, Operation, crowd, finished, wishes
from tests.mails import mails_to
from tests.office import Office
from tests.stack import Stack
from tests.wait import wait_until

SEATS, COMPANIES = 50, 200

pytestmark = pytest.mark.timeout(240)


@dataclass(frozen=True)
class Rush:
    """What came of it, looked at before anybody changed anything."""

    office: Office
    meeting: dict[str, Any]
    operations: list[Operation]
    least_left: int  # seats, as the public page ever showed them
    left: int  # seats, in the end
    ranked: list[tuple[Any, ...]]  # id, state, seats in the order of first submission
    kinds: dict[str, list[str]]  # of mails, by address
    broken: dict[str, Any]


def ranked(settings: Settings, meeting_id: str) -> list[tuple[Any, ...]]:
    query = f"select id::text, state, seats from registration where meeting_id = '{meeting_id}'"
    return invariants.rows(settings, "registration", f"{query} order by rank")


@pytest.fixture(scope="module")
def rush(stack: Stack, office: Office) -> Rush:
    """All sign up at once; then everybody follows the link in the mail, the head of the waitlist first.

    Otherwise a smaller group that confirms before the head may take the last one or two seats: only
    confirmed addresses count in the list.
    """
    meeting, left = office.published(capacity=SEATS), []
    with crowd(stack.url) as people:
        running = people.begin(wishes(meeting["slots"][0]["id"], COMPANIES))
        while not all(future.done() for future in running):
            left.append(office.seen(meeting["id"])["slots"][0]["seats_left"])
        operations = finished(running)
    confirmer = Confirmer(stack.url, office.mailbox)
    wanted = {operation.id for operation in operations}
    head = next(row[0] for row in ranked(stack.settings, meeting["id"]) if row[1] == "waitlisted")
    wait_until(lambda: confirmer.round(only={head}), within=60)
    wait_until(lambda: confirmer.round() and wanted <= confirmer.states.keys(), within=120)
    invariants.wait_until_at_rest(stack.settings, within=60)
    return Rush(
        office,
        meeting,
        operations,
        least_left=min(left),
        left=office.seen(meeting["id"])["slots"][0]["seats_left"],
        ranked=ranked(stack.settings, meeting["id"]),
        kinds={operation.email: office.kinds(operation.email) for operation in operations},
        broken=invariants.broken(stack.settings),
    )


def test_everybody_gets_an_answer(rush: Rush) -> None:
    assert Counter(operation.outcome for operation in rush.operations) == {"ok": COMPANIES}
    assert len({operation.id for operation in rush.operations}) == COMPANIES


def test_never_more_seats_than_there_are(rush: Rush) -> None:
    taken = sum(seats for _id, state, seats in rush.ranked if state == "confirmed")

    assert SEATS - 3 <= taken <= SEATS
    assert rush.least_left >= 0
    assert rush.left in {0, SEATS - taken}


def test_everybody_else_waits_in_order(rush: Rush) -> None:
    states = [state for _id, state, _seats in rush.ranked]

    first_waiting = states.index("waitlisted")
    assert set(states[:first_waiting]) == {"confirmed"}
    assert set(states[first_waiting:]) == {"waitlisted"}


def test_the_answer_was_the_truth(rush: Rush) -> None:
    said = {o.id: {"held": "confirmed"}.get(o.state, o.state) for o in rush.operations}

    assert {row[0]: row[1] for row in rush.ranked} == said


def test_who_had_an_answer_before_another_asked_comes_first(rush: Rush) -> None:
    rank = {row[0]: place for place, row in enumerate(rush.ranked)}
    by_time = sorted(rush.operations, key=lambda operation: operation.begun)

    overtaken = [
        (early.email, late.email)
        for early in rush.operations
        for late in by_time
        if early.ended < late.begun and rank[early.id] > rank[late.id]
    ]

    assert overtaken == []


def test_everybody_got_the_right_mail_once(rush: Rush) -> None:
    right = {"held": ["confirm_address", "registration_confirmed"], "waitlisted": ["waitlisted"]}
    wrong = {
        operation.email: rush.kinds[operation.email]
        for operation in rush.operations
        if rush.kinds[operation.email] != right[operation.state]
    }

    assert wrong == {}


def test_everything_adds_up(rush: Rush) -> None:
    assert rush.broken == {}


def test_the_head_of_the_list_moves_up_when_seats_are_given_up(rush: Rush) -> None:
    head = next(row for row in rush.ranked if row[1] == "waitlisted")
    big = next(row for row in rush.ranked if row[1] == "confirmed" and row[2] == 4)
    path = f"/api/v1/registrations/{big[0]}/cancel"

    rush.office.coordinator.post(path).expect(200)

    email = next(o.email for o in rush.operations if o.id == head[0])
    rush.office.mail("registration_confirmed", email)
    assert len(mails_to(rush.office.mailbox, email)) == 2
