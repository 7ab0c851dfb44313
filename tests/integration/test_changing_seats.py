"""Who has which seat after a change of a registration."""

from __future__ import annotations

import pytest

from services.registration.models import Registration
from services.registration.use_cases.changes import Changed, Seat, change, seats_of
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from tests.integration.registration_stories import claim, confirmed, publish, sign
from tests.judging import adds_up


@pytest.fixture
def database(registration_database: Database) -> Database:
    return registration_database


def seats(database: Database, done: SignedUp) -> list[Seat]:
    with database.reading() as session:
        return seats_of(session.get_one(Registration, done.id))


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
