"""A message as bytes: written by hand, since the standard library takes ten times as long for it.

Every header value passes through _text, _mailbox or is made here of safe characters, so no value can
begin a header of its own. All parts are base64, which every server passes on unchanged.
"""

from __future__ import annotations

from base64 import b64encode, encodebytes
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from services.notifications.domain import clean

CRLF = "\r\n"
_PLAIN = 60  # longest header value that is left as it is
_WORD = 42  # octets per encoded word: 75 characters at most, after base64
_SAFE_ATOM = frozenset(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.,;:()/'+&"
)


class BadAddressError(ValueError):
    """The address cannot stand in a message."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """An image shown inside the HTML by its content id."""

    cid: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class Parts:
    """What a message is made of."""

    sender_name: str
    sender: str
    recipient_name: str
    recipient: str
    reply_to_name: str
    reply_to: str
    subject: str
    date: datetime
    message_id: str
    in_reply_to: str
    references: Sequence[str]
    language: str
    kind: str
    registration: str
    boundary: str  # unique in the message: letters and digits
    text: str
    html: str
    pictures: Sequence[Picture] = ()
    calendar: str = ""
    method: str = ""  # of the calendar


def write(parts: Parts) -> bytes:
    """The message, complete, with CRLF line ends. Raises BadAddressError."""
    content = _alternative(parts)
    if parts.calendar:
        content = _multipart("mixed", f"{parts.boundary}m", [content, _attachment(parts)])
    return (_headers(parts) + content).encode("ascii")


def ascii_address(address: str) -> str:
    """*address* as it is used in SMTP: the domain in ASCII. Raises BadAddressError."""
    if address.isascii() and address.isprintable() and " " not in address and "@" in address[1:-1]:
        if "<" in address or ">" in address:
            raise BadAddressError("angle brackets in the address")
        return address
    local, _, domain = address.rpartition("@")
    if not local.isascii() or not local.isprintable() or " " in local or not domain:
        raise BadAddressError("the address has characters that not every mail server accepts")
    try:
        return ascii_address(f"{local}@{domain.encode('idna').decode('ascii')}")
    except UnicodeError as error:
        raise BadAddressError("the domain of the address cannot be looked up") from error


def _headers(parts: Parts) -> str:
    lines = [
        f"From: {_mailbox(parts.sender_name, parts.sender)}",
        f"To: {_mailbox(parts.recipient_name, parts.recipient)}",
        f"Subject: {_text(parts.subject)}",
        f"Date: {format_datetime(parts.date)}",
        f"Message-ID: {parts.message_id}",
        "MIME-Version: 1.0",
        f"Content-Language: {parts.language}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: DR, RN, NRN, OOF, AutoReply",  # but for bounces
        f"X-Treffpunkt-Kind: {parts.kind}",
    ]
    if parts.reply_to:
        lines.append(f"Reply-To: {_mailbox(parts.reply_to_name, parts.reply_to)}")
    if parts.in_reply_to:
        lines.append(f"In-Reply-To: {parts.in_reply_to}")
    if parts.references:
        lines.append(f"References: {f'{CRLF} '.join(parts.references)}")
    if parts.registration:
        lines.append(f"X-Treffpunkt-Registration: {parts.registration}")
    return CRLF.join(lines) + CRLF


def _text(value: str) -> str:
    """A header value: one line, in encoded words where it is long or not plain."""
    plain = clean.one_line(value)
    if len(plain) <= _PLAIN and plain.isascii() and "=?" not in plain:
        return plain
    return _encoded(plain)


def _encoded(value: str) -> str:
    words: list[bytes] = []
    word: list[bytes] = []
    size = 0
    for char in value:
        octets = char.encode("utf-8", "replace")
        if size + len(octets) > _WORD:
            words.append(b"".join(word))
            word, size = [], 0
        word.append(octets)
        size += len(octets)
    words.append(b"".join(word))
    return f"{CRLF} ".join(f"=?utf-8?B?{b64encode(word).decode('ascii')}?=" for word in words)


def _mailbox(name: str, address: str) -> str:
    safe = ascii_address(address)
    plain = clean.one_line(name)
    if not plain:
        return safe
    if len(plain) <= _PLAIN and _SAFE_ATOM.issuperset(plain):
        return f'"{plain}"{CRLF} <{safe}>'
    return f"{_encoded(plain)}{CRLF} <{safe}>"


def _alternative(parts: Parts) -> str:
    choices = [
        _leaf("text/plain; charset=utf-8", parts.text.encode("utf-8", "replace")),
        _html(parts),
    ]
    if parts.calendar:
        kind = f"text/calendar; charset=utf-8; method={parts.method}"
        choices.append(_leaf(kind, parts.calendar.encode()))
    return _multipart("alternative", f"{parts.boundary}a", choices)


def _html(parts: Parts) -> str:
    html = _leaf("text/html; charset=utf-8", parts.html.encode("utf-8", "replace"))
    if not parts.pictures:
        return html
    related = [html, *(_picture(picture) for picture in parts.pictures)]
    return _multipart("related", f"{parts.boundary}r", related, extra='; type="text/html"')


def _picture(picture: Picture) -> str:
    more = (
        f"Content-ID: <{picture.cid}>{CRLF}Content-Disposition: inline; filename=ticket.png{CRLF}"
    )
    return _leaf("image/png; name=ticket.png", picture.data, more)


def _attachment(parts: Parts) -> str:
    more = f"Content-Disposition: attachment; filename=invite.ics{CRLF}"
    return _leaf("application/ics; name=invite.ics", parts.calendar.encode(), more)


def _leaf(kind: str, data: bytes, more: str = "") -> str:
    body = encodebytes(data).decode("ascii").replace("\n", CRLF)
    return f"Content-Type: {kind}{CRLF}Content-Transfer-Encoding: base64{CRLF}{more}{CRLF}{body}"


def _multipart(kind: str, boundary: str, parts: Sequence[str], *, extra: str = "") -> str:
    head = f"Content-Type: multipart/{kind}{extra};{CRLF} boundary={boundary}{CRLF}{CRLF}"
    body = "".join(f"--{boundary}{CRLF}{part}{CRLF}" for part in parts)
    return f"{head}{body}--{boundary}--{CRLF}"
