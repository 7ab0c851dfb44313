"""Correcting an address reaches everything that is sent to it."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from services.notifications.models import Registration as Copy
from services.registration.models import Registration
from services.registration.use_cases.addresses import correct_by_coordinator
from services.registration.use_cases.changes import Seat, change, seats_of
from services.registration.use_cases.sign_up import Person
from shared.clock import now
from tests import canary
from tests.integration.registration_stories import HOLD
from tests.mails import mails_to
from tests.three_services import Town

RIGHT = "richtig@gmx.example"
SPAN = {"starts_at": "2031-11-18T15:00:00+01:00", "ends_at": "2031-11-18T17:45:00+01:00"}


def grow(world: Town, registration: UUID, *people: Seat) -> None:
    with world.databases["registration"].transaction() as session:
        row = session.get_one(Registration, registration)
        change(session, registration, [*people, *seats_of(row)], now())


def correct(world: Town, registration: UUID) -> None:
    with world.databases["registration"].transaction() as session:
        correct_by_coordinator(session, registration, RIGHT, now(), hold=HOLD)


def known_to_notifications(world: Town) -> set[tuple[str, int]]:
    """Address and version of the links of every claim that mails are written about."""
    with world.databases["notifications"].reading() as session:
        found = session.scalars(select(Copy.data))
        return {(data["contact"]["email"], data["link_version"]) for data in found}


def test_who_waits_for_additional_seats_gets_their_mails_at_the_right_address(world: Town) -> None:
    meeting = world.published(slots=[{**SPAN, "capacity": 1}])
    registration = world.registered(meeting)
    grow(world, registration, Seat("Noch Jemand"))
    world.deliver()
    assert known_to_notifications(world) == {(canary.EMAIL, 1)}

    correct(world, registration)
    world.deliver()
    world.mail()

    assert known_to_notifications(world) == {(RIGHT, 2)}
    assert [mail.kind for mail in mails_to(world.sink, RIGHT)] == ["registration_changed"]


def test_a_contact_who_waits_for_a_seat_herself_has_the_right_address_there(world: Town) -> None:
    meeting = world.published(slots=[{**SPAN, "capacity": 1}])
    registration = world.registered(meeting, Person("Erste Person"))
    grow(world, registration, Seat(canary.NAME, canary.EMAIL))

    correct(world, registration)

    with world.databases["registration"].reading() as session:
        (waiting,) = session.get_one(Registration, registration).waiting
        assert [person.email for person in waiting.attendees] == [RIGHT]
