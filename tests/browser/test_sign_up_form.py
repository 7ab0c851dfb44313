"""The form of the public: without scripts, by keyboard alone, with mistakes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.people import fill, follow, press, see, sign_up
from tests.office import Office

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def meeting(office: Office) -> dict[str, Any]:
    """Open to everybody, with many seats."""
    return office.published(capacity=500)


def form_of(page: Page, office: Office, meeting: dict[str, Any]) -> Page:
    page.goto(f"{office.public.url}/meetings/{meeting['slug']}/register")
    return page


@pytest.mark.parametrize("scripts", [True, False])
def test_two_people_sign_up_and_confirm(
    visitor: Visitors, office: Office, meeting: dict[str, Any], *, scripts: bool
) -> None:
    page, email = visitor(locale="en-GB", java_script_enabled=scripts), factories.address()

    sign_up(form_of(page, office, meeting), email, factories.address("berta"))
    see(page, email)
    page.goto(office.mail("confirm_address", email).link("/registrations/confirm/"))
    press(page, "Confirm the registration")

    see(page, "You are registered")
    see(page, "Your registration: 2 seats")


def tab_to(page: Page, identifier: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == identifier:
            return
    pytest.fail(f"the keyboard does not reach {identifier}")


def test_the_keyboard_is_enough(visitor: Visitors, office: Office, meeting: dict[str, Any]) -> None:
    page, email = visitor(locale="en-GB"), factories.address()
    form_of(page, office, meeting)
    typed = {"company-name": "Tastatur KG", "contact-name": "Tina Taste", "contact-email": email}

    for name, value in typed.items():
        tab_to(page, f"f-{name}")
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    see(page, "You are not registered yet")
    page.goto(office.mail("confirm_address", email).link("/registrations/confirm/"))
    page.locator("main form button").first.focus()
    page.keyboard.press("Enter")

    see(page, "You are registered")
    see(page, "Your registration: 1 seat")


def test_mistakes_keep_what_was_typed_and_lead_to_the_field(
    visitor: Visitors, office: Office, meeting: dict[str, Any]
) -> None:
    page = form_of(visitor(locale="en-GB"), office, meeting)
    fill(page, company__name="Bäckerei Emscher", company__postcode="4436", contact__name="")
    fill(page, contact__email="kein-Klammeraffe", contact__phone="0231 555")

    press(page, "Register seats")

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    for name in ("company-postcode", "contact-name", "contact-email"):
        expect(page.locator(f"#f-{name}")).to_have_attribute("aria-invalid", "true")
        expect(summary.locator(f"a[href='#f-{name}']")).to_have_count(1)
    kept = {"company-name": "Bäckerei Emscher", "contact-email": "kein-Klammeraffe"}
    for name, value in kept.items():
        expect(page.locator(f"#f-{name}")).to_have_value(value)


def test_a_link_of_the_summary_puts_the_focus_into_its_field(
    visitor: Visitors, office: Office, meeting: dict[str, Any]
) -> None:
    page = form_of(visitor(locale="en-GB"), office, meeting)
    press(page, "Register seats")

    page.get_by_role("alert").locator("a[href='#f-contact-email']").click()

    expect(page.locator("#f-contact-email")).to_be_focused()


def test_german_is_spoken_to_german_browsers(
    visitor: Visitors, office: Office, meeting: dict[str, Any]
) -> None:
    page = form_of(visitor(), office, meeting)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    see(page, "15:00–17:45 Uhr")

    follow(page, "English")

    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_page_after_signing_up_mends_a_wrong_address(
    visitor: Visitors, office: Office, meeting: dict[str, Any]
) -> None:
    page, wrong, right = visitor(locale="en-GB"), factories.address("wrong"), factories.address()
    sign_up(form_of(page, office, meeting), wrong)
    dead = office.mail("confirm_address", wrong).link("/registrations/confirm/")

    fill(page, email=right)
    press(page, "Correct the address")

    page.goto(office.mail("confirm_address", right).link("/registrations/confirm/"))
    press(page, "Confirm the registration")
    see(page, "You are registered")
    see(page, "Your registration: 1 seat")
    page.goto(dead)
    expect(page.get_by_role("button", name="Confirm the registration")).to_have_count(0)


def test_a_company_signs_off_by_its_link(
    visitor: Visitors, office: Office, meeting: dict[str, Any]
) -> None:
    page, email = visitor(locale="en-GB"), factories.address()
    office.registered(meeting, email=email)
    page.goto(office.mail("registration_confirmed", email).link("/registrations/manage/"))

    page.get_by_role("link", name="Give up all 2 seats").click()
    press(page, "Yes, give up")

    see(page, "You have signed off")
    assert office.mail("registration_cancelled", email).entry.method == "CANCEL"


@pytest.mark.parametrize(
    "path", ["/registrations/confirm/x", "/registrations/manage/x", "/invitations/x", "/check-in/x"]
)
def test_a_broken_link_says_what_to_do(visitor: Visitors, office: Office, path: str) -> None:
    page = visitor(locale="en-GB")

    answer = page.goto(office.public.url + path)

    assert answer is not None
    assert answer.status == 404
    expect(page.locator("main h1")).to_be_visible()
