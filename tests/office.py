"""What a coordinator and the companies do through the JSON API, in the words of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tests import factories
from tests.clients import Answer, Api
from tests.mails import Mail, Mailbox, mails_to, wait_for_mail
from tests.wait import wait_until

OK = 200
SOON = 20  # seconds: far more than a fact needs on its way


@dataclass(frozen=True)
class Office:
    """One installation: its API for a coordinator and for the public, and where its mails arrive."""

    coordinator: Api
    mailbox: Mailbox

    @property
    def public(self) -> Api:
        """The same without a token."""
        return self.coordinator.having(None)

    # planning

    def plan(self, path: str, body: Any) -> dict[str, Any]:
        """Create something in scheduling."""
        created: dict[str, Any] = self.coordinator.post(f"/scheduling/api/v1/{path}", body).expect(
            201
        )
        return created

    def draft(self, **fields: Any) -> dict[str, Any]:
        """A meeting with a network and a venue of its own."""
        network = fields.pop("network_id", None) or self.plan("networks", factories.network())["id"]
        venue = fields.pop("venue_id", None) or self.plan("venues", factories.venue(network))["id"]
        return self.plan("meetings", factories.meeting(network, venue, **fields))

    def publish(self, meeting: dict[str, Any]) -> dict[str, Any]:
        """Publish it, and wait until companies see it and its mails are planned."""
        path = f"/scheduling/api/v1/meetings/{meeting['id']}/publish"
        assert self.coordinator.post(path).expect(200)["state"] == "published"
        self.wait_for_meeting(meeting["id"], lambda _seen: True)
        rules = f"/notifications/api/v1/meetings/{meeting['id']}/reminders"
        wait_until(lambda: self.coordinator.get(rules).status == OK, within=SOON)
        return self.seen(meeting["id"])

    def published(self, **fields: Any) -> dict[str, Any]:
        """A published meeting, as the public sees it."""
        return self.publish(self.draft(**fields))

    def change(self, meeting_id: str, **fields: Any) -> dict[str, Any]:
        """Change a meeting."""
        path = f"/scheduling/api/v1/meetings/{meeting_id}"
        changed: dict[str, Any] = self.coordinator.patch(path, fields).expect(200)
        return changed

    def move(self, meeting: dict[str, Any], by: timedelta) -> dict[str, Any]:
        """Shift a meeting with all its slots."""
        begin = factories.utc(meeting["starts_at"]) + by
        return self.change(meeting["id"], starts_at=begin.isoformat())

    def cancel(self, meeting_id: str, reason: str = "Die Schule hat Wasser im Keller.") -> None:
        """Cancel a meeting."""
        path = f"/scheduling/api/v1/meetings/{meeting_id}/cancel"
        assert self.coordinator.post(path, {"reason": reason}).expect(200)["state"] == "cancelled"

    def roster(self, meeting_id: str) -> list[dict[str, Any]]:
        """All entries of the roster."""
        path = f"/scheduling/api/v1/meetings/{meeting_id}/roster"
        slots = self.coordinator.get(path).expect(200)["slots"]
        return [entry for slot in slots for entry in slot["entries"]]

    def on_roster(self, meeting_id: str, registration_id: str) -> dict[str, Any] | None:
        """Its entry, once it is there."""
        return next(
            (e for e in self.roster(meeting_id) if e["registration_id"] == registration_id), None
        )

    def wait_for_roster(self, meeting_id: str, registration_id: str, state: str) -> dict[str, Any]:
        """Its entry, as soon as the roster shows this state."""

        def shown() -> bool:
            entry = self.on_roster(meeting_id, registration_id)
            return entry is not None and entry["state"] == state

        wait_until(shown, within=SOON)
        entry = self.on_roster(meeting_id, registration_id)
        assert entry
        return entry

    def wait_until_off_roster(self, meeting_id: str, registration_id: str) -> None:
        """Return once the roster shows it no more."""
        wait_until(lambda: not self.on_roster(meeting_id, registration_id), within=SOON)

    # the public

    def seen(self, meeting_id: str) -> dict[str, Any]:
        """A published meeting as everybody sees it."""
        meeting: dict[str, Any] = self.public.get(f"/api/v1/meetings/{meeting_id}").expect(200)
        return meeting

    def wait_for_meeting(self, meeting_id: str, condition: Any) -> None:
        """Return once companies see a meeting of which *condition* holds."""

        def shown() -> bool:
            answer = self.public.get(f"/api/v1/meetings/{meeting_id}")
            return answer.status == 200 and bool(condition(answer.json))

        wait_until(shown, within=SOON)

    def try_to_sign_up(self, slot_id: str, **fields: Any) -> Answer:
        """Send the form, whatever comes of it."""
        return self.public.post("/api/v1/registrations", factories.registration(slot_id, **fields))

    def sign_up(self, meeting: dict[str, Any], *, email: str, **fields: Any) -> dict[str, Any]:
        """Send the form for the first slot."""
        slot_id = meeting["slots"][0]["id"]
        made: dict[str, Any] = self.try_to_sign_up(slot_id, email=email, **fields).expect(201)
        return made

    def confirm(self, email: str, kind: str = "confirm_address") -> dict[str, Any]:
        """Follow the link of the mail and press the button."""
        token = self.mail(kind, email).token("/registrations/confirm/")
        path = "/api/v1/registrations/confirm"
        confirmed: dict[str, Any] = self.public.post(path, {"token": token}).expect(200)
        return confirmed

    def registered(self, meeting: dict[str, Any], *, email: str, **fields: Any) -> dict[str, Any]:
        """Sign up and confirm; the registration."""
        self.sign_up(meeting, email=email, **fields)
        return self.confirm(email)

    def manager(self, email: str, kind: str = "registration_confirmed") -> Api:
        """Whoever holds the manage link of this mail."""
        return self.public.having(self.mail(kind, email).token("/registrations/manage/"))

    # mails

    def mail(self, kind: str, to: str, *, number: int = 1) -> Mail:
        """The *number*-th mail of this kind to this address, as soon as it is there."""
        return wait_for_mail(self.mailbox, kind, to, number=number, within=SOON)

    def kinds(self, to: str) -> list[str]:
        """The kinds of all mails to this address, oldest first."""
        return [mail.kind for mail in mails_to(self.mailbox, to)]
