"""Whatever is killed, flushed or away during sign-ups: nothing acknowledged is lost, nothing is doubled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.faults import invariants
from tests.faults.trouble import Trouble, trouble
from treffpunkt.embedded.members import NAMES

VICTIMS = [name for name in NAMES if name != "mailbox"]
SIGN_UPS = 300

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def survived() -> Iterator[Trouble]:
    """Each process killed in turn, Redis flushed and SMTP away, always amid sign-ups; then rest."""
    with trouble(capacity=10_000) as story:
        faults = [*VICTIMS, story.flush, story.sink.stop, story.flush, story.sink.start]
        each = SIGN_UPS // len(faults) + 1
        for fault in faults:
            story.amid_sign_ups(each, fault)
        story.settle(within=240)
        yield story


def test_every_sign_up_had_an_answer_in_the_end(survived: Trouble) -> None:
    assert len(survived.operations) >= SIGN_UPS
    assert Counter(operation.outcome for operation in survived.operations) == {
        "ok": len(survived.operations)
    }


def test_every_acknowledged_registration_is_on_the_roster(survived: Trouble) -> None:
    acknowledged = {operation.id for operation in survived.operations}

    assert survived.on_roster() == dict.fromkeys(acknowledged, "confirmed")


def test_every_registration_has_one_confirmation_mail(survived: Trouble) -> None:
    mails = survived.sink.mails()
    wanted = {(operation.id, operation.email): 1 for operation in survived.operations}

    for kind in ("confirm_address", "registration_confirmed"):
        assert dict(invariants.counted(mails, kind)) == wanted


def test_everything_adds_up(survived: Trouble) -> None:
    assert invariants.broken(survived.stack.settings) == {}
    assert invariants.wrong_copies(survived.stack.settings, survived.sink.mails()) == []


def test_no_seat_was_lost_or_sold_twice(survived: Trouble) -> None:
    (slot,) = survived.office.seen(survived.meeting["id"])["slots"]

    assert slot["capacity"] - slot["seats_left"] == sum(o.wish.seats for o in survived.operations)


def test_a_repeated_form_was_one_registration(survived: Trouble) -> None:
    """Clients whose connection was lost sent the same form again."""
    query = "select count(*), count(distinct email_key) from registration"
    ((all_of_them, addresses),) = invariants.rows(survived.stack.settings, "registration", query)

    assert all_of_them == addresses == len(survived.operations)


def test_up_itself_may_be_killed(survived: Trouble) -> None:
    process = survived.stack.process
    assert process is not None
    before = survived.on_roster()
    process.kill()
    process.wait()

    survived.stack.start()
    survived.amid_sign_ups(10, survived.flush)
    survived.settle(within=120)

    assert survived.on_roster().items() > before.items()
    assert invariants.broken(survived.stack.settings) == {}
