"""Lets every fact happen once, each about something of its own, so that none waits behind another."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

import psycopg

from tests import factories
from tests.clients import Api
from tests.mails import Mail
from tests.office import Office
from tests.stack import ADMIN, Stack

REFUSED = "refused"  # how the addresses begin that our mail server does not know
REGISTRATIONS = "/api/v1/registrations"
PASSWORD = "/scheduling/password"
INVITATIONS = "/api/v1/invitations"


@dataclass
class EveryFact:
    """What has to be there before, made on construction; ``happen`` then changes all of it at once."""

    office: Office
    stack: Stack

    def prepare(self) -> list[Callable[[], object]]:
        """Everything that can happen, each once the way for it is clear."""
        self.meeting = self.office.published(capacity=60)
        return [
            *self._of_planning(),
            *self._of_people(),
            *self._of_approval(),
            *self._of_full_meetings(),
            *self._of_invitations(),
            *self._of_coordinators(),
        ]

    def _of_planning(self) -> list[Callable[[], object]]:
        office = self.office
        moved, cancelled, draft = office.published(), office.published(), office.draft()
        reminders = f"/notifications/api/v1/meetings/{office.published()['id']}/reminders"
        rule = {"offset_minutes": -120, "relative_to": "start", "audience": "confirmed"}
        return [
            partial(office.move, moved, timedelta(hours=1)),
            partial(office.cancel, cancelled["id"]),
            partial(office.coordinator.post, f"/scheduling/api/v1/meetings/{draft['id']}/publish"),
            partial(office.coordinator.put, reminders, {"rules": [rule]}),
            partial(office.plan, "networks", factories.network()),
        ]

    def _of_people(self) -> list[Callable[[], object]]:
        office, meeting = self.office, self.meeting
        changing, leaving, coming, repeating, going = (self._registered() for _ in range(5))
        late, held = self._held(), self._held()
        ticket = next(
            link.rpartition("/")[2]
            for link in self._mail("registration_confirmed", coming).links
            if "/check-in/" in link
        )
        again = {"email": repeating}
        return [
            partial(office.sign_up, meeting, email=factories.address()),
            partial(office.sign_up, meeting, email=factories.address(REFUSED)),
            partial(office.sign_up, meeting, **again),
            partial(office.confirm, held),
            partial(office.manager(changing).patch, f"{REGISTRATIONS}/manage", {"seats": 1}),
            partial(office.manager(leaving).delete, f"{REGISTRATIONS}/manage"),
            partial(office.coordinator.post, "/api/v1/check-ins", {"ticket": ticket}),
            partial(self._expire, late),
            partial(self._erase, going),
        ]

    def _of_approval(self) -> list[Callable[[], object]]:
        office, meeting = self.office, self.office.published(approval=True)
        declined = office.sign_up(meeting, email=(email := factories.address()))["id"]
        office.confirm(email)
        asking = factories.address()
        return [
            partial(office.sign_up, meeting, email=asking),
            partial(office.coordinator.post, f"{REGISTRATIONS}/{declined}/decline"),
        ]

    def _of_full_meetings(self) -> list[Callable[[], object]]:
        office = self.office
        full, shrinking = office.published(capacity=2), office.published(capacity=4)
        for meeting in (full, shrinking):
            office.registered(meeting, email=factories.address(), seats=2)
        slot = f"/scheduling/api/v1/slots/{shrinking['slots'][0]['id']}"
        return [
            partial(office.sign_up, full, email=factories.address()),
            partial(office.coordinator.patch, slot, {"capacity": 1}),
        ]

    def _of_invitations(self) -> list[Callable[[], object]]:
        office, meeting = self.office, self.office.published(admission="invited")
        invited = factories.address("gast")
        office.coordinator.post(INVITATIONS, _invitation(meeting, invited)).expect(201)
        token = self._mail("invitation", invited).token("/invitations/")
        answer = {"token": token, "answer": "no"}
        another = _invitation(meeting, factories.address("gast"))
        return [
            partial(office.public.post, f"{INVITATIONS}/answer", answer),
            partial(office.coordinator.post, INVITATIONS, another),
        ]

    def _of_coordinators(self) -> list[Callable[[], object]]:
        words = ("coordinator", "add", factories.address("koordination"), "--name", "Kora")
        return [
            partial(self.stack.run, *words),
            partial(fill_in, self.office.public, PASSWORD, email=ADMIN),
        ]

    def _registered(self) -> str:
        email = factories.address()
        self.office.registered(self.meeting, email=email)
        self._mail("registration_confirmed", email)
        return email

    def _erase(self, email: str) -> None:
        token = self._mail("registration_confirmed", email).token("/registrations/manage/")
        fill_in(self.office.public, f"/registrations/manage/{token}/erase")

    def _held(self) -> str:
        email = factories.address()
        self.office.sign_up(self.meeting, email=email)
        self._mail("confirm_address", email)
        return email

    def _mail(self, kind: str, email: str) -> Mail:
        return self.office.mail(kind, email)

    def _expire(self, email: str) -> None:
        """As if two days had passed."""
        url = self.stack.settings.database_url("registration")
        with psycopg.connect(url) as connection:
            connection.execute(
                "update registration set deadline_at = now() where email_key = %s", (email,)
            )


def fill_in(api: Api, path: str, **fields: str) -> None:
    """Open a page and send its form, as a browser does."""
    page = api.get(path)
    if found := re.search(r'name="csrf_token" value="([^"]+)"', page.text):
        fields["csrf_token"] = found[1]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": api.url}
    if cookie := page.headers["Set-Cookie"]:
        headers["Cookie"] = cookie.partition(";")[0]
    answer = api.call("POST", path, urlencode(fields).encode(), headers=headers)
    assert answer.status < 400, answer.text


def _invitation(meeting: dict[str, Any], email: str) -> dict[str, Any]:
    contact = {"company": f"Gastbetrieb {email}", "name": "Gerda Gast", "email": email}
    return {"meeting_id": meeting["id"], "contacts": [contact]}
