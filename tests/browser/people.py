"""What coordinators and companies do in front of a browser, in the English words of the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests import factories
from tests.stack import Stack
from tests.wait import wait_until

PASSWORD = "vier Wörter in einer Reihe"
LOCAL = "%Y-%m-%dT%H:%M"


def press(page: Page, name: str) -> None:
    """The button of this name."""
    page.get_by_role("button", name=name, exact=True).click()


def follow(page: Page, name: str) -> None:
    """The link of this name."""
    page.get_by_role("link", name=name, exact=True).first.click()


def fill(page: Page, **fields: str) -> None:
    """Fields by their names; a double underscore stands for a hyphen."""
    for name, value in fields.items():
        page.locator(f"#f-{name.replace('__', '-')}").fill(value)


def see(page: Page, text: str) -> None:
    """It stands somewhere on the page."""
    expect(page.get_by_text(text).first).to_be_visible()


def reload_until(page: Page, condition: Callable[[], bool], *, within: float = 30) -> None:
    """Look again and again."""

    def holds() -> bool:
        page.reload()
        return condition()

    wait_until(holds, within=within)


@dataclass(frozen=True)
class Coordinator:
    """Somebody with an account, signed in."""

    page: Page
    url: str
    email: str

    @classmethod
    def anew(cls, page: Page, stack: Stack) -> Coordinator:
        """Added on the command line; chooses a password by the link and signs in with it."""
        email = factories.address("kora")
        link = stack.run("coordinator", "add", email, "--name", "Kora Kern", "--role", "admin")
        page.goto(link.strip())
        page.get_by_label("New password").fill(PASSWORD)
        page.get_by_label("The same again").fill(PASSWORD)
        press(page, "Save and sign in")
        page.context.clear_cookies()
        coordinator = cls(page, stack.url, email)
        coordinator.sign_in()
        return coordinator

    def sign_in(self) -> None:
        """By address and password; from then on in English, whatever the account's language."""
        self.page.goto(f"{self.url}/scheduling/login")
        fill(self.page, email=self.email, password=PASSWORD)
        press(self.page, "Sign in")
        expect(self.page).to_have_url(f"{self.url}/coordination/")
        self.page.goto(f"{self.url}/coordination/?lang=en")

    def add_network(self) -> str:
        """Its name."""
        name = f"Netz {factories.number()} {self.email}"
        self.page.goto(f"{self.url}/scheduling/settings")
        follow(self.page, "New network")
        slug = f"netz-{factories.number()}-{self.email.split('.')[1]}"
        fill(self.page, name=name, slug=slug, districts="Huckarde: 44369\nMarten: 44379")
        fill(
            self.page,
            contact_name="Kora Kern",
            contact_email=self.email,
            contact_phone="0231 555 0100",
        )
        press(self.page, "Save")
        return name

    def add_venue(self, network: str) -> str:
        """Its name."""
        name = f"Gesamtschule {factories.number()} {self.email}"
        self.page.goto(f"{self.url}/scheduling/settings")
        follow(self.page, "New venue")
        self.page.locator("#f-network_id").select_option(label=network)
        fill(
            self.page, name=name, street="Am Hof 1", postcode="44379", city="Dortmund", room="Aula"
        )
        press(self.page, "Save")
        return name

    def plan(self, network: str, venue: str) -> str:
        """A meeting in a month, with 20 seats; the address of its page."""
        self.page.goto(f"{self.url}/scheduling/meetings/new")
        if self.page.get_by_text("For which network?").is_visible():
            follow(self.page, network)
        begin = factories.afternoon(days=40)
        fill(self.page, title=f"Treffen {factories.number()}", starts_at=begin.strftime(LOCAL))
        fill(self.page, ends_at=begin.replace(hour=17, minute=45).strftime(LOCAL))
        self.page.locator("#f-venue_id").select_option(label=venue)
        fill(
            self.page,
            slots__0__starts_at="15:00",
            slots__0__ends_at="17:45",
            slots__0__capacity="20",
        )
        press(self.page, "Save draft")
        see(self.page, "This is a draft: only coordinators see it")
        return self.page.url

    def publish(self) -> str:
        """The address for the public."""
        follow(self.page, "Publish …")
        press(self.page, "Publish")
        link = self.page.locator("main a[href*='/meetings/']", has_text="/meetings/").first
        return link.inner_text().strip()


def sign_up(page: Page, email: str, colleague: str | None = None) -> None:
    """Fill in the form and send it: two people, if there is a colleague."""
    fill(page, company__name="Ampel & Söhne GmbH", company__postcode="44369")
    fill(page, contact__name="Anna Ampel", contact__email=email)
    page.get_by_label("I come myself").check()
    if colleague:
        press(page, "Add another person")
        fill(page, attendees__1__name="Berta Brücke", attendees__1__email=colleague)
    press(page, "Register seats")
