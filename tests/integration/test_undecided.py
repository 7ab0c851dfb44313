"""A sign-up that waits for a coordinator is answered, also when nobody decides."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.registration.domain.refusals import OutdatedError
from services.registration.models import Registration
from services.registration.use_cases.approval import approve
from shared.database import Database
from tests import canary
from tests.integration.registration_stories import HOLD
from tests.judging import broken_in_registration
from tests.mails import mails_to
from tests.three_services import Town

A_MOMENT = timedelta(minutes=5)


def start(meeting: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(meeting["starts_at"])


def state_of(world: Town, registration: UUID) -> tuple[str, str]:
    with world.databases["registration"].reading() as session:
        row = session.get_one(Registration, registration)
        return row.state, row.reason


def kinds(world: Town) -> list[str]:
    world.deliver()
    world.mail()
    return [mail.kind for mail in mails_to(world.sink, canary.EMAIL)]


def lapses(database: Database, at: datetime) -> bool:
    """Whether the check finds a claim that should have ended by then."""
    return "holds-lapse" in broken_in_registration(database, at)


def test_who_was_not_decided_on_before_the_start_hears_of_it_once(world: Town) -> None:
    meeting = world.published(approval=True)
    registration = world.registered(meeting)
    assert state_of(world, registration) == ("pending_approval", "")
    world.later("close_decisions", start(meeting) - timedelta(minutes=1))
    assert kinds(world) == []
    late = start(meeting) + A_MOMENT
    assert lapses(world.databases["registration"], late)

    for _ in range(2):
        world.later("close_decisions", late)

    assert state_of(world, registration) == ("expired", "undecided")
    assert kinds(world) == ["undecided"]
    assert not lapses(world.databases["registration"], late)
    letter = mails_to(world.sink, canary.EMAIL)[-1].text
    assert "nicht vor dem Beginn entschieden" in letter
    assert "rufen Sie uns bitte an" in letter


def test_who_never_confirmed_hears_nothing_more(world: Town) -> None:
    meeting = world.published(approval=True)
    registration = world.sign_up(meeting).id
    assert kinds(world) == ["confirm_address"]

    world.later("close_decisions", start(meeting))

    assert state_of(world, registration) == ("expired", "unconfirmed")
    assert kinds(world) == ["confirm_address"]


def test_who_was_accepted_in_time_stays(world: Town) -> None:
    meeting = world.published(approval=True)
    accepted, forgotten = world.registered(meeting), world.registered(meeting, email="b@gmx.de")
    with world.databases["registration"].transaction() as session:
        approve(session, accepted, start(meeting) - timedelta(days=9), hold=HOLD)

    world.later("close_decisions", start(meeting))

    assert state_of(world, accepted)[0] == "confirmed"
    with (
        pytest.raises(OutdatedError),
        world.databases["registration"].transaction() as session,
    ):
        approve(session, forgotten, start(meeting), hold=HOLD)
