"""Renders one mail to the bytes that go out; pure but for caches."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.notifications.domain import calendars
from services.notifications.domain.letter import Letter
from services.notifications.domain.letters import ACCOUNT_KINDS, compose, facts
from services.notifications.domain.scene import Scene
from services.notifications.use_cases.rendering import message
from services.notifications.use_cases.rendering.bodies import Bodies
from services.notifications.use_cases.rendering.qr import TicketCodes
from shared.language import gettext as _
from shared.language import speaking
from shared.links import ACCOUNT_PATH, Links
from shared.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """To whom, and where in the conversation."""

    key: str
    kind: str
    recipient: str
    recipient_name: str
    language: str
    registration_id: UUID | None
    in_reply_to: str
    date: datetime


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """What is stored before the first attempt."""

    subject: str
    message_id: str
    message: bytes


class Renderer:
    """Renders the mails of one installation."""

    def __init__(self, settings: Settings) -> None:
        self.links = Links(settings)
        self.sender = settings.mail_from
        self.domain = settings.mail_from.rpartition("@")[2]
        self.tz = settings.time_zone
        self._key = settings.secret_keys[0].encode()
        self._bodies = Bodies()
        self._codes = TicketCodes()

    def warm_up(self) -> None:
        """Prepare what makes the thousandth mail quick; takes half a second."""
        self._codes.prepare(self.links.url("ticket", UUID(int=0), 1))

    def of_meeting(self, envelope: Envelope, scene: Scene) -> Rendered:
        """A mail about a meeting. Raises message.BadAddressError."""
        with speaking(envelope.language):
            letter = compose(scene)
            calendar, method = self._calendar(envelope, scene)
            return self._render(envelope, letter, scene=scene, calendar=calendar, method=method)

    def of_account(self, envelope: Envelope, details: Mapping[str, Any]) -> Rendered:
        """A mail about somebody's own account. Raises message.BadAddressError."""
        url = f"{self.links.base_url}{ACCOUNT_PATH}{details['token']}"
        with speaking(envelope.language):
            letter = ACCOUNT_KINDS[envelope.kind](details, url, self.tz)
            return self._render(envelope, letter, scene=None, calendar="", method="")

    def message_id(self, key: str) -> str:
        """The Message-ID of the mail with the intent *key*; tells nothing about anybody."""
        return f"<{self._digest(key)}@{self.domain}>"

    def _digest(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:40]

    def _render(
        self,
        envelope: Envelope,
        letter: Letter,
        *,
        scene: Scene | None,
        calendar: str,
        method: str,
    ) -> Rendered:
        digest = self._digest(envelope.key)
        cids = [f"t{number}.{digest}@{self.domain}" for number in range(len(letter.tickets))]
        text, html = self._bodies.render(
            letter,
            network=scene.network if scene else None,
            base_url=self.links.base_url,
            leaf=(scene.slot.starts_at, scene.meeting.tz) if scene else None,
            cids=cids,
        )
        parts = message.Parts(
            **self._correspondents(envelope, scene),
            subject=letter.subject,
            date=envelope.date,
            message_id=f"<{digest}@{self.domain}>",
            in_reply_to=envelope.in_reply_to,
            references=self._references(envelope),
            language=envelope.language,
            kind=envelope.kind,
            registration=str(envelope.registration_id or ""),
            boundary=f"b{digest[:24]}",
            text=text,
            html=html,
            pictures=self._pictures(letter, cids),
            calendar=calendar,
            method=method,
        )
        written = message.write(parts)
        return Rendered(subject=letter.subject, message_id=parts.message_id, message=written)

    def _pictures(self, letter: Letter, cids: list[str]) -> list[message.Picture]:
        return [
            message.Picture(cid=cid, data=self._codes.png(ticket.url))
            for ticket, cid in zip(letter.tickets, cids, strict=True)
        ]

    def _correspondents(self, envelope: Envelope, scene: Scene | None) -> dict[str, str]:
        network = scene.network if scene else None
        return {
            "sender_name": network.name if network else "Treffpunkt",
            "sender": self.sender,
            "recipient_name": envelope.recipient_name,
            "recipient": envelope.recipient,
            "reply_to_name": network.contact_name if network else "",
            "reply_to": network.contact_email if network else "",
        }

    def _references(self, envelope: Envelope) -> list[str]:
        """One thread per registration: a root nobody sent, and the mail before."""
        if envelope.registration_id is None:
            return []
        root = self.message_id(f"thread:{envelope.registration_id}")
        return [root, envelope.in_reply_to] if envelope.in_reply_to else [root]

    def _calendar(self, envelope: Envelope, scene: Scene) -> tuple[str, str]:
        """The calendar object and its method; empty where nothing stands in the calendar."""
        sequence, claim = scene.details.get("sequence"), scene.claim
        if sequence is None or claim is None:
            return "", ""
        method = str(scene.details.get("method", calendars.REQUEST))
        person = scene.person.key if scene.person else "contact"
        appointment = calendars.Appointment(
            uid=calendars.uid(str(claim.id), person, self.domain),
            sequence=int(sequence),
            stamp=envelope.date,
            starts_at=scene.slot.starts_at,
            ends_at=scene.slot.ends_at,
            summary=scene.meeting.title,
            location=facts.where(scene.meeting.place).replace("\n", ", "),
            description=self._description(scene, method),
            url=facts.manage_url(scene)
            if method == calendars.REQUEST
            else facts.meeting_url(scene),
            organizer=self._organizer(scene),
            attendee=calendars.Mailbox(name=envelope.recipient_name, email=envelope.recipient),
        )
        return calendars.write(appointment, method), method

    def _organizer(self, scene: Scene) -> calendars.Mailbox:
        known = scene.details.get("organizer") or calendars.organizer(scene.network)
        return calendars.Mailbox(name=known["name"], email=known["email"] or self.sender)

    def _description(self, scene: Scene, method: str) -> str:
        place, phone = scene.meeting.place, scene.network.contact_phone
        sender = scene.network.name + (f", {_('Telephone')} {phone}" if phone else "")
        if method != calendars.REQUEST:
            return sender
        manage = _("Change or release: %(url)s", url=facts.manage_url(scene))
        paragraphs = (manage, sender, place.arrival_note, place.accessibility)
        return "\n".join(part for part in paragraphs if part)
