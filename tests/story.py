"""The main story through the JSON API, against any installation.

As a test: tests/integration/test_story_api.py. Against a running one, e.g. that of docker-compose:
TREFFPUNKT_TEST_URL=http://localhost:8080 TREFFPUNKT_TEST_TOKEN=… TREFFPUNKT_TEST_MAILBOX=http://127.0.0.1:8025
python -m tests.story
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests import factories
from tests.clients import Api
from tests.mails import Entry, Mail, WebMailbox
from tests.office import Office

A_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Cast:
    """Who plays: the contact, and a colleague with an address of her own."""

    contact: str
    colleague: str

    @classmethod
    def anew(cls) -> Cast:
        """Two people nobody else knows."""
        return cls(factories.address("anna"), factories.address("berta"))

    @property
    def attendees(self) -> list[dict[str, str]]:
        """Both, as in the form."""
        return [
            {"name": "Anna Ampel", "email": self.contact},
            {"name": "Berta Brücke", "email": self.colleague},
        ]


def run_story(office: Office) -> None:
    """Publish, sign up, confirm, see who comes, move, cancel; AssertionError where it goes wrong."""
    cast = Cast.anew()
    meeting = publishes(office)
    registration = signs_up(office, meeting, cast)
    confirms(office, cast, registration)
    roster_shows_both(office, meeting, registration)
    entries = confirmations_arrive(office, cast, registration)
    entries = move_reaches_everybody(office, meeting, cast, entries)
    cancellation_reaches_everybody(office, meeting, cast, entries)


def publishes(office: Office) -> dict[str, Any]:
    """A coordinator plans a meeting; the public sees it once it is published."""
    draft = office.draft(capacity=20)
    assert draft["state"] == "draft"
    assert office.public.get(f"/api/v1/meetings/{draft['id']}").status == 404
    meeting = office.publish(draft)
    (slot,) = meeting["slots"]
    assert (slot["capacity"], slot["seats_left"], slot["waitlist_length"]) == (20, 20, 0)
    assert factories.utc(slot["starts_at"]) == factories.utc(draft["starts_at"])
    assert office.public.get(f"/api/v1/meetings/{draft['slug']}").expect(200)["id"] == draft["id"]
    return meeting


def signs_up(office: Office, meeting: dict[str, Any], cast: Cast) -> dict[str, Any]:
    """A company takes two seats; they are held."""
    registration = office.sign_up(
        meeting,
        email=cast.contact,
        contact={"name": "Anna Ampel", "email": cast.contact, "phone": "0231 555 0123"},
        attendees=cast.attendees,
    )
    assert (registration["state"], registration["seats"]) == ("held", 2)
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 18
    return registration


def confirms(office: Office, cast: Cast, registration: dict[str, Any]) -> None:
    """The link of the mail confirms, and says so again when it is used again."""
    mail = office.mail("confirm_address", cast.contact)
    assert mail.registration == registration["id"]
    assert mail.link("/registrations/confirm/").startswith(office.public.url)
    for _ in range(2):
        answer = office.confirm(cast.contact)
        assert (answer["id"], answer["state"]) == (registration["id"], "confirmed")


def roster_shows_both(
    office: Office, meeting: dict[str, Any], registration: dict[str, Any]
) -> None:
    """Scheduling has heard of it."""
    entry = office.wait_for_roster(meeting["id"], registration["id"], "confirmed")
    assert entry["seats"] == 2
    assert [person["name"] for person in entry["attendees"]] == ["Anna Ampel", "Berta Brücke"]


def confirmations_arrive(
    office: Office, cast: Cast, registration: dict[str, Any]
) -> dict[str, Entry]:
    """Each gets a mail with a calendar entry and a ticket of her own."""
    mails = [office.mail("registration_confirmed", to) for to in (cast.contact, cast.colleague)]
    for mail in mails:
        assert mail.registration == registration["id"]
        assert mail.entry.method == "REQUEST"
        assert mail.entry == Entry.read(mail.attachment)
        assert any(picture.startswith(b"\x89PNG") for picture in mail.pictures)
    entries = {mail.recipients[0]: mail.entry for mail in mails}
    assert entries[cast.contact].uid != entries[cast.colleague].uid
    return entries


def move_reaches_everybody(
    office: Office, meeting: dict[str, Any], cast: Cast, before: dict[str, Entry]
) -> dict[str, Entry]:
    """A week later: the same entries of the calendar, newer, at the new time."""
    moved = office.move(meeting, A_WEEK)
    begin = factories.utc(meeting["starts_at"]) + A_WEEK
    assert factories.utc(moved["starts_at"]) == begin
    entries = {}
    for to in (cast.contact, cast.colleague):
        entry = _same_entry(office.mail("meeting_changed", to), before[to], "REQUEST")
        assert entry.event.start == begin
        entries[to] = entry
    office.wait_for_meeting(
        meeting["id"], lambda seen: factories.utc(seen["slots"][0]["starts_at"]) == begin
    )
    return entries


def cancellation_reaches_everybody(
    office: Office, meeting: dict[str, Any], cast: Cast, before: dict[str, Entry]
) -> None:
    """The entries leave the calendars; each person got each mail once."""
    office.cancel(meeting["id"])
    for to in (cast.contact, cast.colleague):
        mail = office.mail("meeting_cancelled", to)
        _same_entry(mail, before[to], "CANCEL")
        assert "Wasser im Keller" in mail.text
    told = ["registration_confirmed", "meeting_changed", "meeting_cancelled"]
    assert office.kinds(cast.contact) == ["confirm_address", *told]
    assert office.kinds(cast.colleague) == told


def _same_entry(mail: Mail, before: Entry, method: str) -> Entry:
    entry = mail.entry
    assert entry.uid == before.uid
    assert entry.sequence > before.sequence
    assert entry.method == method
    assert entry == Entry.read(mail.attachment)
    return entry


if __name__ == "__main__":
    given = {name: os.environ[f"TREFFPUNKT_TEST_{name}"] for name in ("URL", "TOKEN", "MAILBOX")}
    run_story(Office(Api(given["URL"], given["TOKEN"]), WebMailbox(given["MAILBOX"])))
    print("the story holds")
