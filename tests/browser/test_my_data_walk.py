"""A person sees what is kept, takes it along as a file, and erases it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.people import follow, press, reload_until, see
from tests.browser.screenshots import findings
from tests.office import Office
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def accessible(page: Page) -> None:
    assert findings(page, page.url) == []


def saved(page: Page, link: str) -> str:
    """The text of the file behind a link."""
    with page.expect_download() as downloading:
        follow(page, link)
    path: Path = downloading.value.path()
    return path.read_text(encoding="utf-8")


def test_see_download_erase(visitor: Visitors, stack: Stack, office: Office) -> None:
    meeting = office.published()
    email = factories.address("erasmus")
    office.registered(meeting, email=email)
    manage = office.mail("registration_confirmed", email).link("/registrations/manage/")
    page = visitor(locale="en-GB")

    page.goto(manage)
    accessible(page)
    follow(page, "Your data: see, download, erase")
    see(page, email)
    accessible(page)
    assert email in json.dumps(json.loads(saved(page, "Download as a file (JSON)")))
    for part in ("Lists of who comes", "Mails to you"):
        here = page.url
        follow(page, part)
        reload_until(page, lambda: page.get_by_text(email).count() > 0)
        accessible(page)
        page.goto(here)
    follow(page, "Erase my data")
    see(page, "2 seats become free")
    accessible(page)
    press(page, "Erase my data now")
    see(page, "Nothing about you is kept here any more")
    accessible(page)

    page.goto(manage)
    assert email not in page.content()
    accessible(page)
    # Also ends the entry in the calendar.
    assert "gelöscht" in office.mail("registration_cancelled", email).text
