"""A stack whose story is half in a backup and half after it, and what must be so again after a restore."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests import factories
from tests.faults import invariants
from tests.mails import WebMailbox
from tests.office import Office
from tests.offices import office_of
from tests.stack import Stack, new_stack
from tests.wait import wait_until

IN_FLIGHT = 20.0  # seconds

TRUTH = {
    "registration": (
        "select id, state, seats, revision, email, company_name, verified_at is null from registration",
        "select id, registration_id, position, name, email from attendee",
        "select id, capacity, taken, waiting, waiting_seats, removed from slot",
        "select id, email, answer, revision from invitation",
        "select id, title, starts_at, revision, state from meeting",
    ),
    "scheduling": (
        "select registration_id, state, seats, revision, contact_email from roster_entry",
        "select id, title, starts_at, revision, state, venue_id, network_id from meeting",
        "select id, capacity, confirmed_seats, held_seats, waitlisted_seats, companies from slot",
        "select attendee_id, checked_in_at from roster_check_in",
        "select id, email, role, active, epoch, revision, password_hash from coordinator",
    ),
    "notifications": (
        "select id, state, revision from registration",
        "select id, title, starts_at, revision, state from meeting",
        "select key, state from mail where state <> 'suppressed'",
        "select registration_id, person, state, address from calendar_entry",
        "select key, state, due_at from planned_mail",
    ),
}


@dataclass
class Place:
    """A running stack with a backup from the middle of its story."""

    stack: Stack
    office: Office
    file: Path
    meeting: dict[str, Any] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)

    def truth(self) -> set[str]:
        """All that must be so again."""
        self.rest()
        return {
            f"{service}: {row} of {query}"
            for service, queries in TRUTH.items()
            for query in queries
            for row in invariants.rows(self.stack.settings, service, query)
        }

    def mails(self) -> Counter[tuple[str, str]]:
        """All mails that ever went out, by recipient and kind."""
        found = WebMailbox(self.stack.mailbox_url).mails()
        return Counter((mail.recipients[0], mail.kind) for mail in found)

    def rest(self) -> None:
        """Wait until nothing is on its way."""
        invariants.wait_until_at_rest(self.stack.settings, within=90)

    def broken(self) -> Any:
        """The invariants that stay broken after the next sign-up, which gets all its mails."""
        self.registered("new")
        self.rest()
        # Periodic work may have put another fact on its way just now.
        with suppress(AssertionError):
            wait_until(lambda: not invariants.broken(self.stack.settings), within=IN_FLIGHT)
        return invariants.broken(self.stack.settings)

    def restore(self, *arguments: str, file: Path | None = None) -> str:
        """Bring it back; what the command says."""
        return self.stack.run("restore", str(file or self.file), *arguments)

    def registered(self, name: str) -> str:
        """Somebody with a colleague signs up and confirms; her address."""
        email = factories.address(name)
        colleague = {"name": "Kolja Kollege", "email": factories.address("kolja")}
        people = [{"name": name, "email": email}, colleague]
        self.office.registered(self.meeting, email=email, attendees=people)
        self.office.mail("registration_confirmed", email)
        return email


@contextmanager
def half_saved() -> Iterator[Place]:
    """Half of the story is in the backup, half came after it."""
    stack = new_stack(RECEIPT_AFTER="2", SWEEP_INTERVAL="1")
    try:
        office = office_of(stack.start())
        place = Place(stack, office, stack.data_dir.parent / "half.backup")
        first_half(place)
        stack.run("backup", str(place.file))
        second_half(place)
        yield place
    finally:
        stack.clean()


def first_half(place: Place) -> None:
    """A meeting with three who come."""
    place.meeting = place.office.published(capacity=2000)
    for name in ("stays", "grows", "leaves"):
        place.people[name] = place.registered(name)
    place.rest()


def second_half(place: Place) -> None:
    """Somebody new, somebody more, somebody less, a move, another meeting, an invitation."""
    office, meeting = place.office, place.meeting
    place.registered("comes")
    office.sign_up(meeting, email=factories.address("waits-for-the-mail"))
    office.manager(place.people["leaves"]).delete("/api/v1/registrations/manage").expect(200, 204)
    more = [{"name": f"Mehr {number}"} for number in range(3)]
    manager = office.manager(place.people["grows"])
    manager.patch("/api/v1/registrations/manage", {"attendees": more}).expect(200)
    office.move(meeting, timedelta(days=1))
    other = office.published(network_id=meeting["network_id"], capacity=1)
    for name in ("gets-it", "queues"):
        office.sign_up(other, email=factories.address(name))
    contact = {"company": "Igel KG", "name": "Ina Igel", "email": factories.address("ina")}
    body = {"meeting_id": other["id"], "contacts": [contact]}
    office.coordinator.post("/api/v1/invitations", body).expect(200, 201)
    place.rest()
