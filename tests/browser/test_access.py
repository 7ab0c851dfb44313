"""Every page and every state is accessible: axe-core finds nothing, nothing is wider than the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from shared.links import Links
from tests.browser.conftest import Visitors
from tests.browser.people import Coordinator, reload_until
from tests.browser.screenshots import findings
from tests.browser.tour import kind_of, walk
from tests.faults import invariants
from tests.stack import Stack, new_stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

LANGUAGES, WIDTHS, SCHEMES = ("de", "en"), (360, 1280), ("light", "dark")
# Two opposite ones show every language, width and scheme; the others run with `make looks`.
ALWAYS = {("de", 360, "dark"), ("en", 1280, "light")}
LOOKS = [
    pytest.param(*look, marks=() if look in ALWAYS else pytest.mark.looks)
    for look in product(LANGUAGES, WIDTHS, SCHEMES)
]
ONE_OF_EACH_STATE = """
    select distinct on (state, coalesce(verified_at is null, true)) id, link_version from registration
    where linked_to is null order by state, coalesce(verified_at is null, true), id
"""
ONE_OF_EACH_ANSWER = (
    "select distinct on (answer) id, link_version from invitation order by answer, id"
)
ONE_TICKET = "select id, link_version from attendee order by id limit 1"


@dataclass(frozen=True)
class Site:
    """A stack full of demo data, and the address of each page and state."""

    stack: Stack
    coordinator: str
    cookies: Any
    paths: list[str]


@pytest.fixture(scope="module")
def site(browser: Browser) -> Iterator[Site]:
    """Found by following all links from the public pages and, signed in, from the coordinators' pages."""
    stack = new_stack()
    try:
        stack.start("--demo", within=120)
        with browser.new_context(locale="en-GB") as context:
            page = context.new_page()
            wait_for_demo(page, stack)
            public = list(walk(page, stack.url, ["/", "/scheduling/login", "/scheduling/password"]))
            coordinator = Coordinator.anew(page, stack)
            # One page of each kind: the walk takes two.
            own = {kind_of(path): path for path in walk(page, stack.url, ["/coordination/"])}
            paths = list(dict.fromkeys([*public, *behind_links(stack), *own.values()]))
            yield Site(stack, coordinator.email, context.cookies(), paths)
    finally:
        stack.clean()


def wait_for_demo(page: Page, stack: Stack) -> None:
    """The demo data arrive after the stack is ready."""
    page.goto(stack.url)
    reload_until(page, lambda: page.locator("main a[href^='/meetings/']").count() > 0, within=60)
    invariants.wait_until_at_rest(stack.settings, within=90)


def behind_links(stack: Stack) -> list[str]:
    """Pages that people reach from their mails, in each state."""
    links = Links(stack.settings)

    def paths(query: str, *purposes: Any) -> list[str]:
        rows = invariants.rows(stack.settings, "registration", query)
        urls = [links.url(purpose, *row) for row in rows for purpose in purposes]
        return [url.removeprefix(links.base_url) for url in urls]

    return [
        *paths(ONE_OF_EACH_STATE, "confirm", "manage"),
        *paths(ONE_OF_EACH_ANSWER, "invitation"),
        *paths(ONE_TICKET, "ticket", "seat"),
        "/registrations/confirm/broken",
        "/not-there",
        "/scheduling/not-there",
    ]


def dressed(visitor: Visitors, site: Site, language: str, width: int, scheme: str) -> Page:
    size = {"width": width, "height": 800}
    page = visitor(locale=language, viewport=size, color_scheme=scheme)
    page.context.add_cookies(site.cookies)
    return page


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_axe_finds_nothing(
    visitor: Visitors, site: Site, language: str, width: int, scheme: str
) -> None:
    page, found = dressed(visitor, site, language, width, scheme), {}
    for path in site.paths:
        page.goto(site.stack.url + path)
        if wrong := findings(page, path):
            found[path] = wrong

    assert found == {}


def test_forms_with_mistakes_are_accessible(visitor: Visitors, site: Site) -> None:
    found, page = {}, dressed(visitor, site, "de", 360, "dark")
    forms = {kind_of(path): path for path in site.paths if path.endswith(("/register", "/new"))}
    assert forms
    for path in forms.values():
        page.goto(site.stack.url + path)
        page.locator("main form[method=post] .actions button").first.click()
        if wrong := findings(page, path):
            found[path] = wrong

    assert found == {}


def test_every_part_of_the_site_was_visited(site: Site) -> None:
    parts = (
        "/meetings/",
        "/networks/",
        "/registrations/",
        "/coordination/",
        "/scheduling/meetings",
    )

    for part in (*parts, "/notifications/", "/imprint", "/privacy", "/accessibility"):
        assert any(path.startswith(part) for path in site.paths), part
    assert len(site.paths) > 40
