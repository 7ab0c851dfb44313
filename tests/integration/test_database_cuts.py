"""The connection to PostgreSQL cut at every single round trip: each work is done once, or not and can be repeated."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs
from werkzeug.test import TestResponse

from services.notifications.mailer import Mailer
from services.notifications.smtp import Courier
from services.notifications.worker import SERVICE
from services.registration.app import create_app
from shared.database import Database
from shared.identifiers import new_id
from shared.links import Links
from shared.messaging import inbox
from shared.messaging.tables import inbox as inbox_table
from shared.messaging.tables import outbox_event
from shared.settings import Settings, parse_smtp_url
from shared.web.context import EXTENSION
from tests import notices
from tests.database_proxy import AFTER, BEFORE, DatabaseProxy, database_proxy
from tests.databases import Servers
from tests.integration.registration_stories import publish, slot_of
from tests.judging import broken_in_registration
from tests.notices import Desk
from tests.scripted_smtp import ScriptedServer, serving
from tests.wait import wait_until

MOST = 80  # round trips that no work here needs
Act = Callable[[], TestResponse]

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]
both_ways = pytest.mark.parametrize("when", [BEFORE, AFTER])


@pytest.fixture
def proxy(servers: Servers, request: pytest.FixtureRequest) -> Iterator[DatabaseProxy]:
    with database_proxy(servers.urls[request.param]) as proxy:
        yield proxy


def through(settings: Settings, proxy: DatabaseProxy, service: str) -> Settings:
    return replace(settings, database_urls={**settings.database_urls, service: proxy.url})


@pytest.fixture
def client(
    registration_database: Database, settings: Settings, proxy: DatabaseProxy
) -> Iterator[FlaskClient]:
    app = create_app(through(settings, proxy, "registration"))
    yield app.test_client()
    app.extensions[EXTENSION].database.close()


def at_every_round_trip(
    client: FlaskClient, proxy: DatabaseProxy, when: str, prepare: Callable[[int], Act]
) -> list[Any]:
    """Do it with the cut ever later, and once more after each cut; the answers of all who repeated."""
    answers: list[Any] = []
    for number in range(1, MOST):
        act = prepare(number)
        assert client.get("/api/v1/meetings").status_code == 200  # a connection that is open
        proxy.cut(number, when)
        answer = act()
        if not proxy.has_cut:
            assert len(answers) > 1
            return answers
        assert answer.status_code in {200, 201, 503}, answer.text
        again = act()
        assert again.status_code in {200, 201}, again.text
        answers.append(again.json)
    raise AssertionError(f"more than {MOST} round trips")


def signing_up(client: FlaskClient, slot_id: UUID, number: int) -> Act:
    body = {
        "slot_id": str(slot_id),
        "company": {"name": f"Betrieb {number}", "postcode": "44379"},
        "contact": {"name": "Kim Krüger", "email": f"kim@betrieb{number}.example"},
        "attendees": [{"name": "Kim Krüger"}, {"name": "Ada Ley"}],
        "consents": {"privacy": True},
    }
    headers = {"Idempotency-Key": f"key {number}"}
    return lambda: client.post("/api/v1/registrations", json=body, headers=headers)


def signed_up(client: FlaskClient, slot_id: UUID, number: int) -> UUID:
    answer: Any = signing_up(client, slot_id, number)().json
    return UUID(answer["id"])


def facts_by_registration(database: Database, name: str) -> dict[UUID, int]:
    with database.reading() as session:
        query = select(outbox_event.c.aggregate_id, func.count()).where(outbox_event.c.name == name)
        return dict(session.execute(query.group_by(outbox_event.c.aggregate_id)).all())


@both_ways
@pytest.mark.parametrize("proxy", ["registration"], indirect=True)
def test_a_sign_up_cut_anywhere_is_one_registration(
    client: FlaskClient, proxy: DatabaseProxy, registration_database: Database, *, when: str
) -> None:
    meeting = publish(registration_database, capacity=500)
    slot_id = meeting.slots[0].slot_id

    answers = at_every_round_trip(client, proxy, when, lambda n: signing_up(client, slot_id, n))

    told = facts_by_registration(registration_database, "RegistrationHeld")
    assert {answer["id"] for answer in answers} <= {str(key) for key in told}
    assert {*told.values()} == {1}
    assert slot_of(registration_database, meeting).taken == 2 * len(told) == 2 * len(answers) + 2
    assert broken_in_registration(registration_database) == {}


@both_ways
@pytest.mark.parametrize("proxy", ["registration"], indirect=True)
def test_a_confirmation_cut_anywhere_is_told_once(
    client: FlaskClient,
    proxy: DatabaseProxy,
    registration_database: Database,
    settings: Settings,
    *,
    when: str,
) -> None:
    slot_id = publish(registration_database, capacity=500).slots[0].slot_id

    def confirming(number: int) -> Act:
        identifier = signed_up(client, slot_id, number)
        token = Links(settings).token("confirm", identifier, 1)
        return lambda: client.post("/api/v1/registrations/confirm", json={"token": token})

    answers = at_every_round_trip(client, proxy, when, confirming)

    told = facts_by_registration(registration_database, "RegistrationConfirmed")
    assert {answer["state"] for answer in answers} == {"confirmed"}
    assert (len(told), {*told.values()}) == (len(answers) + 1, {1})
    assert broken_in_registration(registration_database) == {}


@both_ways
@pytest.mark.parametrize("verb", ["patch", "delete"])
@pytest.mark.parametrize("proxy", ["registration"], indirect=True)
def test_a_change_or_cancellation_cut_anywhere_happens_once(
    client: FlaskClient,
    proxy: DatabaseProxy,
    registration_database: Database,
    settings: Settings,
    *,
    when: str,
    verb: str,
) -> None:
    slot_id = publish(registration_database, capacity=500).slots[0].slot_id

    def acting(number: int) -> Act:
        identifier = signed_up(client, slot_id, number)
        token = Links(settings).token("confirm", identifier, 1)
        client.post("/api/v1/registrations/confirm", json={"token": token})
        headers = {"Authorization": f"Bearer {Links(settings).token('manage', identifier, 1)}"}
        body = {"json": {"seats": 1}} if verb == "patch" else {}
        act = getattr(client, verb)
        return lambda: act("/api/v1/registrations/manage", headers=headers, **body)

    answers = at_every_round_trip(client, proxy, when, acting)

    name = {"patch": "RegistrationChanged", "delete": "RegistrationCancelled"}[verb]
    told = facts_by_registration(registration_database, name)
    assert (len(told), {*told.values()}) == (len(answers) + 1, {1})
    assert broken_in_registration(registration_database) == {}


@both_ways
@pytest.mark.parametrize("proxy", ["notifications"], indirect=True)
def test_a_fact_whose_handler_is_cut_anywhere_has_its_effect_once(
    proxy: DatabaseProxy, notifications_database: Database, *, when: str
) -> None:
    desk = Desk(notifications_database).opened()
    cut = Database(proxy.url, "test-cut", pool_size=1)

    for number in itertools.count(1):
        envelope = notices.envelope_of(notices.held(registration_id=new_id()))
        with cut.reading() as session:
            session.execute(select(1))
        proxy.cut(number, when)
        hear(cut, envelope)
        if not proxy.has_cut:
            break
        receive_again(desk.database, envelope)

    cut.close()
    assert number > 3
    assert [mail.kind for mail in desk.mails()] == ["confirm_address"] * number
    with desk.database.reading() as session:
        assert {*session.scalars(select(inbox_table.c.state))} == {"done"}


def hear(database: Database, envelope: Any) -> None:
    # Rendering so many tracebacks would take longer than all the rest.
    with suppress(DBAPIError), capture_logs():
        inbox.receive(database, SERVICE, envelope)


def receive_again(database: Database, envelope: Any) -> None:
    """As the relay sends it again, and the sweep starts it again once its lease is over."""
    inbox.receive(database, SERVICE, envelope)
    with database.transaction() as session:
        session.execute(text("update inbox set due_at = now() where state = 'new'"))
    inbox.sweep(database, SERVICE)


@pytest.fixture
def smtp() -> Iterator[ScriptedServer]:
    with serving() as server:
        yield server


@both_ways
@pytest.mark.parametrize("proxy", ["notifications"], indirect=True)
def test_a_living_mailer_doubles_nothing_wherever_its_database_is_cut(
    proxy: DatabaseProxy,
    notifications_database: Database,
    settings: Settings,
    smtp: ScriptedServer,
    *,
    when: str,
) -> None:
    desk = Desk(notifications_database).opened()
    courier = Courier(parse_smtp_url(f"smtp://127.0.0.1:{smtp.port}"))
    mailer = Mailer(through(settings, proxy, "notifications"), courier)

    for number in itertools.count(1):
        turn(mailer)  # a connection that is open
        desk.hear(notices.held(registration_id=new_id()))
        proxy.cut(number, when)
        turn(mailer)
        if not proxy.has_cut:
            break
        wait_until(lambda: not turn(mailer) and all_sent(desk), within=15)

    mailer.close()
    assert number > 2
    assert all_sent(desk)
    assert sorted(smtp.received) == sorted(bytes(mail.message or b"") for mail in desk.mails())


def turn(mailer: Mailer) -> int:
    with suppress(DBAPIError):
        return mailer.turn()
    return 0


def all_sent(desk: Desk) -> bool:
    return {mail.state for mail in desk.mails()} == {"sent"}
