"""Whom a coordinator signs up, or who was invited, gets what a confirmed address gets, at once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from shared.database import Database
from shared.messaging.tables import outbox_event
from tests.booking_desk import Booking
from tests.judging import adds_up


def told(booking: Booking, name: str) -> list[tuple[str, int, str]]:
    """The facts about a claim, with revision and the state before."""
    query = select(outbox_event).where(outbox_event.c.aggregate_id == booking.ids[name])
    with booking.database.reading() as session:
        rows = session.execute(query.order_by(outbox_event.c.revision)).all()
    return [(row.name, row.revision, row.payload["previous_state"]) for row in rows]


@pytest.fixture
def waited_for(registration_database: Database) -> Booking:
    """Two seats are free, and somebody waits for three who has not confirmed."""
    booking = Booking(registration_database, capacity=2)
    booking.sign_up("unconfirmed", "Andere", 3)
    return booking


def test_a_proved_sign_up_passes_people_who_have_not_confirmed(waited_for: Booking) -> None:
    assert waited_for.register("proved", "Firma", 2) == "confirmed"

    assert told(waited_for, "proved") == [("RegistrationConfirmed", 1, "")]
    assert adds_up(waited_for.database, waited_for.at)


def test_a_proved_sign_up_waits_behind_confirmed_people(waited_for: Booking) -> None:
    waited_for.confirm("unconfirmed")

    assert waited_for.register("proved", "Firma", 2) == "waitlisted"

    assert told(waited_for, "proved") == [("RegistrationWaitlisted", 1, "")]


def test_a_proved_group_that_accepts_fewer_gets_what_is_free(
    registration_database: Database,
) -> None:
    booking = Booking(registration_database, capacity=1)

    assert booking.register("group", "Firma", 2, fewer=True) == "confirmed"

    assert booking.seen()["group"] == ("confirmed", 1, 1)
    assert told(booking, "group") == [("RegistrationConfirmed", 1, "")]


@pytest.mark.parametrize("waitlist", ["strict", "off"])
def test_a_proved_group_that_accepts_fewer_gets_what_is_left_to_its_company(
    registration_database: Database, waitlist: str
) -> None:
    booking = Booking(registration_database, capacity=9, cap=2, waitlist=waitlist)
    booking.register("first", "Firma", 1)

    assert booking.register("colleagues", "Firma", 2, fewer=True) == "confirmed"

    assert booking.seen()["colleagues"] == ("confirmed", 1, 1)
    assert booking.numbers() == (2, 0, 0)
    assert adds_up(booking.database, booking.at)


def test_a_proved_sign_up_beyond_its_companys_number_takes_no_seat(
    registration_database: Database,
) -> None:
    booking = Booking(registration_database, capacity=9, cap=2)
    booking.register("first", "Firma", 2)

    assert booking.register("second", "Firma", 1) == "waitlisted"

    assert booking.numbers() == (2, 0, 0)
    assert told(booking, "second") == [("RegistrationWaitlisted", 1, "")]
