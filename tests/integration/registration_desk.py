"""Registration as a signed-in coordinator meets it in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.registration.app import create_app
from shared.database import Database
from shared.identifiers import new_id
from shared.links import Links
from shared.messaging.tables import outbox_event
from shared.settings import Settings
from shared.sign_in import Coordinator
from shared.web.auth import SESSION_COOKIE
from shared.web.context import EXTENSION

_FORM_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Desk:
    """A browser with a sign-in; forms are sent as a person would: from the page that shows them."""

    app: Flask
    database: Database
    client: FlaskClient
    coordinator: Coordinator
    links: Links
    seen: str = field(default="")

    def get(self, path: str, status: int = 200) -> str:
        """The page as text."""
        answer = self.client.get(path)
        assert answer.status_code == status, (
            answer.status_code,
            answer.headers,
            answer.text[:3000],
        )
        self.seen = answer.get_data(as_text=True)
        return self.seen

    def download(self, path: str) -> TestResponse:
        """A file."""
        answer = self.client.get(path)
        assert answer.status_code == 200
        return answer

    def post(self, path: str, status: int = 303, **values: Any) -> TestResponse:
        """A form of the page that was seen last."""
        found = _FORM_TOKEN.search(self.seen)
        data = {name.replace("_", "-"): value for name, value in values.items()}
        answer = self.client.post(path, data=data | {"csrf_token": found[1] if found else ""})
        assert answer.status_code == status, (answer.status_code, answer.text[:3000])
        return answer

    def api(self, path: str, body: Any, status: int) -> Any:
        """A call of the JSON API with a token of hers."""
        authority = self.app.extensions[EXTENSION].authority
        with self.app.app_context():
            token = authority.api_token(self.coordinator, new_id())
        headers = {"Authorization": f"Bearer {token}"}
        answer = self.app.test_client().post(path, json=body, headers=headers)
        assert answer.status_code == status, answer.get_data(as_text=True)
        return answer.json

    def facts(self, name: str) -> list[dict[str, Any]]:
        """The payloads of recorded facts, oldest first."""
        query = select(outbox_event.c.payload).where(outbox_event.c.name == name)
        with self.database.reading() as session:
            return list(session.scalars(query.order_by(outbox_event.c.id)))


def desk_of(
    database: Database, settings: Settings, *network_ids: UUID, role: str = "coordinator"
) -> Desk:
    """A coordinator of these networks; an admin of all where none is named."""
    app = create_app(settings)
    coordinator = Coordinator(
        id=new_id(),
        name="Kora Dinator",
        email="kora@stadt.example",
        role=role if network_ids else "admin",
        network_ids=frozenset(network_ids),
        epoch=1,
    )
    client = app.test_client()
    token = app.extensions[EXTENSION].authority.session_token(coordinator)
    client.set_cookie(SESSION_COOKIE, token)
    return Desk(app, database, client, coordinator, Links(settings))


@contextmanager
def open_desk(database: Database, settings: Settings) -> Iterator[Desk]:
    """The desk of an admin."""
    desk = desk_of(database, settings)
    try:
        yield desk
    finally:
        close(desk)


def close(desk: Desk) -> None:
    """Close the app's connections."""
    desk.app.extensions[EXTENSION].database.close()
