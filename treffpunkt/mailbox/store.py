"""Received mails: one file each, and a summary of each in memory."""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from pathlib import Path

from shared.clock import now
from treffpunkt.embedded.folder import write_whole

SUFFIX = ".eml"
NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
TIME_FORMAT = "%Y%m%dT%H%M%S%f"
LARGEST_HEADER = 64 * 1024


@dataclass(frozen=True)
class Summary:
    """One line of the list."""

    id: str
    received_at: datetime
    sender: str
    recipients: tuple[str, ...]  # of the envelope: who really gets it
    subject: str
    kind: str
    registration: str
    message_id: str
    size: int

    def is_for(self, text: str) -> bool:
        """Whether *text* is part of a recipient's address."""
        return any(text.casefold() in recipient.casefold() for recipient in self.recipients)


class Store:
    """The folder of mails. Safe for several threads; files may come and go from outside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.Lock()
        self._summaries: dict[str, Summary] = {}

    def add(self, sender: str, recipients: Iterable[str], content: bytes) -> str:
        """Keep one mail as it came, under the envelope it came in; its id."""
        name = f"{now():{TIME_FORMAT}}-{secrets.token_hex(4)}"
        envelope = [f"Return-Path: <{sender}>", *(f"Delivered-To: {r}" for r in recipients)]
        head = "".join(f"{line}\r\n" for line in envelope)
        # Drafts begin with a dot, so a half-written mail is never listed.
        write_whole(self.folder / f"{name}{SUFFIX}", head.encode() + content)
        return name

    def content(self, name: str) -> bytes | None:
        """The mail with its envelope; None if there is none of that name."""
        if not is_name(name):
            return None
        try:
            return (self.folder / f"{name}{SUFFIX}").read_bytes()
        except FileNotFoundError:
            return None

    def summaries(self) -> Sequence[Summary]:
        """All mails, newest first."""
        with self._lock:
            self._refresh()
            return sorted(self._summaries.values(), key=lambda summary: summary.id, reverse=True)

    def _refresh(self) -> None:
        names = {path.stem for path in self.folder.glob(f"[0-9]*{SUFFIX}")}
        for gone in self._summaries.keys() - names:
            del self._summaries[gone]
        for name in names - self._summaries.keys():
            if is_name(name) and (content := self.content(name)) is not None:
                self._summaries[name] = _summary(name, content)


def is_name(text: str) -> bool:
    """Whether *text* has the shape of a mail's id (and so names no other file)."""
    return NAME.fullmatch(text) is not None


def received_at(name: str) -> datetime:
    """When the mail of this id came."""
    return datetime.strptime(name.partition("-")[0], TIME_FORMAT).replace(tzinfo=UTC)


def decoded(value: object) -> str:
    """A header as people read it, in one line; one that is malformed as it came."""
    text = " ".join(str(value or "").split())
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _summary(name: str, content: bytes) -> Summary:
    head: Message[str, str] = BytesHeaderParser().parsebytes(content[:LARGEST_HEADER])
    return Summary(
        id=name,
        received_at=received_at(name),
        sender=decoded(head["From"]),
        recipients=tuple(str(value) for value in head.get_all("Delivered-To", [])),
        subject=decoded(head["Subject"]),
        kind=decoded(head["X-Treffpunkt-Kind"]) if head["X-Treffpunkt-Kind"] else "",
        registration=str(head["X-Treffpunkt-Registration"] or ""),
        message_id=str(head["Message-ID"] or "").strip(),
        size=len(content),
    )
