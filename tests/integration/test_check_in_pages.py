"""Arrivals at the door: a ticket, its code, and one button."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.models import Attendee, Registration
from services.registration.pages.check_in import ticket_code
from services.registration.use_cases.changes import Seat, change, seats_of
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import Person, SignedUp
from shared.clock import now
from shared.database import Database
from shared.settings import Settings
from tests.integration.registration_desk import Desk, open_desk
from tests.integration.registration_stories import VENUE, confirmed, publish, sign
from tests.interrupted import overtaken


@pytest.fixture
def desk(registration_database: Database, settings: Settings) -> Iterator[Desk]:
    """An admin's browser."""
    with open_desk(registration_database, settings) as desk:
        yield desk


def person(desk: Desk, registration_id: UUID) -> Attendee:
    with desk.database.reading() as session:
        return session.scalars(
            select(Attendee).where(Attendee.registration_id == registration_id)
        ).one()


def ticket(desk: Desk, attendee_id: UUID) -> str:
    return desk.links.token("ticket", attendee_id, 1)


def test_an_arrival_counts_once(desk: Desk) -> None:
    meeting = publish(desk.database)
    done = sign(desk.database, meeting)
    confirmed(desk.database, done)
    token = ticket(desk, person(desk, done.id).id)

    answers = [
        desk.api("/api/v1/check-ins", {"ticket": one}, 200)
        for one in (token, f"http://treffpunkt.example/check-in/{token}")
    ]

    assert [answer["again"] for answer in answers] == [False, True]
    assert answers[0]["checked_in_at"] == answers[1]["checked_in_at"]
    assert len(desk.facts("AttendeeCheckedIn")) == 1


def test_a_ticket_without_a_seat_is_refused(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database))
    token = ticket(desk, person(desk, done.id).id)

    desk.api("/api/v1/check-ins", {"ticket": token}, 409)
    desk.api("/api/v1/check-ins", {"ticket": "unsinn"}, 404)


def test_whoever_moves_up_while_she_arrives_is_let_in(desk: Desk) -> None:
    meeting = publish(desk.database, capacity=2)
    ours, others = (sign(desk.database, meeting) for _ in range(2))
    confirmed(desk.database, ours)
    colleague = waits_beside(desk.database, ours)

    def others_leave(session: Session) -> None:
        cancel(session, others.id, now(), by=BY_CONTACT)

    token = ticket(desk, colleague)
    answer = overtaken(
        desk.database, others_leave, lambda: desk.api("/api/v1/check-ins", {"ticket": token}, 200)
    )

    assert answer["registration_id"] == str(ours.id)


def waits_beside(database: Database, done: SignedUp) -> UUID:
    """Somebody who waits for an additional seat."""
    with database.transaction() as session:
        row = session.get_one(Registration, done.id)
        change(session, done.id, [*seats_of(row), Seat("Neu Dabei")], now())
        return session.scalars(select(Attendee.id).where(Attendee.name == "Neu Dabei")).one()


def test_a_coordinator_scans_a_ticket_and_presses_one_button(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database), name="Ähre")
    confirmed(desk.database, done)
    url = f"/check-in/{ticket(desk, person(desk, done.id).id)}"
    assert desk.client.get(url).location == f"{url}/arrival"
    assert "Ähre" in desk.get(f"{url}/arrival")

    desk.post(f"{url}/arrival")

    assert person(desk, done.id).checked_in_at


def test_others_see_no_company_behind_a_ticket(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database), name="Ähre")
    confirmed(desk.database, done)
    url = f"/check-in/{ticket(desk, person(desk, done.id).id)}"

    page = desk.app.test_client().get(url)

    assert page.status_code == 200
    assert "Ähre" not in page.text


def test_a_ticket_shows_its_code_the_person_and_the_room(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database), attendees=(Person("Eva Eins"),))
    confirmed(desk.database, done)
    token = ticket(desk, person(desk, done.id).id)

    page = desk.app.test_client().get(f"/check-in/{token}")

    assert str(ticket_code(desk.links.url("ticket", person(desk, done.id).id, 1))) in page.text
    assert "Eva Eins" in page.text
    assert f"{VENUE.name}, {VENUE.room}, {VENUE.street}" in page.text
    assert page.headers["Cache-Control"] == "no-store"
