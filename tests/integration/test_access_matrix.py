"""Every route, tried by everybody in every role on things of her own network, of another, and on none."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
import structlog
from flask import Blueprint
from flask.typing import ResponseReturnValue

from services.notifications import app as notifications
from services.registration import app as registration
from services.scheduling import app as scheduling
from shared.settings import SERVICES
from tests.access_cells import (
    NOTHING,
    OWN,
    Cell,
    call,
    cells,
    expected,
    filled,
    is_permitted,
    leads_to_signing_in,
    values_for,
)
from tests.access_table import METHODS, ROLES, Entry, declared, entries
from tests.access_world import World, app_of, ended, open_world, shown
from tests.databases import Servers
from tests.factories import make_settings

ALL = entries()
pytestmark = pytest.mark.timeout(400)  # on a busy machine


@pytest.fixture(scope="module")
def world(servers: Servers) -> Iterator[World]:
    urls = {f"{name}_database_url": url for name, url in servers.urls.items()}
    given = make_settings(**urls, redis_url=servers.redis, rate_limit="off")
    # Thousands of lines that nobody reads, and the dear ones of each failure.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with open_world(servers, given) as made:
        yield made
    structlog.reset_defaults()


def test_the_table_and_the_code_say_the_same(world: World) -> None:
    in_code = {line for app in world.apps.values() for line in declared(app)}
    in_table = {(entry.method, entry.rule, entry.who) for entry in ALL}
    assert in_code - in_table == set(), "add them to tests/contract/access.txt"
    assert in_table - in_code == set(), "take them out of tests/contract/access.txt"


@pytest.mark.parametrize("who", ["some", pytest.param("all", marks=pytest.mark.faults)])
def test_every_cell_is_as_declared(
    world: World, capsys: pytest.CaptureFixture[str], who: str
) -> None:
    nobody, viewer, north, _south, _admin = everybody = list(world.people)
    # Everybody takes a minute; these three find what is open to strangers, to lesser roles and to neighbours.
    world.people[:] = (
        [nobody, viewer, north] if who == "some" else [*everybody, ended(world, north)]
    )
    wrong: list[str] = []
    tried = sum(try_line(world, entry, wrong) for entry in ALL)
    tried += sum(try_other_methods(world, entry, wrong) for entry in by_address())
    world.people[:] = everybody
    with capsys.disabled():
        print(f"\nroute x role x object x method: {tried} cells, {len(wrong)} not as declared")
    assert wrong == []


def try_line(world: World, entry: Entry, wrong: list[str]) -> int:
    """All cells of one line, the refused ones first; how many."""
    state, tried = world.states[entry.service], 0
    before = state.seen()
    ordered = sorted(cells(world, entry), key=is_permitted)
    for place, cell in enumerate(ordered):
        if is_permitted(cell) and (place == 0 or not is_permitted(ordered[place - 1])):
            unchanged(world, entry, before, wrong)
        for method in methods_of(cell):
            tried += 1
            judge(world, cell, method, wrong)
            if is_permitted(cell) and not entry.is_safe and state.seen() != before:
                state.restore()
    unchanged(world, entry, before, wrong)
    return tried


def methods_of(cell: Cell) -> tuple[str, ...]:
    """HEAD is GET to the router; two people try whether it is to the views."""
    both = cell.entry.is_safe and cell.person.role in {"", "admin"}
    return ("GET", "HEAD") if both else (cell.entry.method,)


def judge(world: World, cell: Cell, method: str, wrong: list[str]) -> None:
    answer = call(world, cell, method=method)
    right = answer.status_code in expected(cell)
    if right and cell.person.role and cell.entry.is_safe:
        right = not leads_to_signing_in(answer) or cell.entry.who not in ROLES
    if not right:
        wrong.append(f"{cell.name}: {shown(answer)}, not {sorted(expected(cell))}")


def unchanged(world: World, entry: Entry, before: list[object], wrong: list[str]) -> None:
    if world.states[entry.service].seen() != before:
        wrong.append(f"{entry.method} {entry.rule} changed something that it must not")
        world.states[entry.service].restore()


def by_address() -> list[Entry]:
    """One line of each address."""
    return list({entry.rule: entry for entry in ALL}.values())


def try_other_methods(world: World, entry: Entry, wrong: list[str]) -> int:
    """Methods that nobody declared are refused to everybody alike; OPTIONS tells what there is."""
    known = {other.method for other in ALL if other.rule == entry.rule}
    others = [m for m in METHODS if m not in known and not (m == "HEAD" and "GET" in known)]
    before = world.states[entry.service].seen()
    # The router answers, before anybody looks who is asking: two people are enough to show it.
    people = [
        person for person in world.people if person.role == "admin" or person.name == "nobody"
    ]
    for person in people:
        for method in others:
            cell = Cell(entry=entry, person=person, kind=OWN if "<" in entry.rule else NOTHING)
            answer = call(world, cell, method=method)
            if answer.status_code != (200 if method == "OPTIONS" else 405):
                wrong.append(f"{method} for {cell.name}: {shown(answer)}, not 405")
    unchanged(world, entry, before, wrong)
    return len(others) * len(people)


UNSAFE_PAGES = [entry for entry in ALL if not entry.is_safe and not entry.is_api]
ACTING = [entry for entry in UNSAFE_PAGES if entry.who != "everybody"]
FOREIGN_SITES = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


def by_admin(world: World, entry: Entry) -> Cell:
    kind = OWN if "<" in entry.rule or entry.thing.startswith("in:") else NOTHING
    return Cell(entry=entry, person=world.people[4], kind=kind)


def test_no_form_of_another_site_changes_anything(world: World) -> None:
    for entry in UNSAFE_PAGES:
        before = world.states[entry.service].seen()
        for headers in FOREIGN_SITES:
            answer = call(world, by_admin(world, entry), headers=headers)
            assert answer.status_code == 403, (entry, headers, shown(answer))
        assert world.states[entry.service].seen() == before, entry


def test_no_form_without_its_own_token_changes_anything(world: World) -> None:
    for entry in ACTING:
        before = world.states[entry.service].seen()
        cell, others = by_admin(world, entry), world.forms[entry.service]
        path = filled(entry.rule, values_for(world, cell))
        assert call(world, cell, form=False).status_code == 400, entry
        client = world.client(entry.service, cell.person, form=False)
        # The token without the cookie it belongs to; and in places where it does not count.
        assert client.post(path, data={"csrf_token": others[1]}).status_code == 400, entry
        client = world.client(entry.service, cell.person)
        assert client.post(f"{path}?{urlencode({'csrf_token': others[1]})}").status_code == 400
        assert client.post(path, json={"csrf_token": others[1]}).status_code == 400, entry
        assert world.states[entry.service].seen() == before, entry


LONGER = [pytest.param(name, marks=pytest.mark.faults) for name in ("HEAD", "OPTIONS")]


@pytest.mark.parametrize("method", ["GET", *LONGER])
def test_no_method_stands_for_another_one(world: World, method: str) -> None:
    named = {"_method": "POST", "method": "POST"}
    headers = dict.fromkeys(
        ("X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"), "POST"
    )
    for entry in [entry for entry in ALL if not entry.is_safe]:
        before, cell = world.states[entry.service].seen(), by_admin(world, entry)
        path = filled(entry.rule, values_for(world, cell))
        token = {"csrf_token": world.forms[entry.service][1]}
        client = world.client(entry.service, cell.person)
        if entry.is_api:
            headers["Authorization"] = f"Bearer {cell.person.token}"
        client.open(f"{path}?{urlencode(named | token)}", method=method, headers=headers)
        client.open(path, method=method, headers=headers, data=named | token)
        assert world.states[entry.service].seen() == before, entry


def test_the_api_takes_no_cookie_and_pages_take_no_token(world: World) -> None:
    admin = world.people[4]
    for entry in [entry for entry in ALL if entry.who in ROLES]:
        path = filled(entry.rule, values_for(world, by_admin(world, entry)))
        client = world.client(entry.service, admin if entry.is_api else world.people[0])
        headers = {} if entry.is_api else {"Authorization": f"Bearer {admin.token}"}
        answer = client.open(path, method=entry.method, headers=headers, json={})
        refused = {401} if entry.is_api else {303, 400, 401}
        assert answer.status_code in refused, (entry, shown(answer))


@pytest.mark.parametrize("service", SERVICES)
def test_no_service_starts_with_a_route_that_nobody_declared(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    forgotten = Blueprint("forgotten", __name__)

    @forgotten.route("/forgotten", methods=["POST"])
    def view() -> ResponseReturnValue:
        return ""

    module = {"registration": registration, "scheduling": scheduling}.get(service, notifications)
    name = "BLUEPRINTS" if service == "notifications" else "PAGES"
    monkeypatch.setattr(module, name, (*getattr(module, name), forgotten))
    url = {f"{service}_database_url": "postgresql://nobody@127.0.0.1:1/nothing"}
    with pytest.raises(RuntimeError, match="without a declared policy: /forgotten"):
        app_of(service, make_settings(**url))
