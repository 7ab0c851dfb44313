"""A contact who is invited and has signed up by herself: her yes takes nothing from her."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.registration.app import create_app
from services.registration.domain.invitations import InvitedContact
from services.registration.models import Attendee, Invitation, Meeting
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.invitations import issue
from services.registration.use_cases.sign_up import Person, SignedUp
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import MeetingPublished
from shared.links import Links
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import claim, facts, publish, sign, slot_of

PETRA = InvitedContact("Ähre", "Petra Ähre", "petra@aehre.example")
THREE = ("Petra Ähre", "Tim Lohse", "Kaya Kern")
ANSWER = "/api/v1/invitations/answer"


@dataclass
class Guest:
    """Petra with her link, asked to a day of two talks."""

    client: FlaskClient
    database: Database
    meeting: MeetingPublished
    invitation_id: UUID
    token: str

    def signs_up(self, *names: str, slot: int = 0) -> SignedUp:
        """By the form that everybody may use."""
        people = tuple(Person(name) for name in names)
        return sign(self.database, self.meeting, email=PETRA.email, attendees=people, slot=slot)

    def page(self) -> str:
        """What her link shows."""
        return self.client.get(f"/invitations/{self.token}").text

    def presses_yes(self, **values: str) -> TestResponse:
        """The button of her page, with the fields beside it."""
        data = {"answer": "yes"} | {name.replace("_", "-"): text for name, text in values.items()}
        return self.client.post(f"/invitations/{self.token}", data=data)

    def says_yes(self, **body: Any) -> TestResponse:
        """The same by the API."""
        return self.client.post(ANSWER, json={"token": self.token, "answer": "yes"} | body)

    def slot(self, number: int) -> str:
        """The id of a talk."""
        return str(self.meeting.slots[number].slot_id)

    def answer(self) -> str:
        """What counts as her answer."""
        with self.database.reading() as session:
            return session.get_one(Invitation, self.invitation_id).answer

    def names(self, done: SignedUp) -> tuple[str, ...]:
        """Who comes by a registration."""
        query = select(Attendee.name).where(Attendee.registration_id == done.id)
        with self.database.reading() as session:
            return tuple(session.scalars(query.order_by(Attendee.position)))


@pytest.fixture
def guest(registration_database: Database, settings: Settings) -> Iterator[Guest]:
    """English, so that texts read like their sources."""
    meeting = publish(registration_database, slots=2)
    with registration_database.transaction() as session:
        row = session.get_one(Meeting, meeting.meeting_id)
        (asked,) = issue(session, row, [PETRA], now=now()).invitations
    app = create_app(settings)
    client = app.test_client()
    client.set_cookie("treffpunkt_language", "en")
    token = Links(settings).token("invitation", asked.id, asked.link_version)
    yield Guest(client, registration_database, meeting, asked.id, token)
    app.extensions[EXTENSION].database.close()


def test_the_page_shows_what_she_has_and_asks_for_nothing_else(guest: Guest) -> None:
    guest.signs_up(*THREE)

    page = guest.page()

    assert "You have registered 3 seats already" in page
    assert "Kaya Kern" in page
    assert not re.search(r'name="(seats|slot|name-1)"', page)


def test_her_yes_confirms_it_with_everybody(guest: Guest) -> None:
    done = guest.signs_up(*THREE)

    assert guest.presses_yes(registered="1").status_code == 303

    row = claim(guest.database, done)
    assert (row.state, row.seats, guest.answer()) == ("confirmed", 3, "yes")
    assert guest.names(done) == THREE
    assert "RegistrationChanged" not in facts(guest.database, done)


def test_the_yes_of_a_page_from_before_leaves_it_and_says_so(guest: Guest) -> None:
    done = guest.signs_up(*THREE)

    answer = guest.presses_yes(seats="1", name_1="Petra Ähre")

    assert guest.names(done) == THREE
    assert guest.answer() == "yes"
    assert "stays as it is" in guest.client.get(answer.location).text


def test_yes_pressed_twice_says_nothing_of_that(guest: Guest) -> None:
    for _press in range(2):
        answer = guest.presses_yes(seats="1", name_1="Petra Ähre")

    assert "stays as it is" not in guest.client.get(answer.location).text
    assert slot_of(guest.database, guest.meeting).taken == 1


def test_another_time_is_refused_with_what_to_do(guest: Guest) -> None:
    done = guest.signs_up(*THREE)

    answer = guest.presses_yes(seats="1", slot=guest.slot(1))

    assert answer.status_code == 422
    assert "registered for another time already" in answer.text
    assert "/registrations/manage/" in answer.text
    assert (claim(guest.database, done).state, guest.answer()) == ("held", "")


def test_of_two_registrations_the_one_for_the_chosen_time_is_meant(guest: Guest) -> None:
    first, second = guest.signs_up(*THREE), guest.signs_up("Petra Ähre", slot=1)

    guest.presses_yes(seats="1", name_1="Petra Ähre", slot=guest.slot(1))

    states = [claim(guest.database, done).state for done in (first, second)]
    assert states == ["held", "confirmed"]


def test_a_registration_that_ended_meanwhile_is_not_made_anew(guest: Guest) -> None:
    done = guest.signs_up(*THREE)
    with guest.database.transaction() as session:
        cancel(session, done.id, now(), by=BY_CONTACT)

    answer = guest.presses_yes(registered="1")

    assert answer.status_code == 422
    assert 'name="seats"' in answer.text
    assert guest.answer() == ""


def test_a_first_yes_of_the_api_confirms_it_as_it_is(guest: Guest) -> None:
    done = guest.signs_up(*THREE)

    assert guest.says_yes().json["registration"]["state"] == "confirmed"

    assert guest.names(done) == THREE


def test_a_first_yes_with_a_number_leaves_it_too(guest: Guest) -> None:
    done = guest.signs_up(*THREE)

    guest.says_yes(seats=1)

    assert guest.names(done) == THREE


def test_people_named_in_the_api_replace_those_there_are(guest: Guest) -> None:
    done = guest.signs_up(*THREE)

    guest.says_yes(attendees=[{"name": "Petra Ähre"}, {"name": "Neu Dabei"}])

    assert guest.names(done) == ("Petra Ähre", "Neu Dabei")


def test_a_second_yes_with_another_number_keeps_the_people_there_are(guest: Guest) -> None:
    done = guest.signs_up(*THREE)
    guest.says_yes()

    guest.says_yes(seats=4)

    assert guest.names(done) == (*THREE, "N. N.")


def test_another_time_in_the_api_is_a_conflict(guest: Guest) -> None:
    guest.signs_up(*THREE)

    answer = guest.says_yes(slot_id=guest.slot(1))

    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (409, "another-time")
