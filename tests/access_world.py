"""Two networks with everything in them, in all three services, and the people who may or may not touch it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import psycopg
from flask import Flask
from flask import session as form_session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import text
from werkzeug.test import TestResponse

from services.scheduling.queries import coordinator_by_email
from services.scheduling.use_cases.accounts import signed_in
from services.scheduling.use_cases.passwords import RESET_LIFE, open_link
from services.scheduling.use_cases.signing_in import open_session
from shared.settings import SERVICES, Settings
from shared.sign_in import Authority, Coordinator
from shared.web.auth import SESSION_COOKIE
from shared.web.my_data import Reach, short_link
from tests import factories
from tests.databases import Servers
from tests.integration.scheduling_desk import token_of
from tests.trio import Trio, open_trio

KEEP = """
drop schema if exists world cascade; create schema world;
do $$ declare t text; begin
  for t in select tablename from pg_tables where schemaname = 'public' loop
    execute format('create table world.%I as table public.%I', t, t);
  end loop;
end $$;
"""
RESTORE = """
set session_replication_role = replica;
do $$ declare t text; begin
  for t in select tablename from pg_tables where schemaname = 'world' loop
    execute format('delete from public.%I', t);
    execute format('insert into public.%I select * from world.%I', t, t);
  end loop;
end $$;
set session_replication_role = origin;
"""
# Noting that a coordinator looked at her lists is no change: "new since your last visit" lives from it.
TABLES = """
select tablename from pg_tables where schemaname = 'public' and tablename <> 'coordinator_visit' order by 1
"""
SUM = "select coalesce(sum(hashtextextended({0}::text, 0)), 0)::text from public.{0}"


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who tries; nobody has neither cookie nor token."""

    name: str
    role: str = ""
    network: str = ""  # "north" or "south"; administrators see both
    cookie: str = ""
    token: str = ""


@dataclass
class State:
    """One database: what it holds now, and the way back."""

    connection: psycopg.Connection[Any]
    query: str = ""

    def keep(self) -> None:
        """Remember the present content."""
        self.connection.execute(KEEP)
        tables = [row[0] for row in self.connection.execute(TABLES)]
        self.query = " union all ".join(SUM.format(table) for table in tables)

    def seen(self) -> list[Any]:
        """A sum over everything in it."""
        return self.connection.execute(self.query).fetchall()  # type: ignore[arg-type]

    def restore(self) -> None:
        """Bring the remembered content back."""
        self.connection.execute(RESTORE)

    def close(self) -> None:
        """Leave no trace."""
        self.connection.execute("drop schema if exists world cascade")
        self.connection.close()


@dataclass
class World:
    """Apps, databases, people, and what addresses may name."""

    trio: Trio
    settings: Settings
    apps: dict[str, Flask]
    states: dict[str, State]
    people: list[Person] = field(default_factory=list)
    # By network: the values of addresses' variable parts, and ids for bodies.
    things: dict[str, dict[str, str]] = field(default_factory=dict)
    forms: dict[str, tuple[str, str]] = field(default_factory=dict)  # cookie and token by service

    def client(self, service: str, person: Person, *, form: bool = True) -> FlaskClient:
        """Somebody's browser."""
        app = self.apps[service]
        client = app.test_client()
        if person.cookie:
            client.set_cookie(SESSION_COOKIE, person.cookie)
        if form:
            path = app.config["SESSION_COOKIE_PATH"]
            name = app.config["SESSION_COOKIE_NAME"]
            client.set_cookie(name, self.forms[service][0], path=path)
        return client

    def api(self, service: str, method: str, path: str, body: Any) -> Any:
        """A call of the administrator, while the world is made."""
        admin = next(person for person in self.people if person.role == "admin")
        answer = (
            self.apps[service]
            .test_client()
            .open(
                path, method=method, json=body, headers={"Authorization": f"Bearer {admin.token}"}
            )
        )
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()


@contextmanager
def open_world(servers: Servers, settings: Settings) -> Iterator[World]:
    """Everything in place; ends without a trace."""
    with open_trio(servers, settings) as trio:
        apps = {name: app_of(name, settings) for name in SERVICES}
        owners = servers.owners
        states = {name: State(psycopg.connect(owners[name], autocommit=True)) for name in SERVICES}
        world = World(trio, settings, apps, states)
        try:
            fill(world)
            yield world
        finally:
            for app in apps.values():
                app.extensions["treffpunkt"].database.close()
            for state in states.values():
                state.close()


def app_of(service: str, settings: Settings) -> Flask:
    """A web app as it is served."""
    made: Flask = import_module(f"services.{service}.app").create_app(settings)
    return made


def fill(world: World) -> None:
    """Networks, people, meetings, registrations, invitations, mails."""
    networks = {name: world.trio.desk.network(slug=f"netz-{name}") for name in ("north", "south")}
    world.people = [
        Person(name="nobody"),
        person(world, "viewer", "north"),
        person(world, "coordinator", "north"),
        person(world, "coordinator", "south"),
        person(world, "admin", ""),
    ]
    world.trio.carrier.drain()
    for name, network in networks.items():
        world.things[name] = things_of(world, name, network["id"])
    world.trio.settle()
    for name in networks:
        world.things[name]["mail_id"] = mail_of(world, networks[name]["id"])
    for service, app in world.apps.items():
        world.forms[service] = form_of(app)
        world.states[service].keep()


def person(world: World, role: str, network: str) -> Person:
    """An account with a sign-in and a token."""
    email = f"{role}-{network or 'all'}@stadt.example"
    slugs = [f"netz-{network}"] if network else []
    database = world.trio.desk.database
    token = token_of(database, world.settings, email, role, *slugs)
    with database.transaction() as session:
        found = coordinator_by_email(session, email)
        assert found
        open_session(session, found, "Browser")
        cookie = Authority(world.settings).session_token(signed_in(found))
    return Person(
        name=f"{role} {network}".strip(), role=role, network=network, cookie=cookie, token=token
    )


def things_of(world: World, name: str, network_id: str) -> dict[str, str]:
    """What the network has, in scheduling and registration."""
    desk = world.trio.desk
    venue = desk.venue(network_id, name=f"Schule {name}")
    body = factories.meeting(network_id, venue["id"], slug=f"treffen-{name}")
    meeting = desk.call("POST", "/meetings", body, 201)
    desk.call("POST", f"/meetings/{meeting['id']}/publish")
    world.trio.carrier.drain()
    slot_id = meeting["slots"][0]["id"]
    signed_up = factories.registration(slot_id, email=f"anna@{name}.example")
    done = world.api("registration", "POST", "/api/v1/registrations", signed_up)
    contact = {"company": f"Werk {name}", "name": "Ina Ruf", "email": f"ina@{name}.example"}
    asked = {"meeting_id": meeting["id"], "contacts": [contact]}
    world.api("registration", "POST", "/api/v1/invitations", asked)
    coordinator = next(p for p in world.people if p.name == f"coordinator {name}")
    return {
        "network_id": network_id,
        "venue_id": venue["id"],
        "meeting_id": meeting["id"],
        "slot_id": slot_id,
        "slug": meeting["slug"],
        "meeting": meeting["slug"],
        "registration_id": done["id"],
        **rows_of(world, done["id"], meeting["id"]),
        **account_of(world, coordinator),
        "page": "imprint",
        "language": "de",
        "filename": "site.css",
        "event_id": str(uuid4()),
        "network_slug": f"netz-{name}",
    }


def rows_of(world: World, registration_id: str, meeting_id: str) -> dict[str, str]:
    """Ids and links that no answer tells."""
    with world.trio.registration.reading() as session:
        one = session.execute(
            text(
                "select r.company_id, r.link_version, r.email, a.id as attendee_id, i.id as invitation_id"
                " from registration r join attendee a on a.registration_id = r.id and a.position = 1"
                " join invitation i on i.meeting_id = r.meeting_id where r.id = :id"
            ),
            {"id": registration_id},
        ).one()
    links = world.apps["registration"].extensions["treffpunkt"].links
    claim = UUID(registration_id)
    return {
        "company_id": str(one.company_id),
        "attendee_id": str(one.attendee_id),
        "invitation_id": str(one.invitation_id),
        "link:ticket": links.token("ticket", one.attendee_id, 1),
        "link:confirm": links.token("confirm", claim, one.link_version),
        "link:manage": links.token("manage", claim, one.link_version),
        "link:signed_up": links.token("signed_up", claim, 1),
        "link:roster_data": short_link(
            links, "roster_data", Reach(claim, one.email, everywhere=True)
        ).rpartition("/")[2],
        "link:mail_data": short_link(
            links, "mail_data", Reach(claim, one.email, everywhere=True)
        ).rpartition("/")[2],
        "link:invitation": links.token("invitation", one.invitation_id, 1),
    }


def account_of(world: World, who: Person) -> dict[str, str]:
    """The account of a network's coordinator, with a sign-in, a token and a link for its password."""
    with world.trio.desk.database.transaction() as session:
        found = coordinator_by_email(session, f"coordinator-{who.network}@stadt.example")
        assert found
        row = session.execute(
            text("select id from login_session where coordinator_id = :id"), {"id": found.id}
        ).one()
        return {
            "coordinator_id": str(found.id),
            "session_id": str(row.id),
            "token_id": str(found.tokens[0].id),
            "link:password": open_link(found, RESET_LIFE),
        }


def mail_of(world: World, network_id: str) -> str:
    """A mail about the network's meeting."""
    with world.trio.carrier.databases["notifications"].reading() as session:
        query = text("select id from mail where network_id = :id order by id limit 1")
        return str(session.execute(query, {"id": network_id}).scalar_one())


def form_of(app: Flask) -> tuple[str, str]:
    """A visitor's form cookie and the token that belongs to it."""
    with app.test_request_context():
        token = generate_csrf()
        serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        return serializer.dumps(dict(form_session)), token


def ended(world: World, who: Person) -> Person:
    """The same person with the cookie of a sign-in that was ended."""
    with world.trio.desk.database.reading() as session:
        found = coordinator_by_email(session, f"{who.role}-{who.network or 'all'}@stadt.example")
        assert found
        claimed: Coordinator = signed_in(found)
    older = Coordinator(**{**claimed.__dict__, "epoch": claimed.epoch - 1})
    cookie = Authority(world.settings).session_token(older)
    return Person(name=f"{who.name}, ended", cookie=cookie)


def shown(answer: TestResponse) -> str:
    """An answer in a few words, for messages."""
    text_of = json.dumps(answer.get_data(as_text=True)[:200])
    return f"{answer.status_code} {answer.headers.get('Location', '')} {text_of}"
