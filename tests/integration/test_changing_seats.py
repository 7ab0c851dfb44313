"""Who has which seat after a change of a registration."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.registration.domain.refusals import UnknownError
from services.registration.models import Registration
from services.registration.use_cases.changes import Changed, Seat, change, give_up_seat
from services.registration.use_cases.claims import lock_place
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from tests.integration.registration_stories import claim, confirmed, publish, sign
from tests.interrupted import overtaken
from tests.judging import adds_up


@pytest.fixture
def database(registration_database: Database) -> Database:
    return registration_database


def seats(database: Database, done: SignedUp) -> list[Seat]:
    """Who has a seat, without those who wait for one."""
    with database.reading() as session:
        people = session.get_one(Registration, done.id).attendees
        return [Seat(person.name, person.email, person.id) for person in people]


def changed(database: Database, done: SignedUp, wished: list[Seat]) -> Changed:
    with database.transaction() as session:
        return change(session, done.id, wished, now())


def test_who_is_listed_before_the_others_does_not_take_their_seat(database: Database) -> None:
    done = sign(database, publish(database, capacity=1))
    confirmed(database, done)
    present = seats(database, done)

    answer = changed(database, done, [Seat("Neu Dabei"), *present])

    assert answer.waiting == 1
    assert seats(database, done) == present
    assert adds_up(database)


def test_who_is_listed_first_stays_first_where_everybody_fits(database: Database) -> None:
    done = sign(database, publish(database, capacity=2))
    confirmed(database, done)
    present = seats(database, done)

    changed(database, done, [Seat("Neu Dabei"), *present])

    assert [seat.name for seat in seats(database, done)] == ["Neu Dabei", present[0].name]
    assert claim(database, done).seats == 2


def given_up(database: Database, seat: UUID | None) -> str:
    assert seat is not None
    try:
        with database.transaction() as session:
            return give_up_seat(session, seat, now()).state
    except UnknownError:
        return "unknown"


def test_who_was_replaced_meanwhile_cannot_give_up_the_seat_of_the_other(
    database: Database,
) -> None:
    done = sign(database, publish(database))
    confirmed(database, done)
    [before] = seats(database, done)

    def replace_her(session: Session) -> None:
        change(session, done.id, [Seat("Ganz Anders", id=before.id)], now())

    answer = overtaken(database, replace_her, lambda: given_up(database, before.id))

    assert answer == "unknown"
    assert claim(database, done).state == "confirmed"
    assert [seat.name for seat in seats(database, done)] == ["Ganz Anders"]


def test_who_moved_to_another_claim_meanwhile_gives_up_her_seat_there(database: Database) -> None:
    meeting = publish(database)
    done, other = sign(database, meeting), sign(database, meeting, seats=2)
    [before] = seats(database, done)

    def move_her(session: Session) -> None:  # as additional seats join their registration
        lock_place(session, meeting.slots[0].slot_id, now())
        session.execute(
            text("update attendee set registration_id = :other, position = 3 where id = :id"),
            {"other": other.id, "id": before.id},
        )
        session.execute(text("update registration set seats = 3 where seats = 2"))
        session.execute(text("update slot set taken = 4"))

    overtaken(database, move_her, lambda: given_up(database, before.id))

    assert claim(database, done).state == "held"
    assert claim(database, other).seats == 2
    assert adds_up(database)
