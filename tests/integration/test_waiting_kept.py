"""Who waits is not forgotten, whatever is made of the waitlist and of the company's number."""

from __future__ import annotations

import pytest

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
