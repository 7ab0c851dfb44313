"""What coordinators see and decide through the JSON API."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from services.registration.app import create_app
from services.registration.use_cases.sign_up import Person
from shared.database import Database
from shared.identifiers import new_id
from shared.settings import Settings
from shared.web.auth import Coordinator
from shared.web.context import EXTENSION
from tests.integration.registration_stories import (
    claim,
    confirmed,
    facts,
    publish,
    save_network,
    sign,
    wish_for,
)

URL = "/api/v1/registrations"


@pytest.fixture
def network(registration_database: Database) -> Any:
    """The coordinator's network."""
    return save_network(registration_database)


@pytest.fixture
def client(
    registration_database: Database, settings: Settings, network: Any
) -> Iterator[FlaskClient]:
    """A program with the token of a coordinator of that network."""
    app = create_app(settings)
    coordinator = Coordinator(
        id=new_id(),
        name="Jana Öztürk",
        email="jana@stadt.example",
        role="coordinator",
        network_ids=frozenset({network.network_id}),
        epoch=1,
    )
    token = app.extensions[EXTENSION].authority.api_token(coordinator, new_id())
    program = app.test_client()
    program.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    yield program
    app.extensions[EXTENSION].database.close()


def test_the_list_is_found_by_words_state_and_network(
    client: FlaskClient, registration_database: Database, network: Any
) -> None:
    mine = publish(registration_database, network_id=network.network_id, slug="mine")
    other = publish(registration_database, slug="other")
    people = (Person("Kim Beispiel"), Person("Ayşe Wörter"))
    done = sign(registration_database, mine, name="Bäckerei Krüger", attendees=people)
    sign(registration_database, mine, name="Tischlerei Ley")
    sign(registration_database, other, name="Bäckerei Fremd")
    assert len(client.get(URL).json) == 2
    for words in ("bäck", "baecker", "KRUGER", "Kim wört"):
        assert [row["id"] for row in client.get(URL, query_string={"q": words}).json] == [
            str(done.id)
        ]
    assert client.get(URL, query_string={"state": "confirmed"}).json == []
    slot = mine.slots[0].slot_id
    answer = client.get(URL, query_string={"slot_id": slot, "page_size": 1})
    assert (len(answer.json), '"total": 2' in answer.headers["X-Pagination"]) == (1, True)
    assert client.get(URL, query_string={"state": "nonsense"}).status_code == 422


def test_pending_is_approved_after_or_before_the_address_is_confirmed(
    client: FlaskClient, registration_database: Database, network: Any
) -> None:
    meeting = publish(registration_database, network_id=network.network_id, approval=True)
    verified, unverified = (sign(registration_database, meeting) for _ in range(2))
    confirmed(registration_database, verified)
    assert claim(registration_database, verified).state == "pending_approval"
    states = [
        client.post(f"{URL}/{one.id}/approve").json["state"] for one in (verified, unverified)
    ]
    assert states == ["confirmed", "held"]
    assert facts(registration_database, unverified) == ["ApprovalRequested", "RegistrationHeld"]
    assert confirmed(registration_database, unverified).state == "confirmed"


def test_pending_is_declined_with_a_reason_and_stays_so(
    client: FlaskClient, registration_database: Database, network: Any
) -> None:
    meeting = publish(registration_database, network_id=network.network_id, approval=True)
    done = sign(registration_database, meeting)
    answer = client.post(f"{URL}/{done.id}/decline", json={"reason": "Anderes Netzwerk."})
    assert (answer.json["state"], answer.json["reason"]) == ("declined", "Anderes Netzwerk.")
    assert client.post(f"{URL}/{done.id}/approve").status_code == 409


def test_a_coordinator_cancels(
    client: FlaskClient, registration_database: Database, network: Any
) -> None:
    meeting = publish(registration_database, network_id=network.network_id)
    done = sign(registration_database, meeting)
    assert client.post(f"{URL}/{done.id}/cancel", json={}).json["state"] == "cancelled"
    assert claim(registration_database, done).reason == "coordinator"


def test_another_network_is_unknown(client: FlaskClient, registration_database: Database) -> None:
    meeting = publish(registration_database)
    done = sign(registration_database, meeting)
    answer = client.get(f"{URL}/{done.id}")
    assert (answer.status_code, answer.json["type"].rpartition(":")[2]) == (404, "not-found")
    assert client.post(f"{URL}/{done.id}/cancel", json={}).status_code == 404
    assert claim(registration_database, done).state == "held"


def test_signing_up_on_behalf_is_confirmed_at_once_and_only_in_the_own_network(
    client: FlaskClient, registration_database: Database, network: Any
) -> None:
    mine = publish(registration_database, network_id=network.network_id, slug="mine")
    other = publish(registration_database, slug="other")
    answers = [client.post(URL, json=on_behalf(meeting)) for meeting in (mine, other)]
    assert [answer.status_code for answer in answers] == [201, 403]
    assert answers[0].json["state"] == "confirmed"


def on_behalf(meeting: Any) -> dict[str, Any]:
    wish = wish_for(meeting)
    return {
        "slot_id": str(wish.slot_id),
        "company": {"name": wish.company_name},
        "contact": {"name": "Kim Telefon"},
        "attendees": [{"name": "Kim Telefon"}],
        "on_behalf": True,
        "note": "telefonisch",
    }
