"""Limits of seats that nobody confirmed: no network of addresses blocks a meeting."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from services.registration.domain.allowance import SHORT_HOLD
from services.registration.models import Registration
from services.registration.use_cases.confirmation import confirm
from shared.clock import now
from shared.database import Database
from shared.settings import Settings
from shared.web import limits
from shared.web.context import EXTENSION
from tests.integration.limited_visitors import CONFIRM, from_address, limited_browser, sign_up
from tests.integration.registration_stories import HOLD, execute, publish, save_network


@pytest.fixture
def limited(
    servers: Any, make_settings: Callable[..., Settings], registration_database: Database
) -> Iterator[FlaskClient]:
    """Visitors of an installation with limits."""
    with limited_browser(make_settings, servers.urls["registration"]) as browser:
        yield browser


def hold_of(answer: TestResponse) -> timedelta:
    """How long the seats of an accepted sign-up are held, to the minute."""
    assert answer.status_code == 201, answer.text
    left = datetime.fromisoformat(answer.json["held_until"]) - now()
    return timedelta(minutes=round(left.total_seconds() / 60))


def test_one_network_holds_a_quarter_of_the_seats_and_the_rest_shortly(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, capacity=80)

    held = [hold_of(sign_up(limited, meeting, 10, address=f"192.0.2.{n}")) for n in (1, 2, 3)]

    assert held == [HOLD, HOLD, SHORT_HOLD]
    assert hold_of(sign_up(limited, meeting, 2, address="198.51.100.7")) == HOLD


def test_a_small_meeting_is_held_whole_as_long_as_ever(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, capacity=10)

    assert {hold_of(sign_up(limited, meeting)) for _ in range(10)} == {HOLD}


def test_confirmed_seats_count_for_nobody_any_more(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, capacity=80)
    for ordinary in (True, False):
        done = sign_up(limited, meeting, 20)
        assert hold_of(done) == HOLD
        proved(limited, registration_database, done.json["id"], ordinary=ordinary)

    assert hold_of(sign_up(limited, meeting, 20)) == HOLD
    assert origins(registration_database)[:2] == ["", ""]


def proved(browser: FlaskClient, database: Database, identifier: str, *, ordinary: bool) -> None:
    if ordinary:
        links = browser.application.extensions[EXTENSION].links
        token = links.token("confirm", identifier_of(identifier), 1)
        assert browser.post(CONFIRM, json={"token": token}).status_code == 200
    else:
        with database.transaction() as session:
            confirm(session, identifier_of(identifier), now())


def identifier_of(text_of_it: str) -> UUID:
    return UUID(text_of_it)


def origins(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Registration.origin).order_by(Registration.id)))


def test_one_network_cannot_come_back_for_ever(
    limited: FlaskClient, registration_database: Database
) -> None:
    save_network(registration_database)
    meeting = publish(registration_database, capacity=20)
    for _ in range(2):
        sign_up(limited, meeting, 50)
        # The hold is over, and the seats are free again.
        execute(registration_database, "update registration set state = 'expired'")
        execute(registration_database, "update slot set taken = 0, waiting = 0, waiting_seats = 0")

    refused = sign_up(limited, meeting)

    assert refused.status_code == 429
    assert refused.json["type"] == "urn:treffpunkt:problem:too-many-unconfirmed"
    assert int(refused.headers["Retry-After"]) > 0
    assert sign_up(limited, meeting, address="198.51.100.7").status_code == 201
    yesterday(registration_database)
    assert sign_up(limited, meeting).status_code == 201


def yesterday(database: Database) -> None:
    with database.transaction() as session:
        session.execute(update(Registration).values(signed_up_at=now() - timedelta(hours=25)))


def test_a_repeated_sign_up_is_held_like_a_first_one(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, capacity=80)
    sign_up(limited, meeting, 20)
    body = {
        "slot_id": str(meeting.slots[0].slot_id),
        "company": {"name": "Bäckerei"},
        "contact": {"name": "Kim", "email": "kim@krueger.example"},
        "attendees": [{"name": "Kim"}],
        "consents": {"privacy": True},
    }

    answers = [
        limited.post("/api/v1/registrations", json=body, **from_address("192.0.2.1"))
        for _ in range(2)
    ]

    assert [hold_of(answer) for answer in answers] == [SHORT_HOLD, SHORT_HOLD]


def test_nothing_that_is_kept_tells_an_address(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    sign_up(limited, meeting, address="203.0.113.77")

    (kept,) = origins(registration_database)
    assert re.fullmatch("[0-9a-f]{18}", kept)
    with limited.application.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.5"}):
        assert limits.origin() == kept
