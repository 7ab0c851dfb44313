"""Messages about meetings long over lose their people part by part, whatever happens to one of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from services.registration.models import FailingAddress
from services.registration.use_cases.retention import past_meetings
from services.scheduling.models import Meeting
from shared.clock import now
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging import erasures
from shared.messaging.tables import inbox
from tests import canary
from tests.three_services import Town

MESSAGES = {"outbox_event", "inbox"}
ADDRESSES = ("a@betrieb.example", "b@betrieb.example", "c@betrieb.example")


@pytest.fixture
def registrations(world: Town) -> list[UUID]:
    """Three of a meeting long over, known everywhere, oldest first."""
    meeting = world.published()
    made = [world.registered(meeting, email=address) for address in ADDRESSES]
    world.deliver()
    world.make_past(meeting, days=91)
    return made


@contextmanager
def kept(database: Database, registration: UUID) -> Iterator[None]:
    """The messages about it cannot be changed."""
    other = f"aggregate_id <> '{registration}'"
    with database.transaction() as session:
        for table in MESSAGES:
            refused = f"alter table {table} add constraint kept check ({other}) not valid"
            session.execute(text(refused))
    yield
    with database.transaction() as session:
        for table in MESSAGES:
            session.execute(text(f"alter table {table} drop constraint kept"))


def messages_with_people(database: Database) -> set[str]:
    return MESSAGES & canary.in_tables(database)


def test_a_part_that_is_full_leaves_none_out(world: Town, registrations: list[UUID]) -> None:
    database = world.databases["registration"]
    with database.reading() as session:
        sent = session.execute(text("select count(*) from outbox_event")).scalar_one()
    assert sent == 2 * len(registrations)

    changed = erasures.scrub_past_messages(database, past_meetings(now()), at_once=2)

    assert (changed, messages_with_people(database)) == (sent, set())


def test_meetings_to_come_keep_theirs(world: Town, registrations: list[UUID]) -> None:
    world.registered(world.published(slug="sued"), email=ADDRESSES[0])
    world.deliver()
    database = world.databases["scheduling"]

    meetings = select(Meeting.id).where(Meeting.ends_at < now())
    changed = erasures.scrub_past_messages(database, meetings, at_once=3)

    assert changed == 2 * len(registrations)
    assert messages_with_people(database) == {"inbox"}


def test_what_is_emptied_already_is_not_waited_for(world: Town, registrations: list[UUID]) -> None:
    world.later("forget_people", now())
    database = world.databases["scheduling"]
    late = select(inbox.c.event_id).where(inbox.c.aggregate_id.in_(registrations))
    with database.transaction() as session:
        session.execute(late.with_for_update())

        world.later("forget_people", now())


def test_a_message_that_cannot_be_emptied_holds_up_nothing_else(
    world: Town, registrations: list[UUID]
) -> None:
    database = world.databases["registration"]
    failing = {"email_key": "x@y.example", "kind": "waitlisted", "mail_id": new_id()}
    with database.transaction() as session:
        session.add(FailingAddress(**failing, failed_at=now() - timedelta(days=100)))

    with kept(database, registrations[-1]), pytest.raises(DBAPIError, match="kept"):
        world.later("forget_people", now())

    with database.reading() as session:
        assert session.scalars(select(FailingAddress)).all() == []


def test_parts_that_are_done_stay_done(world: Town, registrations: list[UUID]) -> None:
    database = world.databases["scheduling"]
    meetings = select(Meeting.id).where(Meeting.ends_at < now())

    with kept(database, registrations[-1]), pytest.raises(DBAPIError, match="kept"):
        erasures.scrub_past_messages(database, meetings, at_once=1)

    left = 2  # of six: held and confirmed
    assert erasures.scrub_past_messages(database, meetings) == left
