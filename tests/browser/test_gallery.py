"""Every macro and page frame is accessible and fits a small phone, in light and dark."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.gallery import paths
from tests.browser.screenshots import SCHEMES, chromium, findings, serving

pytestmark = pytest.mark.browser
PATHS = (*(path for path in paths() if path.count("/") == 1), "/error/404", "/link/unknown")


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    with serving() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.mark.parametrize("path", PATHS)
def test_axe_finds_nothing_and_nothing_is_too_wide(
    browser: Browser, gallery: str, path: str
) -> None:
    for scheme in SCHEMES:
        with browser.new_page(color_scheme=scheme, viewport={"width": 320, "height": 700}) as page:
            page.goto(gallery + path)
            assert findings(page, path) == []


@pytest.mark.parametrize("path", ["/form_plain", "/form_wrong", "/meeting_page", "/after", "/list"])
def test_what_people_touch_is_large_enough(browser: Browser, gallery: str, path: str) -> None:
    with browser.new_page(viewport={"width": 360, "height": 700}) as page:
        page.goto(gallery + path)
        small = page.evaluate(
            """[...document.querySelectorAll("main :is(button, .button, select, input:not([type=hidden]))")]
               .map(one => (one.closest("label") || one))
               .filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML)"""
        )
        assert small == []


def test_the_error_summary_has_the_focus_and_leads_to_the_field(
    browser: Browser, gallery: str
) -> None:
    with browser.new_page() as page:
        page.goto(f"{gallery}/form_wrong")
        assert page.evaluate("document.activeElement.id") == "errors"
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_selector("#f-company:focus")


def test_the_first_tab_stop_leads_to_the_content(browser: Browser, gallery: str) -> None:
    with browser.new_page() as page:
        page.goto(f"{gallery}/today")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"


def test_the_focus_is_never_covered_by_the_bar_at_the_bottom(
    browser: Browser, gallery: str
) -> None:
    with browser.new_page(viewport={"width": 360, "height": 640}) as page:
        page.goto(f"{gallery}/participants")
        for _ in range(40):
            page.keyboard.press("Tab")
            covered = page.evaluate(
                """() => { const one = document.activeElement, box = one.getBoundingClientRect();
                   const bar = document.querySelector(".rail-nav").getBoundingClientRect();
                   return !one.closest(".rail-nav") && box.height > 0 && box.top >= bar.top; }"""
            )
            assert not covered


def test_another_person_is_added_without_scripts(browser: Browser, gallery: str) -> None:
    with browser.new_page(java_script_enabled=False) as page:
        add_a_person(page, gallery)
        page.wait_for_selector("#f-attendees-2-name")
        assert page.input_value("#f-name") == "Ayşe Öztürk"


def test_with_scripts_it_is_added_in_place_and_has_the_focus(
    browser: Browser, gallery: str
) -> None:
    with browser.new_page() as page:
        page.on("request", lambda request: requests.append(request.resource_type))
        requests: list[str] = []
        add_a_person(page, gallery)
        page.wait_for_selector("#f-attendees-2-name:focus")
        assert page.input_value("#f-name") == "Ayşe Öztürk"
        assert requests.count("document") == 1


def add_a_person(page: Page, gallery: str) -> None:
    page.goto(f"{gallery}/form_plain")
    page.fill("#f-name", "Ayşe Öztürk")
    page.click("button[name=add]")


def test_on_a_phone_no_cell_is_out_of_sight_and_a_table_stays_one(
    browser: Browser, gallery: str
) -> None:
    with browser.new_page(viewport={"width": 360, "height": 700}) as page:
        page.goto(f"{gallery}/participants")
        hidden = page.evaluate(
            """[...document.querySelectorAll(".table-wrap :is(th[scope=row], td)")]
               .filter(one => one.getBoundingClientRect().right > innerWidth).map(one => one.outerHTML)"""
        )
        assert hidden == []
        nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        roles = {node["role"]["value"] for node in nodes if not node["ignored"]}
        assert {"table", "row", "columnheader", "rowheader", "cell"} <= roles
