"""A yes by a personal link: for the slots of its own meeting, under the rules of every sign-up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.registration.app import create_app
from services.registration.domain.invitations import InvitedContact
from services.registration.models import Attendee, FailingAddress, Invitation, Meeting, Registration
from services.registration.use_cases.invitations import issue
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import MeetingPublished
from shared.identifiers import new_id
from shared.links import Links
from shared.messaging.tables import outbox_event
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import (
    claim,
    confirmed,
    execute,
    facts,
    publish,
    sign,
    slot_of,
)

PETRA = InvitedContact("Ähre", "Petra Ähre", "petra@aehre.example")


@dataclass
class Guest:
    """Petra with her link to one meeting, and a client for both ways to answer."""

    client: FlaskClient
    database: Database
    links: Links
    token: str = ""

    def is_asked_to(self, meeting: MeetingPublished) -> None:
        """She gets a link."""
        with self.database.transaction() as session:
            row = session.get_one(Meeting, meeting.meeting_id)
            (asked,) = issue(session, row, [PETRA], now=now()).invitations
        self.token = self.links.token("invitation", asked.id, 1)

    def calls(self, **body: Any) -> TestResponse:
        """An answer by the API; yes where nothing else is said."""
        call = {"token": self.token, "answer": "yes"} | body
        return self.client.post("/api/v1/invitations/answer", json=call)

    def presses(self, **values: str) -> TestResponse:
        """An answer by the page."""
        data = {"answer": "yes", "seats": "1"} | values
        return self.client.post(f"/invitations/{self.token}", data=data)

    def signs_up(self, meeting: MeetingPublished, slot: int, *, seats: int = 1) -> SignedUp:
        """By the form that everybody may use, and by the link of its mail."""
        done = sign(self.database, meeting, email=PETRA.email, slot=slot, seats=seats, name="Ähre")
        confirmed(self.database, done)
        return done

    def fills_in_the_form(self, meeting: MeetingPublished, slot: int, **body: Any) -> TestResponse:
        """A sign-up with her link, by the API."""
        call = {
            "slot_id": str(meeting.slots[slot].slot_id),
            "company": {"name": PETRA.company},
            "contact": {"name": PETRA.name, "email": PETRA.email},
            "attendees": [{"name": PETRA.name}],
            "consents": {"privacy": True},
            "invitation": self.token,
        }
        return self.client.post("/api/v1/registrations", json=call | body)

    def told(self) -> list[tuple[str, int]]:
        """The facts about her invitation, with their revisions."""
        query = select(outbox_event.c.name, outbox_event.c.revision)
        chosen = query.where(outbox_event.c.name.like("Invitation%"))
        with self.database.reading() as session:
            rows = session.execute(chosen.order_by(outbox_event.c.revision, outbox_event.c.id))
            return [(row.name, row.revision) for row in rows]

    def told_of_registrations(self) -> list[str]:
        """The facts about what she registered, in order."""
        chosen = outbox_event.c.name.like("Registration%")
        query = select(outbox_event.c.name).where(chosen).order_by(outbox_event.c.revision)
        with self.database.reading() as session:
            return list(session.scalars(query))

    def answer(self) -> str:
        """What counts as her answer."""
        with self.database.reading() as session:
            return session.scalars(
                select(Invitation.answer).where(Invitation.email == PETRA.email)
            ).one()

    def states(self) -> list[str]:
        """How her registrations stand."""
        query = select(Registration.state).where(Registration.email == PETRA.email)
        with self.database.reading() as session:
            return list(session.scalars(query.order_by(Registration.slot_id)))


@pytest.fixture
def guest(registration_database: Database, settings: Settings) -> Iterator[Guest]:
    """English, so that texts read like their sources."""
    app = create_app(settings)
    client = app.test_client()
    client.set_cookie("treffpunkt_language", "en")
    yield Guest(client, registration_database, Links(settings))
    app.extensions[EXTENSION].database.close()


def test_the_yes_of_the_form_is_told_once_for_several_slots(guest: Guest) -> None:
    meeting = publish(guest.database, slots=2)
    guest.is_asked_to(meeting)
    with guest.database.transaction() as session:
        session.add(failing(PETRA.email))

    for slot in (0, 1):
        assert guest.fills_in_the_form(meeting, slot).status_code == 201

    assert guest.states() == ["confirmed", "confirmed"]
    assert guest.told() == [("InvitationIssued", 1), ("InvitationAnswered", 2)]
    with guest.database.reading() as session:
        assert session.get(FailingAddress, PETRA.email) is None


def failing(email: str) -> FailingAddress:
    """An address that a mail did not reach."""
    return FailingAddress(
        email_key=email, kind="invitation", mail_id=new_id(), failed_at=now(), invitation_id=None
    )


@pytest.fixture
def elsewhere(registration_database: Database) -> str:
    """The slot of a meeting of another network that decides itself who comes."""
    other = publish(
        registration_database, slug="anderswo", admission="invited", approval=True, slots=2
    )
    return str(other.slots[1].slot_id)


def test_a_yes_to_a_slot_of_another_meeting_is_refused(guest: Guest, elsewhere: str) -> None:
    guest.is_asked_to(publish(guest.database))

    answer = guest.calls(slot_id=elsewhere)

    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (404, "not-found")
    assert (guest.states(), guest.answer()) == ([], "")


def test_the_page_takes_no_slot_of_another_meeting_either(guest: Guest, elsewhere: str) -> None:
    guest.is_asked_to(publish(guest.database))

    answer = guest.presses(slot=elsewhere)

    assert answer.status_code == 422
    assert "This time is not offered any more" in answer.text
    assert (guest.states(), guest.answer()) == ([], "")


def test_a_slot_that_was_taken_out_is_refused_as_one_that_never_was(guest: Guest) -> None:
    meeting = publish(guest.database, slots=2)
    guest.is_asked_to(meeting)
    gone = str(meeting.slots[0].slot_id)
    execute(guest.database, f"update slot set removed = true where id = '{gone}'")

    assert guest.calls(slot_id=gone).status_code == 404
    assert guest.calls(slot_id=str(new_id())).status_code == 404
    assert "This time is not offered any more" in guest.presses(slot=gone).text
    assert guest.states() == []


@pytest.mark.parametrize(
    "body",
    [
        {"answer": "no"},
        {"answer": "colleague", "colleague": {"name": "Karla", "email": "karla@aehre.example"}},
    ],
)
def test_whoever_does_not_come_gives_up_every_slot(guest: Guest, body: dict[str, Any]) -> None:
    meeting = publish(guest.database, slots=2)
    guest.signs_up(meeting, 0)
    guest.signs_up(meeting, 1, seats=2)
    guest.is_asked_to(meeting)

    assert guest.calls(**body).status_code == 200

    assert guest.states() == ["cancelled", "cancelled"]
    assert [slot_of(guest.database, meeting, slot).taken for slot in (0, 1)] == [0, 0]
    assert guest.answer() == body["answer"]


def test_the_page_says_how_many_seats_a_no_gives_up(guest: Guest) -> None:
    meeting = publish(guest.database, slots=2)
    guest.signs_up(meeting, 0)
    guest.signs_up(meeting, 1, seats=2)
    guest.is_asked_to(meeting)
    page = f"/invitations/{guest.token}"

    assert "Your 3 seats are then free" in guest.client.get(page).text
    assert "Give up 3 seats?" in guest.client.get(f"{page}?step=no").text


def test_what_has_begun_stays_with_a_no_and_the_rest_becomes_free(guest: Guest) -> None:
    meeting = publish(guest.database, slots=2)
    first, second = guest.signs_up(meeting, 0), guest.signs_up(meeting, 1)
    guest.is_asked_to(meeting)
    begun = meeting.slots[0].slot_id
    execute(guest.database, f"update slot set starts_at = now() where id = '{begun}'")

    assert guest.calls(answer="no").status_code == 200

    states = [claim(guest.database, done).state for done in (first, second)]
    assert states == ["confirmed", "cancelled"]


def test_a_no_moves_nobody_up_who_does_not_come(guest: Guest) -> None:
    meeting = publish(guest.database, slots=2, seats_per_company=1)
    guest.signs_up(meeting, 0)
    waiting = guest.signs_up(meeting, 1)
    assert claim(guest.database, waiting).reason == "company_cap"
    guest.is_asked_to(meeting)

    guest.calls(answer="no")

    assert "RegistrationConfirmed" not in facts(guest.database, waiting)


def test_a_yes_confirms_what_waits_for_a_coordinator(guest: Guest) -> None:
    meeting = publish(guest.database, approval=True)
    done = sign(guest.database, meeting, email=PETRA.email)
    assert done.state == "pending_approval"
    guest.is_asked_to(meeting)

    answer = guest.calls()

    assert answer.json["registration"] == {"id": str(done.id), "state": "confirmed"}
    assert slot_of(guest.database, meeting).taken == 1
    assert facts(guest.database, done)[-1] == "RegistrationConfirmed"


def test_a_yes_to_what_waits_for_a_coordinator_takes_no_seat_that_is_not_there(
    guest: Guest,
) -> None:
    meeting = publish(guest.database, approval=True, capacity=1)
    done = sign(guest.database, meeting, email=PETRA.email, seats=2)
    guest.is_asked_to(meeting)

    assert guest.calls().json["registration"] == {"id": str(done.id), "state": "waitlisted"}
    assert slot_of(guest.database, meeting).taken == 0


def test_another_yes_gives_the_same_people_their_addresses(guest: Guest) -> None:
    guest.is_asked_to(publish(guest.database))
    guest.calls(attendees=[{"name": "Petra Ähre"}, {"name": "Tim Lohse"}])

    for _call in range(2):
        people = [{"name": "Tim Lohse", "email": "tim@aehre.example"}, {"name": "Petra Ähre"}]
        assert guest.calls(attendees=people).status_code == 200

    with guest.database.reading() as session:
        seats = {person.name: person.email for person in session.scalars(select(Attendee))}
    assert seats == {"Petra Ähre": None, "Tim Lohse": "tim@aehre.example"}
    assert guest.told_of_registrations() == ["RegistrationConfirmed", "RegistrationChanged"]


@pytest.mark.parametrize("before", [[], [{"name": "Petra Ähre"}]])
def test_a_yes_of_more_people_than_a_company_may_bring_is_refused(
    guest: Guest, before: list[dict[str, str]]
) -> None:
    guest.is_asked_to(publish(guest.database, seats_per_company=2))
    if before:
        guest.calls(attendees=before)

    answer = guest.calls(attendees=[{"name": name} for name in ("Petra Ähre", "Tim", "Kaya")])

    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (409, "company-cap")
    assert guest.states() == ["confirmed"] * len(before)


def test_the_page_says_how_many_people_a_company_may_bring(guest: Guest) -> None:
    guest.is_asked_to(publish(guest.database, seats_per_company=2))

    answer = guest.presses(seats="3")

    assert (answer.status_code, guest.answer()) == (422, "")
    assert "A company can register at most 2 seats" in answer.text


def test_a_yes_beyond_the_number_that_colleagues_have_left_waits(guest: Guest) -> None:
    meeting = publish(guest.database, seats_per_company=2)
    confirmed(guest.database, sign(guest.database, meeting, name=PETRA.company, seats=2))
    guest.is_asked_to(meeting)

    assert guest.calls().json["registration"]["state"] == "waitlisted"
    assert slot_of(guest.database, meeting).taken == 2


@pytest.mark.parametrize("seats", [1, 2])
def test_a_yes_to_a_full_meeting_without_a_waitlist_is_refused(guest: Guest, seats: int) -> None:
    meeting = publish(guest.database, capacity=seats, waitlist="off")
    guest.is_asked_to(meeting)
    confirmed(guest.database, sign(guest.database, meeting))

    answer = guest.calls(seats=seats)

    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (409, "full")
    assert (guest.states(), guest.answer()) == ([], "")


def test_a_yes_after_closing_is_refused_also_to_bring_more(guest: Guest) -> None:
    meeting = publish(guest.database)
    guest.is_asked_to(meeting)
    guest.calls()
    execute(guest.database, "update meeting set registration_closes_at = now()")

    answer = guest.calls(seats=3)

    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (409, "closed")
    assert slot_of(guest.database, meeting).taken == 1


def test_a_yes_takes_no_more_people_than_the_form(guest: Guest) -> None:
    guest.is_asked_to(publish(guest.database, capacity=200))

    for body in ({"seats": 51}, {"attendees": [{"name": "N. N."}] * 51}):
        assert guest.calls(**body).status_code == 422
    assert guest.states() == []
