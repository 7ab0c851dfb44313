"""The public pages that everybody reads: where a meeting stands, what is kept, what always answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.registration.app import create_app
from shared.clock import now
from shared.database import Database
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import publish, save_network


@pytest.fixture
def client(registration_database: Database, settings: Settings) -> Iterator[FlaskClient]:
    """A visitor's browser; English, so that texts read like their sources."""
    app = create_app(settings)
    browser = app.test_client()
    browser.set_cookie("treffpunkt_language", "en")
    yield browser
    app.extensions[EXTENSION].database.close()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"registration_opens_at": now() + timedelta(days=1)}, "Registration opens on"),
        ({"registration_closes_at": now() - timedelta(days=1)}, "Registration is closed"),
        ({"state": "cancelled"}, "The meeting is cancelled"),
        ({"starts_at": now() - timedelta(days=1)}, "The meeting is over"),
        ({"capacity": 0, "waitlist": "off"}, "All seats are taken"),
        ({"capacity": 0}, "Waitlist only"),
        ({"slots": 3}, "Choose a time"),
        ({"admission": "invited"}, "for invited companies"),
    ],
)
def test_the_meeting_page_says_where_it_stands(
    client: FlaskClient, registration_database: Database, *, values: dict[str, Any], words: str
) -> None:
    publish(registration_database, **values)
    assert words in client.get("/meetings/treffen").text


def test_nobody_is_shown_the_way_to_a_cancelled_meeting(
    client: FlaskClient, registration_database: Database
) -> None:
    publish(registration_database, state="cancelled")
    page = client.get("/meetings/treffen").text
    assert "The meeting is cancelled" in page
    assert "How to get there" not in page


def test_public_pages_are_kept_for_a_second_and_answer_304(
    client: FlaskClient, registration_database: Database
) -> None:
    publish(registration_database)
    first = client.get("/meetings/treffen")
    again = client.get("/meetings/treffen", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    client.set_cookie("treffpunkt_language", "de")
    assert client.get("/meetings/treffen").headers["ETag"] != first.headers["ETag"]


@pytest.mark.parametrize(
    "path", ["/", "/imprint", "/privacy", "/accessibility", "/networks/dortmund-west"]
)
def test_other_public_pages_answer(
    client: FlaskClient, registration_database: Database, path: str
) -> None:
    network = save_network(registration_database)
    publish(registration_database, network_id=network.network_id)
    assert client.get(path).status_code == 200
    assert client.get(path + "?lang=de").status_code == 200
