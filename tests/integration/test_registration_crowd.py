"""Many at once: never oversold, never beyond a cap, moved up in order, whatever the interleaving."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from services.registration.domain.refusals import RefusedError
from services.registration.models import Registration, RepeatedSignUp
from services.registration.periodic import expire_holds
from services.registration.use_cases.changes import change, seats_of
from services.registration.use_cases.confirmation import confirm_link
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from shared.messaging.tables import outbox_event
from tests.integration.registration_stories import (
    claim,
    confirmed,
    publish,
    sign,
    slot_of,
)
from tests.judging import adds_up

THREADS = 8


@pytest.fixture
def crowd_database(registration_database: Database) -> Any:
    """The same database with a connection for every thread."""
    database = Database(registration_database.url, "test-crowd", pool_size=THREADS)
    yield database
    database.close()


def at_once(works: list[Callable[[], Any]]) -> list[Any]:
    """Run everything side by side, each thread beginning behind one gate."""
    gate = Barrier(THREADS)

    def share(number: int) -> list[Any]:
        gate.wait()
        return [work() for work in works[number::THREADS]]

    with ThreadPoolExecutor(THREADS) as pool:
        return [result for part in pool.map(share, range(THREADS)) for result in part]


def test_200_sign_ups_for_50_seats(crowd_database: Database) -> None:
    meeting = publish(crowd_database, capacity=50)
    sizes = [random.randint(1, 4) for _ in range(200)]
    done = at_once([lambda n=n: sign(crowd_database, meeting, seats=n) for n in sizes])
    assert len({one.id for one in done}) == 200
    held = sum(one.seats for one in done if one.state == "held")
    slot = slot_of(crowd_database, meeting)
    assert held == slot.taken <= 50
    assert slot.waiting == sum(1 for one in done if one.state == "waitlisted")
    assert adds_up(crowd_database)
    assert ranks_follow_states(crowd_database)
    with crowd_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(outbox_event)) == 200


def ranks_follow_states(database: Database) -> bool:
    """Nobody who waits stood before somebody who was held and asked for as many seats or more."""
    with database.reading() as session:
        rows = session.scalars(select(Registration).order_by(Registration.rank)).all()
    first = next((row.rank for row in rows if row.state == "waitlisted"), None)
    return first is None or all(row.state == "waitlisted" for row in rows if row.rank >= first)


def test_the_same_address_many_times_at_once_has_one_claim(crowd_database: Database) -> None:
    meeting = publish(crowd_database)
    email = "kim@gmx.example"
    done = at_once([lambda: sign(crowd_database, meeting, email=email) for _ in range(24)])
    assert {one.state for one in done} == {"held"}
    assert slot_of(crowd_database, meeting).taken == 1
    with crowd_database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Registration)) == 1
        assert session.scalar(select(func.count()).select_from(RepeatedSignUp)) == 23


def test_a_cap_holds_when_all_addresses_of_a_company_confirm_at_once(
    crowd_database: Database,
) -> None:
    meeting = publish(crowd_database, capacity=50, slots=3, seats_per_company=4)
    done = [
        sign(crowd_database, meeting, name="Große Firma AG", slot=number % 3)
        for number in range(16)
    ]
    at_once([lambda one=one: confirm_link(crowd_database, one.id, 1, now()) for one in done])
    states = [claim(crowd_database, one).state for one in done]
    assert (states.count("confirmed"), states.count("waitlisted")) == (4, 12)
    assert adds_up(crowd_database)


def test_a_confirmation_and_its_lapse_at_once_have_one_outcome(crowd_database: Database) -> None:
    meeting = publish(crowd_database, capacity=20)
    done = [sign(crowd_database, meeting) for _ in range(20)]
    later = max(one.held_until for one in done if one.held_until)
    works: list[Callable[[], Any]] = [
        lambda one=one: confirm_link(crowd_database, one.id, 1, later) for one in done
    ]
    works[4:4] = [lambda: expire_holds(crowd_database, later) for _ in range(4)]
    at_once(works)
    assert {claim(crowd_database, one).state for one in done} == {"confirmed"}
    assert slot_of(crowd_database, meeting).taken == 20
    assert adds_up(crowd_database)


def test_seats_given_up_at_once_go_to_the_list_in_order(crowd_database: Database) -> None:
    meeting = publish(crowd_database, capacity=12)
    holders = [sign(crowd_database, meeting) for _ in range(12)]
    line = [sign(crowd_database, meeting) for _ in range(16)]
    for one in line:
        confirmed(crowd_database, one)
    at_once([lambda one=one: give_up(crowd_database, one) for one in holders])
    states = [claim(crowd_database, one).state for one in line]
    assert states == ["confirmed"] * 12 + ["waitlisted"] * 4
    assert adds_up(crowd_database)


def give_up(database: Database, one: SignedUp) -> None:
    with database.transaction() as session:
        cancel(session, one.id, now(), by=BY_CONTACT)


def resize_to(database: Database, one: SignedUp, seats: int) -> None:
    with database.transaction() as session:
        row = session.get_one(Registration, one.id)
        change(session, one.id, seats_of(row, seats), now())


def test_everything_at_once_still_adds_up(crowd_database: Database) -> None:
    meeting = publish(crowd_database, capacity=25, slots=2, seats_per_company=3)
    known: list[SignedUp] = []

    def step() -> None:
        dice = random.random()
        one = random.choice(known) if known else None
        try:
            if one is None or dice < 0.4:
                known.append(
                    sign(
                        crowd_database,
                        meeting,
                        slot=random.randrange(2),
                        seats=random.randint(1, 3),
                        name=f"Firma {random.randrange(12)}",
                        accepts_fewer=random.random() < 0.3,
                    )
                )
            elif dice < 0.7:
                confirm_link(crowd_database, one.id, 1, now())
            elif dice < 0.85:
                give_up(crowd_database, one)
            else:
                resize_to(crowd_database, one, random.randint(1, 3))
        except RefusedError:
            pass

    at_once([step for _ in range(320)])
    assert adds_up(crowd_database)
    assert no_company_beyond(crowd_database, 3)


def no_company_beyond(database: Database, cap: int) -> bool:
    query = (
        select(func.sum(Registration.seats))
        .where(Registration.state == "confirmed")
        .group_by(Registration.company_id)
    )
    with database.reading() as session:
        return all(seats <= cap for seats in session.scalars(query))
