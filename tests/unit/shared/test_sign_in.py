"""Who may do what: signatures, roles, epochs, revoked and expired sign-ins, foreign origins, policies."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

import jwt
import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient

from shared.clock import now
from shared.identifiers import new_id
from shared.sign_in import Authority, Coordinator, KnownCoordinator
from shared.web.api import Blueprint as ApiBlueprint
from shared.web.app import WebService, create_web_app
from shared.web.auth import (
    SESSION_COOKIE,
    coordinators,
    current_coordinator,
    public,
    public_form,
)
from shared.web.context import runtime
from tests.factories import make_settings

NETWORK = new_id()
ANNA = Coordinator(
    id=new_id(),
    name="Anna",
    email="anna@stadt.example",
    role="coordinator",
    network_ids=frozenset({NETWORK}),
    epoch=3,
)
KNOWN = KnownCoordinator(
    active=True,
    epoch=3,
    role="coordinator",
    network_ids=[NETWORK],
    name="Anna",
    email="anna@stadt.example",
    revoked_token_ids=[],
)


@dataclass
class Office:
    """One app with a page and a call per role, and what it knows of its coordinators."""

    known: dict[UUID, KnownCoordinator] = field(default_factory=dict)
    routes: Collection[tuple[str, Callable[..., Any]]] = ()

    def app(self) -> Flask:
        """The app, with its routes."""
        pages, api = Blueprint("pages", __name__), ApiBlueprint("calls", __name__)
        for path, view in self.routes or self.usual():
            blueprint = api if path.startswith("/api/") else pages
            name = path.strip("/").replace("/", "-")
            blueprint.add_url_rule(path, name, view, methods=["GET", "POST"])
        service = WebService(
            name="registration",
            package="services.registration",
            prefix="",
            title="Office",
            coordinator_lookup=lambda _session, identifier: self.known.get(identifier),
            pages=[pages],
            api=[api],
        )
        url = "postgresql://nobody@127.0.0.1:1/nothing"
        return create_web_app(service, make_settings(registration_database_url=url))

    @staticmethod
    def usual() -> list[tuple[str, Callable[..., Any]]]:
        """One route for each policy."""

        def who() -> str:
            return f"{current_coordinator().role} {current_coordinator().name}"

        guarded = {role: coordinators(role)(who) for role in ("viewer", "coordinator", "admin")}
        return [
            *((f"/pages/{role}", view) for role, view in guarded.items()),
            *((f"/api/v1/{role}", view) for role, view in guarded.items()),
            ("/open", public(lambda: "open")),
            ("/login", public_form(lambda: "login")),
        ]


@pytest.fixture
def office() -> Office:
    """It knows Anna."""
    return Office({ANNA.id: KNOWN})


def token(app: Flask, coordinator: Coordinator = ANNA, *, token_id: UUID | None = None) -> str:
    with app.app_context():
        return runtime().authority.api_token(coordinator, token_id or new_id())


def call(app: Flask, role: str, bearer: str) -> int:
    headers = {"Authorization": f"Bearer {bearer}"}
    return app.test_client().get(f"/api/v1/{role}", headers=headers).status_code


def signed_in(app: Flask, coordinator: Coordinator = ANNA) -> FlaskClient:
    client = app.test_client()
    with app.app_context():
        client.set_cookie(SESSION_COOKIE, runtime().authority.session_token(coordinator))
    return client


@pytest.mark.parametrize("role", ["viewer", "coordinator", "admin"])
@pytest.mark.parametrize("needed", ["viewer", "coordinator", "admin"])
def test_a_role_opens_its_own_and_lesser_doors(office: Office, role: str, needed: str) -> None:
    office.known[ANNA.id] = replace(KNOWN, role=role)
    app = office.app()
    order = ["viewer", "coordinator", "admin"]

    expected = 200 if order.index(role) >= order.index(needed) else 403
    assert call(app, needed, token(app)) == expected
    assert signed_in(app).get(f"/pages/{needed}").status_code == expected


def test_what_is_known_now_counts_and_not_what_the_token_says(office: Office) -> None:
    app = office.app()
    boasting = replace(ANNA, role="admin")

    assert call(app, "admin", token(app, boasting)) == 403


def test_a_coordinator_not_heard_of_yet_is_believed_by_her_signature() -> None:
    app = Office().app()

    assert call(app, "coordinator", token(app)) == 200
    assert signed_in(app).get("/pages/viewer").status_code == 200


def test_of_somebody_never_heard_of_nothing_old_is_believed() -> None:
    app = Office().app()
    begin = now() - timedelta(minutes=11)
    with app.app_context():
        old = runtime().authority._signed(ANNA, "api", jti=str(new_id()), iat=begin)

    assert call(app, "viewer", old) == 401
    assert aged(app, timedelta(minutes=11)).get("/pages/viewer").status_code == 303


@pytest.mark.parametrize(("epoch", "status"), [(2, 303), (3, 200), (4, 200)])
def test_sign_ins_of_an_older_epoch_are_over(office: Office, epoch: int, status: int) -> None:
    client = signed_in(office.app(), replace(ANNA, epoch=epoch))

    assert client.get("/pages/viewer").status_code == status


def test_tokens_outlive_the_end_of_sign_ins(office: Office) -> None:
    app = office.app()

    assert call(app, "viewer", token(app, replace(ANNA, epoch=2))) == 200


def test_a_deactivated_coordinator_is_out_everywhere(office: Office) -> None:
    app = office.app()
    client, bearer = signed_in(app), token(app)
    office.known[ANNA.id] = replace(KNOWN, active=False)

    assert call(app, "viewer", bearer) == 401
    assert client.get("/pages/viewer").status_code == 303


def test_a_revoked_token_is_refused_and_the_others_stay(office: Office) -> None:
    app, revoked = office.app(), new_id()
    office.known[ANNA.id] = replace(KNOWN, revoked_token_ids=[revoked])

    assert call(app, "viewer", token(app, token_id=revoked)) == 401
    assert call(app, "viewer", token(app)) == 200


@pytest.mark.parametrize("bearer", ["", "x", "a.b.c", "Bearer", "ü"])
def test_nonsense_is_no_token(office: Office, bearer: str) -> None:
    assert call(office.app(), "viewer", bearer) == 401


@pytest.mark.parametrize("place", range(3))
def test_a_token_changed_anywhere_is_refused(office: Office, place: int) -> None:
    app = office.app()
    parts = token(app).split(".")
    middle = len(parts[place]) // 2
    other = "A" if parts[place][middle] != "A" else "B"
    parts[place] = parts[place][:middle] + other + parts[place][middle + 1 :]

    assert call(app, "viewer", ".".join(parts)) == 401


def test_nobody_signs_in_without_the_private_key(office: Office) -> None:
    app = office.app()
    claims = jwt.decode(token(app), options={"verify_signature": False})
    public_key = make_settings().session_public_key
    assert public_key is not None

    unsigned = jwt.encode(claims, None, algorithm="none")
    own_key = jwt.encode(claims, "x" * 64, algorithm="HS256")

    assert [call(app, "viewer", forged) for forged in (unsigned, own_key)] == [401, 401]


def test_a_cookie_is_no_token_and_a_token_no_cookie(office: Office) -> None:
    app = office.app()
    with app.app_context():
        cookie = runtime().authority.session_token(ANNA)
    client = app.test_client()
    client.set_cookie(SESSION_COOKIE, token(app))

    assert call(app, "viewer", cookie) == 401
    assert client.get("/pages/viewer").status_code == 303


def test_the_api_takes_no_cookie(office: Office) -> None:
    answer = signed_in(office.app()).get("/api/v1/viewer")

    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def aged(app: Flask, age: timedelta) -> FlaskClient:
    """Somebody who signed in some time ago; her cookie lives for an hour."""
    client = app.test_client()
    with app.app_context():
        authority: Authority = runtime().authority
        begin = now() - age
        cookie = authority._signed(ANNA, "session", iat=begin, exp=begin + timedelta(hours=1))
    client.set_cookie(SESSION_COOKIE, cookie)
    return client


def test_an_expired_sign_in_is_renewed_before_the_page(office: Office) -> None:
    answer = aged(office.app(), timedelta(hours=2)).get("/pages/viewer?q=B%C3%A4r+%26+Co&page=2")

    assert answer.status_code == 303
    wanted = quote("/pages/viewer?q=B%C3%A4r+%26+Co&page=2", safe="")
    assert answer.location == f"/scheduling/session?next={wanted}"
    assert "no-store" in answer.headers["Cache-Control"]


def test_an_expired_sign_in_changes_nothing(office: Office) -> None:
    assert aged(office.app(), timedelta(hours=2)).post("/pages/viewer").status_code in {400, 401}


@pytest.mark.parametrize(("minutes", "status"), [(1, 200), (30, 303)])
def test_a_sign_in_is_renewed_long_before_it_ends(
    office: Office, minutes: int, status: int
) -> None:
    client = aged(office.app(), timedelta(minutes=minutes))

    assert client.get("/pages/viewer").status_code == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("path", ["/open", "/login", "/pages/viewer"])
def test_a_form_of_another_site_is_refused(
    office: Office, path: str, headers: dict[str, str]
) -> None:
    assert signed_in(office.app()).post(path, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_of_this_site_is_taken(office: Office, headers: dict[str, str]) -> None:
    assert office.app().test_client().post("/open", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/login", "/pages/viewer"])
def test_a_form_that_acts_on_a_cookie_needs_its_token(office: Office, path: str) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}

    assert signed_in(office.app()).post(path, headers=headers).status_code == 400


def test_an_app_with_an_undeclared_route_does_not_start() -> None:
    with pytest.raises(RuntimeError, match="/forgotten"):
        Office(routes=[("/forgotten", lambda: "")]).app()


def test_an_unknown_role_is_a_mistake_in_the_code() -> None:
    with pytest.raises(ValueError, match="owner"):
        coordinators("owner")
