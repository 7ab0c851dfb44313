"""The JSON API of registration as a program meets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from services.registration.app import create_app
from services.registration.models import Company
from shared.database import Database
from shared.identifiers import new_id
from shared.links import Links
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import confirmed, publish, sign, slot_of


@pytest.fixture
def client(registration_database: Database, settings: Settings) -> Iterator[FlaskClient]:
    """A program without any rights."""
    app = create_app(settings)
    yield app.test_client()
    app.extensions[EXTENSION].database.close()


def body_for(meeting: Any, **values: Any) -> dict[str, Any]:
    given = {
        "slot_id": str(meeting.slots[0].slot_id),
        "company": {"name": "Bäckerei Krüger GmbH", "postcode": "44379"},
        "contact": {"name": "Kim Krüger", "email": "kim@krueger.example"},
        "attendees": [{"name": "Kim Krüger"}, {"name": "Ada Ley", "email": "ada@krueger.example"}],
        "consents": {"privacy": True},
    }
    return given | values


def test_sign_up_confirm_manage_and_cancel(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database)
    answer = client.post("/api/v1/registrations", json=body_for(meeting))
    assert answer.status_code == 201
    assert answer.json["state"] == "held"
    links, identifier = Links(settings), UUID(answer.json["id"])
    token = links.token("confirm", identifier, 1)
    answer = client.post("/api/v1/registrations/confirm", json={"token": token})
    assert answer.json == {"id": str(identifier), "state": "confirmed"}
    headers = {"Authorization": f"Bearer {links.token('manage', identifier, 1)}"}
    shown = client.get("/api/v1/registrations/manage", headers=headers).json
    assert [person["name"] for person in shown["attendees"]] == ["Kim Krüger", "Ada Ley"]
    assert [person["is_contact"] for person in shown["attendees"]] == [True, False]
    changed = client.patch("/api/v1/registrations/manage", headers=headers, json={"seats": 1}).json
    assert changed["seats"] == 1
    gone = client.delete("/api/v1/registrations/manage", headers=headers)
    assert gone.json["state"] == "cancelled"
    assert slot_of(registration_database, meeting).taken == 0


def test_meetings_tell_seats_left_and_who_waits(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, capacity=3)
    client.post("/api/v1/registrations", json=body_for(meeting))
    listed = client.get("/api/v1/meetings")
    assert '"total": 1' in listed.headers["X-Pagination"]
    by_slug = client.get(f"/api/v1/meetings/{meeting.slug}").json
    assert by_slug == client.get(f"/api/v1/meetings/{meeting.meeting_id}").json == listed.json[0]
    slot = by_slug["slots"][0]
    assert (slot["capacity"], slot["seats_left"], slot["waitlist_length"]) == (3, 1, 0)


def test_the_same_key_has_one_effect(client: FlaskClient, registration_database: Database) -> None:
    meeting = publish(registration_database)
    headers = {"Idempotency-Key": "abc"}
    first = client.post("/api/v1/registrations", json=body_for(meeting), headers=headers)
    second = client.post("/api/v1/registrations", json=body_for(meeting), headers=headers)
    other = client.post(
        "/api/v1/registrations", json=body_for(meeting, language="en"), headers=headers
    )
    assert (first.status_code, first.json) == (second.status_code, second.json)
    assert other.status_code == 422
    assert slot_of(registration_database, meeting).taken == 2


def test_a_link_of_one_seat_shows_and_gives_up_that_seat_only(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database)
    answer = client.post("/api/v1/registrations", json=body_for(meeting))
    links, identifier = Links(settings), UUID(answer.json["id"])
    manage = {"Authorization": f"Bearer {links.token('manage', identifier, 1)}"}
    people = client.get("/api/v1/registrations/manage", headers=manage).json["attendees"]
    seat = {"Authorization": f"Bearer {links.token('seat', UUID(people[1]['id']), 1)}"}
    shown = client.get("/api/v1/registrations/manage", headers=seat).json
    assert [person["name"] for person in shown["attendees"]] == ["Ada Ley"]
    assert "contact" not in shown
    assert (
        client.patch("/api/v1/registrations/manage", headers=seat, json={"seats": 2}).status_code
        == 403
    )
    client.delete("/api/v1/registrations/manage", headers=seat)
    assert client.get("/api/v1/registrations/manage", headers=manage).json["seats"] == 1


def test_a_meeting_for_the_invited_is_closed_to_others(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, admission="invited")
    answer = client.post("/api/v1/registrations", json=body_for(meeting))
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:treffpunkt:problem:invitation-needed"


def test_a_stated_mail_domain_makes_nobody_a_company(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    confirmed(
        registration_database, sign(registration_database, meeting, email="a@krueger.example")
    )
    company = {"name": "Andere GmbH", "email_domain": "krueger.example"}
    contact = {"name": "Kim", "email": "kim@elsewhere.example"}
    body = body_for(meeting, company=company, contact=contact)
    assert client.post("/api/v1/registrations", json=body).status_code == 201
    with registration_database.reading() as session:
        assert len(session.scalars(select(Company.id)).all()) == 2
    described = client.get("/api/openapi.json").json["components"]["schemas"]["CompanyIn"]
    assert "not used" in described["properties"]["email_domain"]["description"]


BAD = [
    ({"slot_id": "no-id"}, "slot_id"),
    ({"attendees": []}, "attendees"),
    ({"contact": {"name": "Kim", "email": "no-address"}}, "contact"),
    ({"contact": {"name": "Kim"}}, "contact"),
    ({"company": {"name": "A\x00B"}}, "company"),
    ({"company": {"name": "x" * 201}}, "company"),
    ({"consents": {"privacy": False}}, "consents"),
    ({"consents": None}, "consents"),
    ({"surprise": 1}, "surprise"),
    ({"attendees": [{"name": "x"}] * 51}, "attendees"),
]


@pytest.mark.parametrize(("values", "field"), BAD)
def test_bad_input_is_told_by_field(
    client: FlaskClient, registration_database: Database, *, values: dict[str, Any], field: str
) -> None:
    meeting = publish(registration_database)
    answer = client.post("/api/v1/registrations", json=body_for(meeting, **values))
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert field in answer.json["errors"]


def test_wrong_calls_are_4xx(client: FlaskClient, registration_database: Database) -> None:
    url = "/api/v1/registrations"
    huge = client.post(url, data=b"x" * 300_000, content_type="application/json")
    statuses = {
        "type": client.post(url, data="a=b").status_code,
        "json": client.post(url, data="{", content_type="application/json").status_code,
        "list": client.post(url, json=[1]).status_code,
        "slot": client.post(url, json=body_for_unknown()).status_code,
        "method": client.put(url, json={}).status_code,
        "token": client.post(f"{url}/confirm", json={"token": "x"}).status_code,
        "no token": client.get(f"{url}/manage").status_code,
        "bad token": client.get(f"{url}/manage", headers={"Authorization": "Bearer x"}).status_code,
        "coordinator": client.get(url).status_code,
        "on behalf": client.post(url, json=body_for_unknown(on_behalf=True)).status_code,
        "huge": huge.status_code,
    }
    assert statuses == {
        "type": 415,
        "json": 400,
        "list": 422,
        "slot": 404,
        "method": 405,
        "token": 404,
        "no token": 401,
        "bad token": 404,
        "coordinator": 401,
        "on behalf": 401,
        "huge": 413,
    }


def body_for_unknown(**values: Any) -> dict[str, Any]:
    class Nowhere:
        slots = [type("Slot", (), {"slot_id": new_id()})]  # noqa: RUF012

    return body_for(Nowhere, **values)
