"""The main job in a real browser, from the password link to the cancelled calendar entry."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.people import Coordinator, fill, follow, press, reload_until, see, sign_up
from tests.mails import Entry
from tests.office import Office
from tests.stack import Stack
from tests.wait import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

MOVED_TO = factories.afternoon(days=47, hour=16)


def test_publish_sign_up_confirm_move_and_cancel(
    visitor: Visitors, stack: Stack, office: Office
) -> None:
    coordinator = Coordinator.anew(visitor(locale="en-GB"), stack)
    network = coordinator.add_network()
    meeting = coordinator.plan(network, coordinator.add_venue(network))
    public = coordinator.publish()
    people = [factories.address("anna"), factories.address("berta")]

    signs_up_and_confirms(visitor(locale="en-GB"), office, public, people)
    roster_and_mails_are_seen(coordinator.page, meeting, people)
    entries = [entry_of(office, "registration_confirmed", to) for to in people]
    move(coordinator.page, meeting)
    moved = [newer(office, "meeting_changed", to, *entries, method="REQUEST") for to in people]
    cancel(coordinator.page, meeting)
    for to in people:
        newer(office, "meeting_cancelled", to, *moved, method="CANCEL")
    assert office.kinds(people[1]).count("meeting_changed") == 1


def signs_up_and_confirms(page: Page, office: Office, public: str, people: list[str]) -> None:
    wait_until(lambda: (answer := page.goto(public)) is not None and answer.ok, within=20)
    follow(page, "Register seats")
    sign_up(page, *people)
    see(page, "You are not registered yet")
    page.goto(office.mail("confirm_address", people[0]).link("/registrations/confirm/"))
    press(page, "Confirm the registration")
    see(page, "You are registered")
    see(page, "Your registration: 2 seats")


def roster_and_mails_are_seen(page: Page, meeting: str, people: list[str]) -> None:
    page.goto(meeting)
    reload_until(page, page.get_by_text("Berta Brücke").is_visible)
    follow(page, "Participants")
    see(page, "Ampel & Söhne GmbH")
    follow(page, "Mails")
    reload_until(page, page.get_by_text("Berta Brücke").first.is_visible)


def entry_of(office: Office, kind: str, to: str) -> Entry:
    mail = office.mail(kind, to)
    assert mail.entry == Entry.read(mail.attachment)
    return mail.entry


def newer(office: Office, kind: str, to: str, *before: Entry, method: str) -> Entry:
    """The calendar entry of the mail: one of those before, with a higher SEQUENCE."""
    entry = entry_of(office, kind, to)
    (old,) = [entry_before for entry_before in before if entry_before.uid == entry.uid]
    assert entry.method == method
    assert entry.sequence > old.sequence
    return entry


def move(page: Page, meeting: str) -> None:
    page.goto(f"{meeting}/edit")
    fill(page, starts_at=MOVED_TO.strftime("%Y-%m-%dT%H:%M"))
    press(page, "Continue: who will be told")
    press(page, "Save and send 2 mails")
    page.goto(meeting)
    see(page, "16:00–18:45")


def cancel(page: Page, meeting: str) -> None:
    page.goto(f"{meeting}/edit")
    follow(page, "Cancel the meeting …")
    fill(page, reason="Wasser im Keller")
    press(page, "Cancel and send 2 mails")
    see(page, "This meeting is cancelled")
