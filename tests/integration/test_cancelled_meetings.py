"""A meeting is called off while people sign up and confirm: nobody stays in it, and everybody is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar, cast

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.registration.domain.refusals import ClosedError
from services.registration.periodic import end_with_meetings, expire_holds
from services.registration.use_cases.copies import keep_meeting
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import MeetingCancelled, MeetingFact
from tests.integration.registration_stories import (
    claim,
    confirmed,
    facts,
    meeting_fact,
    publish,
    sign,
    slot_of,
)
from tests.interrupted import Interrupted, overtaken
from tests.judging import adds_up

R = TypeVar("R")


@pytest.fixture
def database(registration_database: Database) -> Database:
    return registration_database


def call_off(session: Session, meeting: MeetingFact) -> None:
    gone = meeting_fact(
        kind=MeetingCancelled,
        revision=2,
        meeting_id=meeting.meeting_id,
        state="cancelled",
        reason="",
    )
    keep_meeting(session, replace(gone, slots=meeting.slots), now())


def called_off(database: Database, meeting: MeetingFact) -> None:
    with database.transaction() as session:
        call_off(session, meeting)


def amid_the_cancellation(database: Database, meeting: MeetingFact, act: Callable[[], R]) -> R:
    """What becomes of *act* when it begins before the cancellation is committed, and waits for it."""
    return overtaken(database, lambda session: call_off(session, meeting), act)


def sign_up(database: Any, meeting: Any) -> str:
    try:
        return sign(cast("Database", database), meeting).state
    except ClosedError:
        return "closed"


def test_a_sign_up_amid_the_cancellation_is_refused(database: Database) -> None:
    meeting = publish(database)

    interrupted = Interrupted(database, lambda: called_off(database, meeting))
    answer = sign_up(interrupted, meeting)

    assert adds_up(database)
    assert answer == "closed"


def test_a_sign_up_that_waits_for_the_cancellation_is_refused(database: Database) -> None:
    meeting = publish(database)

    answer = amid_the_cancellation(database, meeting, lambda: sign_up(database, meeting))

    assert adds_up(database)
    assert answer == "closed"


def test_a_late_confirmation_that_waits_for_the_cancellation_changes_nothing(
    database: Database,
) -> None:
    meeting = publish(database)
    done = sign(database, meeting)
    later = now() + timedelta(hours=49)
    expire_holds(database, later)

    answer = amid_the_cancellation(database, meeting, lambda: confirmed(database, done, later))

    assert answer.state == "expired"
    assert adds_up(database)


def test_whoever_stayed_in_a_cancelled_meeting_is_found_and_told(database: Database) -> None:
    meeting = publish(database)
    done = sign(database, meeting)
    with database.transaction() as session:
        session.execute(text("update meeting set state = 'cancelled'"))

    end_with_meetings(database, now())

    assert claim(database, done).reason == "meeting_cancelled"
    assert facts(database, done) == ["RegistrationHeld", "RegistrationCancelled"]
    assert slot_of(database, meeting).taken == 0
