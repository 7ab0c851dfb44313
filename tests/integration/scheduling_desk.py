"""What tests of scheduling share: the app, an account with a token, a network with a venue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from services.scheduling.app import create_app
from services.scheduling.use_cases.accounts import add_coordinator, add_token
from shared.database import Database
from shared.settings import Settings

API = "/scheduling/api/v1"
PASSWORD = "vier Worte im Regen"


@dataclass
class Desk:
    """The JSON API as one coordinator sees it."""

    app: Flask
    database: Database
    settings: Settings
    token: str

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        answer = self.answer(method, path, body)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.get_json()

    def answer(self, method: str, path: str, body: Any = None) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en"}
        return self.client.open(f"{API}{path}", method=method, json=body, headers=headers)

    def facts(self, name: str | None = None) -> list[dict[str, Any]]:
        """The payloads of recorded facts, oldest first."""
        query = "select name, payload from outbox_event order by id"
        with self.database.reading() as session:
            rows = session.execute(text(query)).all()
        return [row.payload for row in rows if name in (None, row.name)]

    def as_person(self, email: str, role: str, *slugs: str) -> Desk:
        """The same API for somebody else."""
        token = token_of(self.database, self.settings, email, role, *slugs)
        return Desk(self.app, self.database, self.settings, token)

    def network(self, **fields: Any) -> dict[str, Any]:
        body = {
            "name": "Netzwerk Dortmund-West",
            "slug": "dortmund-west",
            "districts": [{"name": "Huckarde", "postcodes": ["44369"]}, "Lütgendortmund"],
            "contact_name": "Kora Dinator",
            "contact_email": "netzwerk@stadt.example",
            "contact_phone": "+49 231 5550100",
        }
        return self.call("POST", "/networks", body | fields, 201)

    def venue(self, network_id: str, **fields: Any) -> dict[str, Any]:
        body = {
            "network_id": network_id,
            "name": "Hauptschule Kley",
            "street": "Kleybredde 42",
            "postcode": "44149",
            "city": "Dortmund",
            "room": "Aula",
            "contact": {"name": "Hanna Meister", "email": "h@schule.example"},
        }
        return self.call("POST", "/venues", body | fields, 201)

    def meeting(self, venue: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """A draft on 18 November 2031 from 15:00 to 17:45 with one slot of 40."""
        body = meeting_body(venue) | fields
        return self.call("POST", "/meetings", body, 201)


def meeting_body(venue: dict[str, Any]) -> dict[str, Any]:
    span = {"starts_at": "2031-11-18T15:00:00+01:00", "ends_at": "2031-11-18T17:45:00+01:00"}
    return {
        "network_id": venue["network_id"],
        "venue_id": venue["id"],
        "title": "Netzwerktreffen Herbst",
        **span,
        "admission": "open",
        "agenda": [{"starts_at": "2031-11-18T15:00:00+01:00", "title": "Begrüßung"}],
        "registration_closes_at": "2031-11-14T12:00:00+01:00",
        "slots": [{**span, "capacity": 40}],
    }


def token_of(database: Database, settings: Settings, email: str, role: str, *slugs: str) -> str:
    with database.transaction() as session:
        add_coordinator(
            session, settings, email=email, name="Kora Dinator", role=role, network_slugs=slugs
        )
        return add_token(session, settings, name="tests", coordinator_email=email)


@contextmanager
def open_desk(database: Database, settings: Settings) -> Iterator[Desk]:
    """The desk of an administrator."""
    app = create_app(settings)
    app.testing = True
    try:
        token = token_of(database, settings, "a@stadt.example", "admin")
        yield Desk(app, database, settings, token)
    finally:
        app.extensions["treffpunkt"].database.close()


def waits_for_a_row(desk: Desk) -> bool:
    query = text("select count(*) from pg_locks where not granted")
    with desk.database.reading() as session:
        return bool(session.scalar(query))


class Visitor:
    """A browser without scripts: cookies, forms, redirects by hand."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.headers = {"Accept-Language": "en"}

    def get(self, path: str, status: int = 200) -> TestResponse:
        answer = self.client.get(path, headers=self.headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer

    def post(
        self, path: str, values: dict[str, Any], status: int = 303, *, form: str = ""
    ) -> TestResponse:
        """Fill in the form at *form* (or *path*) and send it; status 0: whatever comes of it."""
        page = self.client.get(form or path, headers=self.headers).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token, page
        values = values | {"csrf_token": token[1]}
        answer = self.client.post(path, data=values, headers=self.headers)
        assert status in {0, answer.status_code}, answer.get_data(as_text=True)
        return answer

    def sign_in(self, email: str, password: str, status: int = 303) -> TestResponse:
        values = {"email": email, "password": password, "next": ""}
        return self.post("/scheduling/login", values, status)


def person(
    desk: Desk, role: str = "coordinator", *slugs: str, email: str = "k@stadt.example"
) -> Visitor:
    """The browser of somebody who has set a password and is signed in."""
    with desk.database.transaction() as session:
        who = {"email": email, "name": "Kora", "role": role, "language": "en"}
        link = add_coordinator(session, desk.settings, **who, network_slugs=slugs)
    visitor = Visitor(desk.app)
    visitor.post(urlsplit(link).path, {"password": PASSWORD, "again": PASSWORD})
    return visitor
