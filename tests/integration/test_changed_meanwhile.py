"""A registration that is changed from two sides: nobody gives up seats she does not know of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from services.registration.app import create_app
from services.registration.models import Attendee, Registration
from services.registration.use_cases.changes import Seat, change, seats_of
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from shared.links import Links
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import (
    claim,
    confirmed,
    facts,
    publish,
    sign,
)

API = "/api/v1/registrations/manage"
MEANWHILE = "This registration has changed meanwhile"


@dataclass
class Contact:
    """Somebody with a manage link, of a company that has one of two seats and waits for another one."""

    client: FlaskClient
    database: Database
    token: str
    mine: SignedUp
    other: SignedUp

    @property
    def url(self) -> str:
        """Her page."""
        return f"/registrations/manage/{self.token}"

    def form(self) -> dict[str, str]:
        """The form of her page as it would be sent now."""
        form = self.client.get(self.url).text.split('id="seats"')[1].split("</form>")[0]
        inputs = re.findall(r'<input[^>]* name="([^"]+)"[^>]*? value="([^"]*)"', form)
        return {name: unescape(value) for name, value in inputs}

    def save(self, form: dict[str, str]) -> Any:
        """Press the button below it."""
        return self.client.post(self.url, data=form)

    def patch(self, **body: Any) -> Any:
        """The same by the API."""
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.patch(API, json=body, headers=headers)

    def shown(self) -> Any:
        """What the API shows her."""
        return self.client.get(API, headers={"Authorization": f"Bearer {self.token}"}).json

    def wait_for_another(self) -> None:
        """An additional seat stands in the list."""
        with self.database.transaction() as session:
            row = session.get_one(Registration, self.mine.id)
            change(session, self.mine.id, [*seats_of(row), Seat("Neu Dabei")], now())

    def other_leaves(self) -> None:
        """The other company gives up its seat: whoever waits has it at once."""
        with self.database.transaction() as session:
            cancel(session, self.other.id, now(), by=BY_CONTACT)

    def names(self) -> list[str]:
        """Who has a seat."""
        query = select(Attendee.name).where(Attendee.registration_id == self.mine.id)
        with self.database.reading() as session:
            return list(session.scalars(query.order_by(Attendee.position)))


@pytest.fixture
def contact(registration_database: Database, settings: Settings) -> Iterator[Contact]:
    """In a meeting of two seats, both taken; English, so that texts read like their sources."""
    meeting = publish(registration_database, capacity=2)
    mine, other = (sign(registration_database, meeting) for _ in range(2))
    confirmed(registration_database, mine)
    app = create_app(settings)
    client = app.test_client()
    client.set_cookie("treffpunkt_language", "en")
    token = Links(settings).token("manage", mine.id, 1)
    yield Contact(client, registration_database, token, mine, other)
    app.extensions[EXTENSION].database.close()


def test_an_old_page_gives_up_no_seat_that_came_from_the_waitlist(contact: Contact) -> None:
    contact.wait_for_another()
    old = contact.form()
    contact.other_leaves()

    # It lists the person who waited, so it asks for nothing but what is so by now.
    assert contact.save(old).status_code == 303
    assert contact.names() == ["Person 1", "Neu Dabei"]


def test_the_second_of_two_windows_is_told_and_keeps_what_was_typed(contact: Contact) -> None:
    first, second = contact.form(), contact.form()
    contact.save(first | {"attendees-1-name": "Person Eins"})

    answer = contact.save(second | {"attendees-1-name": "Person Zwei"})

    assert MEANWHILE in answer.text
    assert 'value="Person Zwei"' in answer.text
    assert contact.names() == ["Person Eins"]
    typed_anew = contact.form() | {"attendees-1-name": "Person Zwei"}
    assert contact.save(typed_anew).status_code == 303
    assert contact.names() == ["Person Zwei"]


def test_a_person_added_to_an_old_page_does_not_make_it_new(contact: Contact) -> None:
    contact.wait_for_another()
    old = contact.form()
    contact.other_leaves()

    added = contact.client.post(contact.url, data=old | {"add": "1"}).text

    assert f'name="revision" value="{old["revision"]}"' in added


@pytest.mark.parametrize("revision", ["", "unsinn", "9" * 5000])
def test_a_page_without_a_revision_is_an_old_one(contact: Contact, revision: str) -> None:
    form = contact.form() | {"attendees-1-name": "Person Eins", "revision": revision}
    if not revision:
        del form["revision"]

    assert contact.save(form).status_code == 422
    assert contact.names() == ["Person 1"]


def test_the_same_page_sent_twice_is_saved_once(contact: Contact) -> None:
    form = contact.form() | {"attendees-1-name": "Person Eins", "attendees-1-email": "p@x.example"}

    answers = [contact.save(form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert facts(contact.database, contact.mine).count("RegistrationChanged") == 1


def test_a_seat_asked_for_twice_by_the_same_page_waits_once(contact: Contact) -> None:
    form = contact.form() | {"people": "2", "attendees-2-name": "Neu Dabei"}

    answers = [contact.save(form).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert contact.shown()["waiting_for"] == 1


def test_a_call_that_names_an_older_revision_changes_nothing(contact: Contact) -> None:
    contact.wait_for_another()
    seen = contact.shown()["revision"]
    contact.other_leaves()

    refused = contact.patch(attendees=[{"name": "Person 1"}], revision=seen)

    assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (
        409,
        "changed-meanwhile",
    )
    assert claim(contact.database, contact.mine).seats == 2
    assert contact.patch(seats=1, revision=contact.shown()["revision"]).json["seats"] == 1


def test_a_call_that_names_none_changes_what_stands(contact: Contact) -> None:
    contact.wait_for_another()
    contact.other_leaves()

    answer = contact.patch(seats=1)

    assert (answer.status_code, answer.json["seats"]) == (200, 1)
    assert contact.names() == ["Person 1"]


def test_the_revision_is_that_of_all_parts_however_the_registration_was_read(
    contact: Contact,
) -> None:
    contact.wait_for_another()
    shown = contact.shown()["revision"]

    with contact.database.reading() as session:
        row = session.scalars(select(Registration).where(Registration.id == contact.mine.id)).one()
        assert row.revision_of_all == shown > row.revision


def test_people_of_nobody_are_unknown_whatever_was_seen(contact: Contact) -> None:
    stranger = {"id": str(contact.other.id), "name": "Fremd"}

    for body in ({}, {"revision": contact.shown()["revision"]}):
        answer = contact.patch(attendees=[stranger], **body)
        assert answer.status_code == 404


def test_the_description_of_the_api_tells_of_the_revision(contact: Contact) -> None:
    schemas = contact.client.get("/api/openapi.json").json["components"]["schemas"]

    assert "changed-meanwhile" in schemas["Change"]["properties"]["revision"]["description"]
