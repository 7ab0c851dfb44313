"""Facts that are heard by two workers at once: each finds the other, or is found by it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import text

from services.notifications import handlers
from services.notifications.use_cases import mails
from shared.database import Database
from shared.events.envelope import Fact
from tests import notices
from tests.notices import Desk, envelope_of
from tests.wait import wait_until

SOON = 20
WAITING = text("select count(*) from pg_stat_activity where wait_event_type = 'Lock'")


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


def amid(desk: Desk, fact: Fact, other: Callable[[], object]) -> None:
    """Let *other* happen after *fact* was worked on and before that is committed."""
    thread = threading.Thread(target=other)
    with desk.database.transaction() as session:
        handlers.HANDLERS[type(fact)](session, fact, envelope_of(fact))
        session.flush()
        thread.start()
        wait_until(lambda: _somebody_waits(desk.database), within=SOON)
    thread.join(SOON)


def _somebody_waits(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.scalar(WAITING))


def test_a_move_waits_for_the_confirmation_and_tells_it(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))

    amid(desk, notices.confirmed(), lambda: desk.hear(moved))

    assert [mail.details["sequence"] for mail in desk.mails("meeting_changed")] == [1, 1]


def test_a_confirmation_waits_for_the_move_and_is_told_it(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))
    desk.hear(notices.published(revision=1))

    amid(desk, moved, lambda: desk.hear(notices.confirmed(meeting_revision=1)))

    (mail,) = desk.mails("meeting_changed")
    assert mail.recipient == "anna@betrieb.example"


def test_mails_that_are_being_made_are_held_back_too(desk: Desk) -> None:
    def hold() -> None:
        with desk.database.transaction() as session:
            mails.hold_mails(session, meeting_id=notices.MEETING)

    amid(desk, notices.invited(), hold)

    assert [mail.state for mail in desk.mails("invitation")] == ["held_back"]
