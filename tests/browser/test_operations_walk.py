"""An admin finds a parked event on the operations page, tries it again, and it is gone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.people import Coordinator, follow, press, reload_until, see
from tests.browser.screenshots import findings
from tests.faults import invariants
from tests.office import Office
from tests.stack import Stack
from tests.wait import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

UNLUCKY = "Pechvogel & Söhne GmbH"
STUMBLE = f"""
create function stumble() returns trigger language plpgsql as
$$ begin raise exception 'the roster stumbles, as the test wishes'; end $$;
create trigger stumble before insert or update on roster_entry for each row
when (new.company = '{UNLUCKY}') execute function stumble();
"""
MEND = "drop trigger if exists stumble on roster_entry; drop function if exists stumble"
# Three starts more, without waiting for their pauses.
HURRY = """
update inbox set attempts = 4, due_at = now()
where state = 'new' and attempts < 4 and last_error like '%stumbles%'
"""


def execute(stack: Stack, statement: str) -> None:
    with psycopg.connect(stack.settings.database_url("scheduling"), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


@contextmanager
def stumbling_roster(stack: Stack) -> Iterator[None]:
    """A handler of scheduling that fails for one company."""
    execute(stack, STUMBLE)
    try:
        yield
    finally:
        execute(stack, MEND)


def parked_sign_up(stack: Stack, office: Office) -> str:
    """The meeting whose sign-up did not get through to the roster."""
    meeting = office.published()
    company = {"name": UNLUCKY, "postcode": "44369"}
    office.sign_up(meeting, email=factories.address("pech"), company=company)

    def is_parked() -> bool:
        execute(stack, HURRY)
        return bool(invariants.parked(stack.settings))

    wait_until(is_parked, within=60)
    return str(meeting["id"])


def operations(page: Page, stack: Stack) -> None:
    """From the settings to the part that has the trouble."""
    page.goto(f"{stack.url}/scheduling/settings")
    follow(page, "Open operations")


def test_park_see_retry_gone(visitor: Visitors, stack: Stack, office: Office) -> None:
    admin = Coordinator.anew(visitor(locale="en-GB"), stack).page
    with stumbling_roster(stack):
        meeting = parked_sign_up(stack, office)
        operations(admin, stack)
        see(admin, "Events that failed five times are parked.")
        see(admin, "the roster stumbles, as the test wishes")
        follow(admin, "RegistrationHeld")
        assert findings(admin, "/scheduling/operations/parked") == []

    press(admin, "Try again")

    see(admin, "The event is tried again within a few seconds.")
    received = admin.locator(".stat", has_text="received, not finished").locator(".stat-value")
    reload_until(admin, lambda: received.inner_text() == "0")
    expect(admin.locator("#parked")).not_to_contain_text("RegistrationHeld")
    assert [entry["company"] for entry in office.roster(meeting)] == [UNLUCKY]


def test_the_tabs_lead_through_all_parts(visitor: Visitors, stack: Stack) -> None:
    admin = Coordinator.anew(visitor(locale="en-GB"), stack).page
    operations(admin, stack)

    for part, process in (
        ("Sign-up", "worker-registration"),
        ("Mails", "mailer"),
        ("Planning", "worker-scheduling"),
    ):
        admin.locator(".tabs").get_by_role("link", name=part).click()
        expect(admin.locator(".tabs [aria-current]")).to_have_text(part)
        reload_until(admin, admin.get_by_text(process).first.is_visible)
