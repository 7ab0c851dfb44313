"""Mails as people get them: read from the SMTP side, taken apart by the standard library."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from icalendar import Calendar
from icalendar.cal import Component

from tests.clients import Api
from tests.wait import wait_until

LINK = re.compile(r"https?://[^\s<>\"')]+")


@dataclass(frozen=True)
class Mail:
    """One mail; *recipients* are those of the envelope."""

    source: bytes
    recipients: tuple[str, ...]

    @cached_property
    def message(self) -> EmailMessage:
        """The mail, parsed."""
        return message_from_bytes(self.source, policy=policy.default)  # type: ignore[return-value]

    def header(self, name: str) -> str:
        """One header field, decoded; empty if it is missing."""
        return str(self.message[name] or "")

    @property
    def kind(self) -> str:
        """What it is for."""
        return self.header("X-Treffpunkt-Kind")

    @property
    def registration(self) -> str:
        """The id of the registration it belongs to."""
        return self.header("X-Treffpunkt-Registration")

    @property
    def subject(self) -> str:
        """The subject."""
        return self.header("Subject")

    @cached_property
    def text(self) -> str:
        """The text part."""
        part = self.message.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    @cached_property
    def html(self) -> str:
        """The HTML part."""
        part = self.message.get_body(("html",))
        assert part is not None
        return str(part.get_content())

    @property
    def links(self) -> list[str]:
        """All addresses in the text part."""
        return LINK.findall(self.text)

    def link(self, path: str) -> str:
        """The one address whose path begins like this."""
        found = {link for link in self.links if urlsplit(link).path.startswith(path)}
        assert len(found) == 1, f"{path}: {sorted(found)} in\n{self.text}"
        return found.pop()

    def token(self, path: str) -> str:
        """What stands behind *path* in its link."""
        return self.link(path).removesuffix("/").rpartition("/")[2]

    def parts(self, content_type: str) -> list[EmailMessage]:
        """All parts of a kind, wherever they are."""
        return [part for part in self.message.walk() if part.get_content_type() == content_type]  # type: ignore[misc]

    @property
    def invitation(self) -> EmailMessage:
        """The calendar part beside text and HTML, by which mail programs offer to accept."""
        (alternative,) = self.parts("multipart/alternative")
        (part,) = [p for p in alternative.iter_parts() if p.get_content_type() == "text/calendar"]
        return part  # type: ignore[no-any-return]

    @property
    def attachment(self) -> EmailMessage:
        """The .ics to open by hand."""
        (part,) = [
            part
            for part in self.message.walk()
            if (part.get_filename() or "").endswith(".ics") and part.is_attachment()
        ]
        return part  # type: ignore[return-value]

    @property
    def entry(self) -> Entry:
        """The calendar entry of the invitation."""
        return Entry.read(self.invitation)

    @property
    def pictures(self) -> list[bytes]:
        """Pictures inside, such as QR codes."""
        return [
            part.get_payload(decode=True)  # type: ignore[misc]
            for part in self.message.walk()
            if part.get_content_maintype() == "image"
        ]


@dataclass(frozen=True)
class Entry:
    """One calendar entry: which one, how new, and what to do with it."""

    method: str
    uid: str
    sequence: int
    event: Component = field(compare=False)

    @classmethod
    def read(cls, part: EmailMessage) -> Entry:
        """The only entry of a calendar part."""
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        calendar = Calendar.from_ical(content.decode())
        (event,) = calendar.walk("VEVENT")
        return cls(str(calendar["METHOD"]), str(event["UID"]), int(event["SEQUENCE"]), event)


class Mailbox(Protocol):
    """Where the mails of an installation arrive."""

    def mails(self, to: str = "") -> list[Mail]:
        """All of them, or those to one address; oldest first."""


@dataclass
class WebMailbox:
    """The product's own mailbox, read over its page."""

    url: str
    _known: dict[str, Mail] = field(default_factory=dict)

    def mails(self, to: str = "") -> list[Mail]:
        """All mails, or those to one address, oldest first; each is fetched once."""
        api = Api(self.url)
        lines: list[dict[str, Any]] = api.get("/api/mails", recipient=to).expect(200)
        for line in lines:
            if line["id"] not in self._known:
                source = api.get(f"/mails/{line['id']}/source").body
                self._known[line["id"]] = Mail(source, tuple(line["recipients"]))
        return [self._known[line["id"]] for line in reversed(lines)]


class Sink:
    """An SMTP server of our own that can be away for a while."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.unknown: set[str] = set()  # addresses that are refused for good
        self._mails: list[Mail] = []
        self._lock = threading.Lock()
        self._controller: Controller | None = None

    async def handle_RCPT(  # noqa: N802, PLR0913, PLR0917, RUF100 - aiosmtpd's
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Refuse whom nobody knows here."""
        if address in self.unknown:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep the mail before it is acknowledged."""
        with self._lock:
            content = envelope.original_content or b""
            self._mails.append(Mail(content, tuple(envelope.rcpt_tos)))
        return "250 2.0.0 kept"

    def start(self) -> Sink:
        """Take mails (again)."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()
        return self

    def stop(self) -> None:
        """Refuse connections."""
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    def mails(self, to: str = "") -> list[Mail]:
        """All mails, or those to one address, in the order they came."""
        with self._lock:
            return [mail for mail in self._mails if not to or to in mail.recipients]


def wait_for_mail(
    mailbox: Mailbox, kind: str, to: str, *, number: int = 1, within: float = 20
) -> Mail:
    """The *number*-th mail of this kind to this address, as soon as it is there."""
    found: list[Mail] = []

    def arrived() -> bool:
        found[:] = mails_to(mailbox, to, kind)
        return len(found) >= number

    try:
        wait_until(arrived, within=within)
    except AssertionError:
        seen = [(mail.kind, mail.subject) for mail in mails_to(mailbox, to)]
        raise AssertionError(f"no {kind} (number {number}) to {to}; there: {seen}") from None
    return found[number - 1]


def mails_to(mailbox: Mailbox, to: str, kind: str | None = None) -> list[Mail]:
    """All mails to this address, oldest first."""
    return [
        mail
        for mail in mailbox.mails(to)
        if to in mail.recipients and (kind is None or mail.kind == kind)
    ]
