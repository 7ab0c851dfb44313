"""Seats that a registration wants beside those it has: they share its fate."""

from __future__ import annotations

from typing import cast

from sqlalchemy import select

from services.registration.use_cases.confirmation import confirm_link
from shared.database import Database
from shared.messaging.tables import outbox_event
from tests.booking_desk import Booking
from tests.interrupted import Interrupted
from tests.seats_model import HOLD


def grown_while_held(database: Database) -> Booking:
    """Somebody holds both seats, and wants a third one."""
    booking = Booking(database, capacity=2)
    assert booking.sign_up("first", "Firma", 2) == "held"
    booking.resize("first", 3)
    assert booking.numbers() == (2, 1, 1)
    return booking


def test_additional_seats_lapse_with_their_registration(registration_database: Database) -> None:
    booking = grown_while_held(registration_database)

    booking.pass_time(HOLD)

    assert booking.numbers() == (0, 0, 0)
    assert booking.sign_up("second", "Andere", 2) == "held"


def test_additional_seats_are_proved_with_it(registration_database: Database) -> None:
    booking = grown_while_held(registration_database)
    assert booking.confirm("first") == "confirmed"

    booking.change_capacity(3)

    assert booking.seen()["first"] == ("confirmed", 3, 0)


def test_additional_seats_asked_for_amid_the_confirmation_are_proved_with_it(
    registration_database: Database,
) -> None:
    booking = Booking(registration_database, capacity=2)
    booking.sign_up("first", "Firma", 2)

    database = Interrupted(registration_database, lambda: booking.resize("first", 3))
    done = confirm_link(cast("Database", database), booking.ids["first"], 1, booking.at)
    booking.change_capacity(3)

    assert done.state == "confirmed"
    assert booking.seen()["first"] == ("confirmed", 3, 0)


def test_additional_seats_pass_people_who_have_not_confirmed(
    registration_database: Database,
) -> None:
    booking = Booking(registration_database, capacity=4)
    booking.sign_up("first", "Firma", 1)
    booking.confirm("first")
    booking.sign_up("large", "Andere", 3)
    assert booking.sign_up("late", "Dritte", 1) == "waitlisted"
    booking.resize("large", 1)

    booking.resize("first", 2)

    assert booking.seen()["first"] == ("confirmed", 2, 0)
    assert booking.numbers() == (3, 1, 1)


def test_a_company_that_reached_its_number_makes_nobody_wait(
    registration_database: Database,
) -> None:
    booking = Booking(registration_database, capacity=2, cap=2)
    for name, company in (("all", "Erste"), ("one", "Zweite"), ("other", "Zweite")):
        booking.sign_up(name, company, 2)
        booking.confirm(name)
    booking.change_capacity(6)

    assert [booking.seen()[name][0] for name in ("one", "other")] == ["confirmed", "waitlisted"]
    assert booking.sign_up("new", "Dritte", 2) == "held"


def test_the_fact_says_when_additional_seats_have_moved_up(registration_database: Database) -> None:
    booking = grown_while_held(registration_database)
    booking.confirm("first")

    booking.change_capacity(3)

    query = select(outbox_event.c.payload).where(outbox_event.c.name == "RegistrationChanged")
    with registration_database.reading() as session:
        told = session.scalars(query.order_by(outbox_event.c.id)).all()
    assert told[-1]["changes"] == ["seats", "attendees", "joined"]
