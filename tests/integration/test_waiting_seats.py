"""Seats that a company waits for beside those it has: asked for again, given back, taken over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from services.registration.app import create_app
from services.registration.models import Attendee, Registration
from services.registration.use_cases.changes import Seat, change, give_up_seat
from shared.clock import now
from shared.database import Database
from shared.links import Links
from shared.messaging.tables import outbox_event
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_desk import close, desk_of
from tests.integration.registration_stories import claim, confirmed, publish, sign, slot_of
from tests.judging import adds_up

API = "/api/v1/registrations/manage"


class Company:
    """Two seats of two, in the hands of their contact by the link of the mail."""

    def __init__(self, database: Database, settings: Settings, **meeting: Any) -> None:
        self.database = database
        self.meeting = publish(database, **{"capacity": 2} | meeting)
        self.done = sign(database, self.meeting, name="Unsere", seats=2)
        confirmed(database, self.done)
        self.app = create_app(settings)
        self.client: FlaskClient = self.app.test_client()
        self.client.set_cookie("treffpunkt_language", "en")
        self.token = Links(settings).token("manage", self.done.id, 1)

    def patch(self, **body: Any) -> dict[str, Any]:
        """What a change is answered with."""
        headers = {"Authorization": f"Bearer {self.token}"}
        shown: dict[str, Any] = self.client.patch(API, headers=headers, json=body).json or {}
        return shown

    def seats(self, **body: Any) -> tuple[int, int]:
        """Seats had and waited for after a change."""
        shown = self.patch(**body)
        return shown["seats"], shown["waiting_for"]

    def page(self, **values: str) -> str:
        """The page; with *values* as it is after sending them."""
        url = f"/registrations/manage/{self.token}"
        if not values:
            return self.client.get(url).text
        return self.client.post(url, data=values, follow_redirects=True).text

    def form(self) -> dict[str, str]:
        """What pressing "Save changes" would send."""
        found = re.findall(
            r'name="(attendees-\d+-\w+|people|revision)"[^>]*? value="([^"]*)"', self.page()
        )
        return dict(found)


@pytest.fixture
def company(
    request: pytest.FixtureRequest, registration_database: Database, settings: Settings
) -> Iterator[Company]:
    """A company that has all seats; the parameter says more about the meeting."""
    made = Company(registration_database, settings, **getattr(request, "param", {}))
    yield made
    made.app.extensions[EXTENSION].database.close()
    assert adds_up(registration_database)


def told(database: Database) -> int:
    """Facts about registrations, of which each may be a mail."""
    query = select(func.count()).where(outbox_event.c.name.startswith("Registration"))
    with database.reading() as session:
        return session.scalar(query) or 0


def attendee(company: Company, number: int) -> Attendee:
    with company.database.reading() as session:
        return session.get_one(Registration, company.done.id).attendees[number]


def test_fewer_seats_are_taken_from_those_that_wait_first(company: Company) -> None:
    assert company.seats(seats=5) == (2, 3)

    assert company.seats(seats=4) == (2, 2)
    assert company.seats(seats=2) == (2, 0)


def test_who_gives_up_seats_and_waits_for_more_has_fewer(company: Company) -> None:
    company.patch(seats=3)

    assert company.seats(seats=1) == (1, 0)
    assert slot_of(company.database, company.meeting).free == 1


def test_seats_given_up_go_to_others_who_wait(company: Company) -> None:
    company.patch(seats=3)
    other = sign(company.database, company.meeting, name="Andere")
    confirmed(company.database, other)

    company.patch(seats=1)

    assert claim(company.database, other).state == "confirmed"


def test_the_same_wish_again_changes_nothing_and_tells_nobody(company: Company) -> None:
    company.patch(seats=4)
    before = told(company.database)

    assert company.seats(seats=4) == (2, 2)
    assert company.seats(seats=4) == (2, 2)

    assert slot_of(company.database, company.meeting).waiting == 1
    assert told(company.database) == before


def test_the_same_names_without_ids_are_the_same_people(company: Company) -> None:
    people = [{"name": "Person 1"}, {"name": "Person 2"}, {"name": "Neu Dabei"}]
    company.patch(attendees=people)
    before = told(company.database)

    assert company.seats(attendees=people) == (2, 1)

    assert told(company.database) == before


def test_more_that_wait_are_told_once_and_wait_as_one_group(company: Company) -> None:
    company.patch(seats=3)
    before = told(company.database)

    assert company.seats(seats=5) == (2, 3)

    assert slot_of(company.database, company.meeting).waiting == 1
    assert told(company.database) == before + 1


def test_what_is_shown_can_be_sent_back_as_it_is(company: Company) -> None:
    company.patch(attendees=[{"name": name} for name in ("Person 1", "Person 2", "Neu Dabei")])
    before = told(company.database)

    sent = company.form()
    page = company.page(**sent)

    assert "changes are saved" in page
    assert [sent[f"attendees-{number}-name"] for number in (1, 2, 3)] == [
        "Person 1",
        "Person 2",
        "Neu Dabei",
    ]
    assert "1 more seat is on the waitlist" in page
    assert told(company.database) == before


@pytest.mark.parametrize("company", [{"seats_per_company": 4}], indirect=True)
def test_seats_that_wait_count_for_the_companys_number(company: Company) -> None:
    assert company.seats(seats=4) == (2, 2)

    assert company.patch(seats=5)["status"] == 409


def test_who_waits_takes_the_seat_of_a_colleague_who_is_taken_off(company: Company) -> None:
    company.patch(attendees=[{"name": name} for name in ("Person 1", "Person 2", "Neu Dabei")])
    sent = company.form()

    company.page(**{**sent, "remove": "1"})
    company.page(
        **{
            "people": "2",
            "revision": sent["revision"],
            "attendees-1-id": sent["attendees-2-id"],
            "attendees-1-name": "Person 2",
            "attendees-2-id": sent["attendees-3-id"],
            "attendees-2-name": "Neu Dabei",
        }
    )

    assert company.seats(seats=2) == (2, 0)
    assert attendee(company, 1).name == "Neu Dabei"


def test_a_seat_given_up_by_its_person_goes_to_a_colleague_who_waits(company: Company) -> None:
    company.patch(attendees=[{"name": name} for name in ("Person 1", "Person 2", "Neu Dabei")])
    leaving = attendee(company, 0)
    url = f"/registrations/manage/{company.app.extensions[EXTENSION].links.token('seat', leaving.id, 1)}"

    assert "goes to somebody of your company" in company.client.get(url).text
    assert "goes to somebody of your company" in company.client.post(url).text

    assert [attendee(company, number).name for number in (0, 1)] == ["Person 2", "Neu Dabei"]
    assert company.seats(seats=2) == (2, 0)


def test_the_last_person_who_leaves_gives_her_seat_to_who_waits(
    registration_database: Database,
) -> None:
    meeting = publish(registration_database, capacity=1)
    done = sign(registration_database, meeting)
    confirmed(registration_database, done)
    with registration_database.transaction() as session:
        leaving = session.get_one(Registration, done.id).attendees[0]
        here = Seat(leaving.name, None, leaving.id)
        change(session, done.id, [here, Seat("Neu Dabei")], now())
    with registration_database.transaction() as session:
        give_up_seat(session, leaving.id, now())

    assert claim(registration_database, done).state == "confirmed"
    assert slot_of(registration_database, meeting).waiting == 0


def test_only_the_waiting_seats_can_be_given_up(company: Company) -> None:
    company.patch(seats=4)
    assert "Leave only the waitlist" in company.page()

    page = company.page(action="stop-waiting")

    assert "You no longer wait for more seats" in page
    assert company.seats(seats=2) == (2, 0)
    assert slot_of(company.database, company.meeting).waiting == 0


def test_coordinators_give_up_the_waiting_seats_alone(company: Company, settings: Settings) -> None:
    company.patch(seats=4)
    desk = desk_of(company.database, settings)
    desk.client.set_cookie("treffpunkt_language", "en")
    url = f"/coordination/registrations/{company.done.id}"
    assert "Take the waiting seats from the waitlist" in desk.get(url)

    desk.post(f"{url}/stop-waiting")

    assert "Take the waiting seats from the waitlist" not in desk.get(url)
    assert claim(company.database, company.done).seats == 2
    close(desk)
