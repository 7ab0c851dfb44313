"""A coordinator sets up the code from the phone, signs in with it, and signs out all other devices."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from playwright.sync_api import Page, expect

from tests import code_app
from tests.browser.conftest import Visitors
from tests.browser.people import PASSWORD, Coordinator, fill, follow, press, reload_until, see
from tests.browser.screenshots import findings
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SECRET = "main code.token"
# One page of each service that only coordinators see.
ROOMS = ("/coordination/", "/scheduling/meetings", "/notifications/")


def accessible(page: Page) -> None:
    assert findings(page, page.url) == []


def sets_up(page: Page, stack: Stack) -> tuple[str, str, list[str]]:
    """The secret of the app, the code that was used, and the recovery codes."""
    page.goto(f"{stack.url}/scheduling/account")
    accessible(page)
    follow(page, "Set up")
    accessible(page)
    fill(page, old="not the password")
    press(page, "Set up")
    see(page, "This is not your present password.")
    fill(page, old=PASSWORD)
    press(page, "Set up")
    secret = page.locator(SECRET).first.inner_text()
    accessible(page)
    fill(page, code="000000")
    press(page, "Switch on")
    accessible(page)
    used = code_app.code(secret)
    fill(page, code=used)
    press(page, "Switch on")
    accessible(page)
    return secret, used, page.locator(SECRET).all_inner_texts()


def enters_password(page: Page, coordinator: Coordinator) -> None:
    page.goto(f"{coordinator.url}/scheduling/login?lang=en")
    fill(page, email=coordinator.email, password=PASSWORD)
    press(page, "Sign in")
    expect(page.get_by_role("heading", name="Your code")).to_be_visible()


def is_signed_in(page: Page, stack: Stack, room: str) -> bool:
    answer = page.goto(stack.url + room)
    assert answer is not None
    assert answer.status == HTTPStatus.OK
    return "/scheduling/login" not in page.url


def test_set_up_sign_in_with_the_code_and_with_a_recovery_code(
    visitor: Visitors, stack: Stack
) -> None:
    coordinator = Coordinator.anew(visitor(locale="en-GB"), stack)
    secret, used, codes = sets_up(coordinator.page, stack)
    assert len(codes) >= 8

    phone = visitor(locale="en-GB")
    enters_password(phone, coordinator)
    accessible(phone)
    fill(phone, code=used)
    press(phone, "Sign in")
    see(phone, "This code does not fit or was used already.")
    accessible(phone)
    fill(phone, code=code_app.code(secret, steps=1))
    press(phone, "Sign in")
    expect(phone).to_have_url(f"{stack.url}/coordination/")

    laptop = visitor(locale="en-GB")
    enters_password(laptop, coordinator)
    fill(laptop, code=codes[0])
    press(laptop, "Sign in")
    # Where one sees how many are left.
    expect(laptop).to_have_url(f"{stack.url}/scheduling/account")
    see(laptop, f"{len(codes) - 1} recovery codes are left.")
    laptop.goto(f"{stack.url}/scheduling/account/second-factor")
    accessible(laptop)


def test_signing_out_everywhere_else_ends_the_other_browser_in_every_service(
    visitor: Visitors, stack: Stack
) -> None:
    here = Coordinator.anew(visitor(locale="en-GB"), stack)
    there = Coordinator(visitor(locale="en-GB"), here.url, here.email)
    there.sign_in()
    assert all(is_signed_in(there.page, stack, room) for room in ROOMS)

    here.page.goto(f"{stack.url}/scheduling/account")
    accessible(here.page)
    press(here.page, "Sign out everywhere else")

    for room in ROOMS:
        there.page.goto(stack.url + room)
        reload_until(there.page, lambda: "/scheduling/login" in there.page.url)
    assert all(is_signed_in(here.page, stack, room) for room in ROOMS)
    here.page.goto(f"{stack.url}/scheduling/account")
    expect(here.page.get_by_role("button", name="Sign out everywhere else")).to_have_count(0)
