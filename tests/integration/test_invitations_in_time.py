"""When a personal link can be answered: before everybody else may sign up, and until the last slot begins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from services.registration.app import create_app
from services.registration.domain.invitations import InvitedContact
from services.registration.models import Meeting, Registration, Slot
from services.registration.use_cases.invitations import issue
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import MeetingPublished
from shared.links import Links
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import publish

PETRA = InvitedContact("Ähre", "Petra Ähre", "petra@aehre.example")
TOO_LATE = "It is too late to change this here"


@dataclass
class Hall:
    """Where invited people come to, with a browser."""

    client: FlaskClient
    database: Database
    links: Links

    def invite(self, meeting: MeetingPublished) -> str:
        with self.database.transaction() as session:
            row = session.get_one(Meeting, meeting.meeting_id)
            (asked,) = issue(session, row, [PETRA], now=now()).invitations
        return self.links.token("invitation", asked.id, 1)

    def press(self, token: str, answer: str, **values: str) -> TestResponse:
        return self.client.post(f"/invitations/{token}", data={"answer": answer} | values)

    def says_yes(self, token: str, **body: Any) -> TestResponse:
        call = {"token": token, "answer": "yes"} | body
        return self.client.post("/api/v1/invitations/answer", json=call)

    def begin(self, meeting: MeetingPublished, slot: int = 0) -> None:
        change = update(Slot).where(Slot.id == meeting.slots[slot].slot_id)
        with self.database.transaction() as session:
            session.execute(change.values(starts_at=now() - timedelta(minutes=1)))

    def registrations(self) -> list[tuple[str, int]]:
        with self.database.reading() as session:
            slots = session.scalars(select(Slot.id).order_by(Slot.starts_at, Slot.id)).all()
            rows = session.scalars(select(Registration)).all()
        return [(row.state, slots.index(row.slot_id)) for row in rows]


@pytest.fixture
def hall(registration_database: Database, settings: Settings) -> Iterator[Hall]:
    """English, so that texts read like their sources."""
    app = create_app(settings)
    client = app.test_client()
    client.set_cookie("treffpunkt_language", "en")
    yield Hall(client, registration_database, Links(settings))
    app.extensions[EXTENSION].database.close()


@pytest.mark.parametrize("admission", ["open", "invited"])
def test_who_is_asked_personally_need_not_wait_for_the_opening(hall: Hall, admission: str) -> None:
    opens = now() + timedelta(days=3)
    token = hall.invite(publish(hall.database, admission=admission, registration_opens_at=opens))

    answer = hall.press(token, "yes", seats="1")

    assert answer.status_code == 303
    assert hall.registrations() == [("confirmed", 0)]
    assert "You are coming: 1 seat is yours" in hall.client.get(answer.location).text


def test_everybody_else_waits_for_the_opening(hall: Hall) -> None:
    meeting = publish(hall.database, registration_opens_at=now() + timedelta(days=3))
    body = {
        "slot_id": str(meeting.slots[0].slot_id),
        "company": {"name": "Ähre"},
        "contact": {"name": "Petra Ähre", "email": "petra@aehre.example"},
        "attendees": [{"name": "Petra Ähre"}],
        "consents": {"privacy": True},
    }
    call = "/api/v1/registrations"
    assert hall.client.post(call, json=body).status_code == 409
    token = hall.invite(meeting)
    assert hall.client.post(call, json=body | {"invitation": token}).status_code == 201


def test_a_later_talk_can_be_chosen_after_the_first_has_begun(hall: Hall) -> None:
    meeting = publish(hall.database, slots=2)
    token = hall.invite(meeting)
    hall.begin(meeting)

    page = hall.client.get(f"/invitations/{token}").text

    assert str(meeting.slots[0].slot_id) not in page
    assert str(meeting.slots[1].slot_id) in page
    assert hall.says_yes(token).json["registration"]["state"] == "confirmed"
    assert hall.registrations() == [("confirmed", 1)]


def test_a_talk_that_has_begun_is_not_taken(hall: Hall) -> None:
    meeting = publish(hall.database, slots=2)
    token = hall.invite(meeting)
    hall.begin(meeting)
    begun = str(meeting.slots[0].slot_id)

    answer = hall.press(token, "yes", seats="1", slot=begun)

    assert (answer.status_code, TOO_LATE in answer.text) == (422, True)
    assert hall.says_yes(token, slot_id=begun).status_code == 409
    assert not hall.registrations()


def test_signing_off_from_a_talk_that_has_begun_says_that_it_is_too_late(hall: Hall) -> None:
    meeting = publish(hall.database, slots=2)
    token = hall.invite(meeting)
    hall.press(token, "yes", seats="1", slot=str(meeting.slots[0].slot_id))
    hall.begin(meeting)

    for values in ({"answer": "no"}, {"answer": "yes", "registered": "1"}):
        answer = hall.press(token, **values)
        assert (answer.status_code, TOO_LATE in answer.text) == (422, True)
    assert hall.registrations() == [("confirmed", 0)]


def test_a_slot_that_is_gone_is_named_as_such(hall: Hall) -> None:
    token = hall.invite(publish(hall.database))

    answer = hall.press(token, "yes", seats="1", slot="018f5e2c-0000-7000-8000-000000000000")

    assert answer.status_code == 422
    assert "This time is not offered any more" in answer.text
