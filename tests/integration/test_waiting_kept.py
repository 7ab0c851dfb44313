"""Who waits is not forgotten, whatever is made of the waitlist and of the company's number."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from shared.database import Database
from tests.booking_desk import Booking
from tests.judging import adds_up


@pytest.fixture
def database(registration_database: Database) -> Database:
    return registration_database


def confirmed(booking: Booking, identifier: str, company: str, seats: int = 1) -> str:
    booking.sign_up(identifier, company, seats)
    return booking.confirm(identifier)


def test_without_a_waitlist_who_waits_for_the_number_of_the_company_moves_up(
    database: Database,
) -> None:
    booking = Booking(database, capacity=10, waitlist="off", cap=1)
    confirmed(booking, "first", "Firma")
    assert confirmed(booking, "second", "Firma") == "waitlisted"

    booking.cancel("first")

    assert adds_up(database)
    assert booking.seen()["second"][0] == "confirmed"
    assert booking.sign_up("stranger", "Andere") == "held"


def test_who_waits_moves_up_when_the_waitlist_is_given_up(database: Database) -> None:
    booking = Booking(database, capacity=1)
    confirmed(booking, "first", "Firma")
    assert confirmed(booking, "large", "Große", 2) == "waitlisted"
    assert confirmed(booking, "small", "Kleine") == "waitlisted"
    booking.cancel("first")
    assert booking.seen()["small"][0] == "waitlisted"  # strict: behind the large one

    booking.change_waitlist("off")

    assert booking.seen()["small"][0] == "confirmed"
    assert adds_up(database)


@pytest.mark.parametrize("cap", [2, None])
def test_who_waits_for_the_number_of_the_company_moves_up_when_it_is_raised(
    database: Database, cap: int | None
) -> None:
    booking = Booking(database, capacity=10, cap=1)
    confirmed(booking, "first", "Firma")
    assert confirmed(booking, "second", "Firma") == "waitlisted"

    booking.change_cap(cap)

    assert booking.seen()["second"][0] == "confirmed"
    assert adds_up(database)


def test_the_sweep_finds_who_waits_for_a_number_that_is_raised(database: Database) -> None:
    booking = Booking(database, capacity=10, cap=1)
    confirmed(booking, "first", "Firma")
    assert confirmed(booking, "second", "Firma") == "waitlisted"
    with database.transaction() as session:  # as after a restore, which copies and promotes nobody
        session.execute(text("update meeting set seats_per_company = 2"))

    booking.pass_time(1)

    assert booking.seen()["second"][0] == "confirmed"
