"""Coordinators and their own accounts in the coordinators' pages, without scripts, on a real database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.database import Database
from shared.settings import Settings
from tests.integration.scheduling_desk import PASSWORD, Desk, Visitor, open_desk, person


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


@pytest.fixture
def network(desk: Desk) -> dict[str, Any]:
    return desk.network()


@pytest.fixture
def kora(desk: Desk, network: dict[str, Any]) -> Visitor:
    return person(desk, "coordinator", network["slug"])


def test_somebody_is_invited_and_deactivated(desk: Desk, network: dict[str, Any]) -> None:
    admin = person(desk, "admin", email="admin@stadt.example")
    form = "/scheduling/coordinators/new"
    values = {
        "name": "Nora",
        "email": "nora@stadt.example",
        "role": "coordinator",
        "language": "de",
    }
    admin.post(form, values | {"networks": network["id"]})
    assert "has an account already" in admin.post(form, values, 422).get_data(as_text=True)
    (fact,) = desk.facts("PasswordLinkRequested")
    path = f"/scheduling/coordinators/{fact['coordinator_id']}"
    admin.post(f"{path}/deactivate", {"successor": ""}, form=path)
    assert desk.facts("CoordinatorSaved")[-1]["active"] is False


def test_password_change_keeps_this_device(desk: Desk, kora: Visitor) -> None:
    other = Visitor(desk.app)
    other.sign_in("k@stadt.example", PASSWORD)
    path, form = "/scheduling/account/password", "/scheduling/account"
    new = "fünf Stühle im Garten"
    wrong = {"old": "nope", "password": new, "again": new}
    assert "not your present password" in kora.post(path, wrong, 422, form=form).get_data(
        as_text=True
    )
    kora.post(path, wrong | {"old": PASSWORD}, form=form)
    kora.get("/scheduling/account")
    other.get("/scheduling/account", 303)


@pytest.mark.parametrize(
    "path",
    [
        "/scheduling/account/password",
        "/scheduling/account/second-factor",
        "/scheduling/account/tokens",
    ],
)
def test_the_present_password_is_not_guessed_at_a_borrowed_browser(
    kora: Visitor, path: str
) -> None:
    form = "/scheduling/account"
    new = {"password": "fünf Stühle im Garten", "again": "fünf Stühle im Garten"}
    new["token_name"] = "Bericht"
    guesses = [{"old": f"guess {n}", "token_password": f"guess {n}"} for n in range(11)]
    tries = [kora.post(path, new | guess, 0, form=form) for guess in guesses]

    assert {answer.status_code for answer in tries[:9]} == {422}
    assert {answer.status_code for answer in tries[9:]} == {429}
    assert "Retry-After" in tries[-1].headers


def test_token_is_shown_once(desk: Desk, kora: Visitor) -> None:
    form = "/scheduling/account"
    asked = {"token_name": "Bericht", "token_password": PASSWORD}
    page = kora.post(f"{form}/tokens", asked, 200, form=form).get_data(as_text=True)
    token = re.search(r'class="token">([^<]+)<', page)
    assert token
    assert (
        Desk(desk.app, desk.database, desk.settings, token[1])
        .answer("GET", "/meetings")
        .status_code
        == 200
    )
    assert token[1] not in kora.get(form).get_data(as_text=True)
