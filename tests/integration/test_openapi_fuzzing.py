"""Whatever is sent to the three APIs, with a token or without: no call breaks them, every refusal is a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import pytest
from flask import Flask
from schemathesis import Case

from services.notifications.app import create_app as notifications_app
from services.registration.app import create_app as registration_app
from services.registration.models import Coordinator as KnownHere
from shared.events.scheduling import CoordinatorSaved
from shared.identifiers import new_id
from shared.links import Links
from shared.settings import Settings
from shared.sign_in import Coordinator
from shared.web.context import EXTENSION
from tests import notices
from tests.databases import Servers
from tests.integration.openapi_cases import Attack, boundaries, described, operations
from tests.integration.registration_stories import confirmed, publish, save_network, sign
from tests.integration.scheduling_desk import open_desk

Place = tuple[Flask, str, Mapping[str, str], str]  # app, prefix, what is there, an admin's token
ADMIN = Coordinator(
    id=new_id(),
    name="Ada Admin",
    email="ada@stadt.example",
    role="admin",
    network_ids=frozenset(),
    epoch=1,
)


def token_of(app: Flask) -> str:
    token: str = app.extensions[EXTENSION].authority.api_token(ADMIN, new_id())
    return token


@contextmanager
def registration(servers: Servers, settings: Settings) -> Iterator[Place]:
    """A meeting with a registration."""
    database = servers.database("registration")
    network = save_network(database)
    meeting = publish(database, network_id=network.network_id, capacity=1000)
    done = sign(database, meeting, seats=2)
    confirmed(database, done)
    with database.transaction() as session:
        session.add(
            KnownHere(
                id=ADMIN.id,
                revision=1,
                name=ADMIN.name,
                email=ADMIN.email,
                role="admin",
                network_ids=[],
                active=True,
                epoch=1,
                revoked_token_ids=[],
            )
        )
    app, links = registration_app(settings), Links(settings)
    known = {
        "registration_id": str(done.id),
        "meeting_id": str(meeting.meeting_id),
        "meeting": meeting.slug,
        "slot_id": str(meeting.slots[0].slot_id),
        "token": links.token("confirm", done.id, 1),
        "manage": links.token("manage", done.id, 1),
    }
    with closing(app.extensions[EXTENSION].database):
        yield app, "", known, token_of(app)


@contextmanager
def scheduling(servers: Servers, settings: Settings) -> Iterator[Place]:
    """A meeting with a slot, in a network with a venue."""
    with open_desk(servers.database("scheduling"), settings) as desk:
        venue = desk.venue(desk.network()["id"])
        meeting = desk.meeting(venue)
        known = {
            "network_id": venue["network_id"],
            "venue_id": venue["id"],
            "meeting_id": meeting["id"],
            "slot_id": meeting["slots"][0]["id"],
        }
        desk.app.testing = False
        yield desk.app, "/scheduling", known, desk.token


@contextmanager
def notifications(servers: Servers, settings: Settings) -> Iterator[Place]:
    """A meeting about which a mail was asked for."""
    desk = notices.Desk(servers.database("notifications")).opened()
    desk.hear(notices.confirmed())
    desk.hear(
        CoordinatorSaved(
            revision=1,
            coordinator_id=ADMIN.id,
            name=ADMIN.name,
            email=ADMIN.email,
            role="admin",
            network_ids=[],
            active=True,
            epoch=1,
            revoked_token_ids=[],
        )
    )
    app = notifications_app(settings)
    known = {"meeting_id": str(notices.MEETING), "mail_id": str(desk.mails()[0].id)}
    with closing(app.extensions[EXTENSION].database):
        yield app, "/notifications", known, token_of(app)


PLACES: dict[str, Callable[[Servers, Settings], Any]] = {
    "registration": registration,
    "scheduling": scheduling,
    "notifications": notifications,
}


# Of the boundaries, as many as there is time for; `make faults` calls all of them.
EVERY = 3
Recorder = Callable[[str, Attack], None]


def attacks(known: Mapping[str, str], token: str) -> tuple[Attack, Attack]:
    """One without any token; one with an administrator's, or that of a manage link where it belongs."""

    def fitting(case: Case) -> str:
        return known["manage"] if "manage" in case.operation.path else token

    return Attack(known, lambda _case: None), Attack(known, fitting)


def record_both(record: Recorder, service: str, both: tuple[Attack, Attack]) -> None:
    for words, attack in zip(("without a token", "with a token"), both, strict=True):
        record(f"{service} {words}", attack)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("service", PLACES)
def test_no_call_at_the_boundaries_breaks_an_api(
    servers: Servers, settings: Settings, record_cases: Recorder, service: str
) -> None:
    with PLACES[service](servers, settings) as (app, prefix, known, token):
        stranger, admin = attacks(known, token)
        for number, case in enumerate(boundaries(described(app, prefix))):
            if number % EVERY == 0:
                admin.call(case)
            # Strangers are turned away at the door mostly: fewer suffice.
            if number % (3 * EVERY) == 1:
                stranger.call(case)
    record_both(record_cases, service, (stranger, admin))


@pytest.mark.faults
@pytest.mark.timeout(600)
@pytest.mark.parametrize("service", PLACES)
def test_no_call_at_all_breaks_an_api(
    servers: Servers, settings: Settings, record_cases: Recorder, service: str
) -> None:
    with PLACES[service](servers, settings) as (app, prefix, known, token):
        stranger, admin = attacks(known, token)
        schema = described(app, prefix)
        for case in boundaries(schema):
            stranger.call(case)
            admin.call(case)
        stranger.draw(operations(schema), examples=10)
        admin.draw(operations(schema), examples=50)
    record_both(record_cases, service, (stranger, admin))
