"""Limits of an installation that has them on: who is refused, and how."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from itsdangerous import Signer
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.registration.models import Attendee
from shared.clock import now
from shared.database import Database
from shared.identifiers import new_id
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.limited_visitors import CONFIRM, from_address, limited_browser, sign_up
from tests.integration.registration_stories import (
    claim,
    confirmed,
    execute,
    facts,
    publish,
    save_network,
    sign,
    slot_of,
)


@pytest.fixture
def limited(
    servers: Any, make_settings: Callable[..., Settings], registration_database: Database
) -> Iterator[FlaskClient]:
    """Visitors of an installation with limits."""
    with limited_browser(make_settings, servers.urls["registration"]) as browser:
        yield browser


def test_an_address_is_refused_beyond_its_limit_and_others_are_not(limited: FlaskClient) -> None:
    def statuses(address: str, number: int) -> set[int]:
        sent = {"json": {"token": "x"}, **from_address(address)}
        return {limited.post(CONFIRM, **sent).status_code for _ in range(number)}

    assert statuses("192.0.2.1", 120) == {404}
    assert statuses("192.0.2.1", 3) == {429}
    assert statuses("192.0.2.2", 1) == {404}
    assert statuses("2001:db8::1", 1) == {404}


def test_a_network_of_many_addresses_has_a_limit_too(limited: FlaskClient) -> None:
    answers = [
        limited.post(CONFIRM, json={"token": "x"}, **from_address(f"192.0.2.{number % 200}"))
        for number in range(605)
    ]

    assert {answer.status_code for answer in answers[:600]} == {404}
    assert {answer.status_code for answer in answers[600:]} == {429}


def test_a_slot_takes_so_many_in_a_minute_whoever_they_are(
    limited: FlaskClient, registration_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting, other = publish(registration_database), publish(registration_database, slug="other")
    monkeypatch.setattr("services.registration.api.sign_up.SIGN_UPS_PER_SLOT", "3 per day")

    answers = [
        sign_up(limited, meeting, address=f"192.0.{number}.1").status_code for number in range(4)
    ]

    assert answers == [201, 201, 201, 429]
    assert sign_up(limited, other).status_code == 201


def test_a_refused_program_reads_when_to_come_back_and_whom_to_call(
    limited: FlaskClient, registration_database: Database
) -> None:
    save_network(registration_database, name="Aplerbeck", slug="a", contact_phone="0231 1")
    network = save_network(registration_database, contact_phone="0231 5550100")
    meeting = publish(registration_database, network_id=network.network_id)
    for _ in range(121):
        answer = limited.post(
            "/api/v1/registrations", json={"slot_id": str(meeting.slots[0].slot_id)}
        )

    assert answer.status_code == 429
    assert answer.content_type == "application/problem+json"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.json["type"] == "urn:treffpunkt:problem:too-many-requests"
    assert answer.json["telephone"] == "0231 5550100"


def test_a_refused_visitor_loses_nothing_that_was_typed(
    limited: FlaskClient, registration_database: Database
) -> None:
    network = save_network(registration_database)
    publish(registration_database, network_id=network.network_id)
    typed = form(limited) | {"company-name": 'Müller & "Söhne" <b>', "add": "1"}
    for _ in range(61):
        answer = limited.post("/meetings/treffen/register", data=typed)

    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert network.contact_phone in answer.text
    assert 'action="/meetings/treffen/register"' in answer.text
    assert 'name="company-name" value="Müller &amp; &#34;Söhne&#34; &lt;b&gt;"' in answer.text
    assert "<b>" not in answer.text


def test_what_nobody_may_read_over_a_shoulder_is_not_repeated(limited: FlaskClient) -> None:
    typed = {"email": "kim@krueger.example", "password": "geheim und lang genug"}
    for _ in range(61):
        answer = limited.post("/meetings/treffen/register", data=typed)

    assert answer.status_code == 429
    assert "geheim" not in answer.text
    assert "krueger" not in answer.text


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_registration_is_changed_so_often_in_a_minute(limited: FlaskClient, method: str) -> None:
    answers = [
        limited.open("/api/v1/registrations/manage", method=method, json={"seats": 1})
        for _ in range(61)
    ]

    assert {answer.status_code for answer in answers[:60]} == {401}
    assert answers[60].status_code == 429


# Mails to people whom nobody asked


def renamed(browser: FlaskClient, registration_id: UUID, seats: int) -> TestResponse:
    """Every seat is given to somebody with an address that was never seen."""
    links = browser.application.extensions[EXTENSION].links
    token = links.token("manage", registration_id, 1)
    people = [{"name": "Wer", "email": f"{new_id().hex}@fremd.example"} for _ in range(seats)]
    headers = {"Authorization": f"Bearer {token}"}
    return browser.patch(
        "/api/v1/registrations/manage", json={"attendees": people}, headers=headers
    )


def test_a_registration_has_so_many_strangers_written_to_in_a_day(
    limited: FlaskClient, registration_database: Database
) -> None:
    network = save_network(registration_database, contact_phone="0231 5550100")
    meeting = publish(registration_database, network_id=network.network_id)
    done = sign(registration_database, meeting, seats=2)
    confirmed(registration_database, done)

    answers = [renamed(limited, done.id, 2) for _ in range(9)]

    assert [answer.status_code for answer in answers] == [200] * 8 + [429]
    assert answers[-1].json["type"] == "urn:treffpunkt:problem:too-many-addresses"
    assert answers[-1].json["telephone"] == "0231 5550100"
    assert facts(registration_database, done).count("RegistrationChanged") == 8
    execute(
        registration_database,
        "update registration set new_addresses = array(select at - interval '25 hours' from unnest(new_addresses) at)",
    )
    assert renamed(limited, done.id, 2).status_code == 200


def test_the_page_says_whom_to_call_when_too_many_addresses_were_entered(
    limited: FlaskClient, registration_database: Database
) -> None:
    network = save_network(registration_database, contact_phone="0231 5550100")
    meeting = publish(registration_database, network_id=network.network_id)
    done = sign(registration_database, meeting)
    execute(
        registration_database,
        "update registration set new_addresses = array_fill(now(), array[13])",
    )
    links = limited.application.extensions[EXTENSION].links
    page = f"/registrations/manage/{links.token('manage', done.id, 1)}"
    sent = {"people": "1", "attendees-1-name": "Wer", "attendees-1-email": "wer@fremd.example"}

    refused = limited.post(page, data=sent | {"revision": "1"})

    assert refused.status_code == 422
    assert "Many addresses were entered" in refused.text
    assert "0231 5550100" in refused.text
    assert 'value="wer@fremd.example"' in refused.text


def test_names_and_known_addresses_are_counted_for_nothing(
    limited: FlaskClient, registration_database: Database
) -> None:
    done = sign(registration_database, publish(registration_database), seats=2)
    renamed(limited, done.id, 2)
    people = [{"name": "Wer", "email": person.email} for person in people_of(registration_database)]
    links = limited.application.extensions[EXTENSION].links
    headers = {"Authorization": f"Bearer {links.token('manage', done.id, 1)}"}
    for name in ("A", "B"):
        named = [person | {"name": name} for person in people]
        limited.patch("/api/v1/registrations/manage", json={"attendees": named}, headers=headers)

    assert len(claim(registration_database, done).new_addresses) == 2


def people_of(database: Database) -> list[Attendee]:
    with database.reading() as session:
        return list(session.scalars(select(Attendee)))


# The web form


def form(browser: FlaskClient, **values: str) -> dict[str, str]:
    """The form as it is shown now, filled in."""
    page = browser.get("/meetings/treffen/register").text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    typed = {
        "company-name": "Bäckerei Krüger GmbH",
        "contact-name": "Kim Krüger",
        "contact-email": "kim@krueger.example",
        "myself": "1",
    }
    return hidden | typed | {name.replace("_", "-"): value for name, value in values.items()}


def shown(browser: FlaskClient, ago: timedelta) -> str:
    """The stamp of a form that was shown some time ago."""
    key = browser.application.extensions[EXTENSION].settings.secret_keys[0]
    moment = round((now() - ago).timestamp() * 1000)
    return Signer([key], salt="treffpunkt.form-age").sign(str(moment)).decode()


def test_a_form_is_taken_when_somebody_could_have_read_it(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    typed = form(limited, shown=shown(limited, timedelta(seconds=5)))

    answer = limited.post("/meetings/treffen/register", data=typed)

    assert answer.status_code == 303
    assert slot_of(registration_database, meeting).taken == 1


@pytest.mark.parametrize("stamp", ["", "now", None, "old", "forged"])
def test_a_form_that_came_too_soon_comes_back_and_is_sent_by_itself(
    limited: FlaskClient, registration_database: Database, stamp: str | None
) -> None:
    meeting = publish(registration_database)
    typed = form(limited)
    if stamp == "old":
        typed["shown"] = shown(limited, timedelta(hours=25))
    elif stamp == "forged":
        typed["shown"] = shown(limited, timedelta(seconds=5))[:-1]
    elif stamp is not None:
        typed["shown"] = stamp

    answer = limited.post("/meetings/treffen/register", data=typed)

    assert answer.status_code == 200
    (wait,) = re.findall(r'data-send-after="(\d+)"', answer.text)
    assert 0 < int(wait) <= 2000
    assert 'value="Bäckerei Krüger GmbH"' in answer.text
    assert slot_of(registration_database, meeting).taken == 0


def test_a_second_press_counts_from_the_first_look(
    limited: FlaskClient, registration_database: Database
) -> None:
    publish(registration_database)
    begun = shown(limited, timedelta(seconds=1))

    answer = limited.post("/meetings/treffen/register", data=form(limited, shown=begun))

    assert f'name="shown" value="{begun}"' in answer.text


def test_what_only_programs_fill_in_is_refused(
    limited: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    typed = form(
        limited, shown=shown(limited, timedelta(minutes=1)), website="https://spam.example"
    )

    answer = limited.post("/meetings/treffen/register", data=typed)

    assert answer.status_code == 200
    assert "Please leave this field empty." in answer.text
    assert "spam.example" not in answer.text
    assert slot_of(registration_database, meeting).taken == 0
