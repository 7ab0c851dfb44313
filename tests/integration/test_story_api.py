"""The main job, end to end, through the JSON API and the command line."""

from __future__ import annotations

import re

import pytest

from tests import factories
from tests.clients import Api
from tests.office import Office
from tests.stack import Stack
from tests.story import run_story


def test_from_a_published_meeting_to_the_right_mail_in_the_right_inbox(office: Office) -> None:
    run_story(office)


def test_the_story_holds_twice_side_by_side(office: Office) -> None:
    run_story(office)
    run_story(office)


def test_adding_a_coordinator_prints_a_link_and_nothing_else(stack: Stack) -> None:
    printed = stack.run("coordinator", "add", factories.address("kora"), "--name", "Kora")

    assert re.fullmatch(rf"{re.escape(stack.url)}/scheduling/password/[\w.-]+\n", printed)


def test_adding_a_token_prints_it_and_nothing_else(stack: Stack) -> None:
    email = factories.address("tom")
    stack.run("coordinator", "add", email, "--name", "Tom", "--role", "admin")

    printed = stack.run("token", "add", "script", "--coordinator", email)

    assert re.fullmatch(r"\S+\n", printed)
    assert Api(stack.url, printed.strip()).get("/scheduling/api/v1/meetings").status == 200


def test_a_coordinator_is_added_once(stack: Stack) -> None:
    email = factories.address("kora")
    stack.run("coordinator", "add", email, "--name", "Kora")

    assert "already" in stack.run("coordinator", "add", email, "--name", "Kora", status=1)


def test_a_token_needs_a_coordinator(stack: Stack) -> None:
    printed = stack.run("token", "add", "x", "--coordinator", "nobody@stadt.example", status=1)

    assert "no active account" in printed


def of_one_network(stack: Stack, office: Office, role: str) -> tuple[Api, str]:
    network = office.plan("networks", factories.network())
    email = factories.address(role)
    names = ["--name", role, "--role", role, "--network", network["slug"]]
    stack.run("coordinator", "add", email, *names)
    token = stack.run("token", "add", "script", "--coordinator", email).strip()
    return office.coordinator.having(token), network["id"]


def test_a_coordinator_plans_in_her_own_networks_only(stack: Stack, office: Office) -> None:
    kora, network = of_one_network(stack, office, "coordinator")
    other = office.plan("networks", factories.network())["id"]

    assert kora.post("/scheduling/api/v1/venues", factories.venue(network)).status == 201
    assert kora.post("/scheduling/api/v1/venues", factories.venue(other)).status in {403, 404}


def test_a_viewer_changes_nothing(stack: Stack, office: Office) -> None:
    vera, network = of_one_network(stack, office, "viewer")

    assert vera.get("/scheduling/api/v1/meetings").status == 200
    assert vera.post("/scheduling/api/v1/venues", factories.venue(network)).status == 403


def test_what_belongs_to_another_network_is_not_to_be_seen(stack: Stack, office: Office) -> None:
    kora, _network = of_one_network(stack, office, "coordinator")
    meeting = office.published()

    assert kora.get(f"/scheduling/api/v1/meetings/{meeting['id']}").status in {403, 404}
    assert kora.get(f"/scheduling/api/v1/meetings/{meeting['id']}/roster").status in {403, 404}
    listed = kora.get("/api/v1/registrations", meeting_id=meeting["id"])
    assert listed.status in {403, 404} or listed.json == []


@pytest.mark.parametrize("token", [None, "nonsense"])
@pytest.mark.parametrize(
    "path",
    ["/scheduling/api/v1/meetings", "/api/v1/registrations", "/notifications/api/v1/mails"],
)
def test_lists_of_coordinators_need_a_token(office: Office, path: str, token: str | None) -> None:
    office.coordinator.having(token).get(path).problem(401)


@pytest.mark.parametrize("prefix", ["", "/scheduling", "/notifications"])
def test_each_service_describes_its_api(office: Office, prefix: str) -> None:
    description = office.public.get(f"{prefix}/api/openapi.json").expect(200)

    assert description["openapi"].startswith("3.")
    assert description["paths"]
    assert office.public.get(f"{prefix}/api/docs").status == 200
    assert office.public.get(f"{prefix}/metrics").status == 200


def test_lists_come_in_pages(office: Office) -> None:
    network = office.plan("networks", factories.network())["id"]
    for _ in range(3):
        office.draft(network_id=network)

    answer = office.coordinator.get("/scheduling/api/v1/meetings", page_size="2", page="1")

    assert len(answer.expect(200)) == 2
    assert '"page_size": 2' in answer.headers["X-Pagination"]
