"""A mail as it was sent, taken apart for showing it: without what lets anybody else act as its recipient."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from shared.links import without_tokens

_PICTURE = re.compile(r"cid:[\w.@-]+")
_FOLD = re.compile(rb"\r?\n[ \t]")
SHOWN_HEADERS = (
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Content-Language",
    "Auto-Submitted",
    "X-Treffpunkt-Kind",
    "X-Treffpunkt-Registration",
)


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the recipient got, but for links and tickets."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    calendar: str


def read(source: bytes) -> Content:
    """What may be shown of a mail: whoever has a link or a ticket of hers, acts in her name."""
    message = message_from_bytes(source, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the policy makes EmailMessage")
    return Content(
        headers=[(name, _header(message, name)) for name in SHOWN_HEADERS if message[name]],
        text=without_tokens(_body(message, "plain")),
        # A ticket's picture is a link too.
        html=_PICTURE.sub("", without_tokens(_body(message, "html"))),
        calendar=without_tokens(_calendar(message)),
    )


def write(shown: Content) -> bytes:
    """The mail anew, made of nothing but what is shown of it."""
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(shown.text)
    message.add_alternative(shown.html, subtype="html")
    if shown.calendar:
        message.add_alternative(shown.calendar, subtype="calendar")
    # Last: making parts takes what begins with Content- along.
    for name, value in shown.headers:
        message[name] = value
    return message.as_bytes()


def _header(message: EmailMessage, name: str) -> str:
    return without_tokens(" ".join(str(message[name]).split()))


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _calendar(message: EmailMessage) -> str:
    """The calendar object in whole lines: folded, a token would not be recognised."""
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            whole = _FOLD.sub(b"", payload) if isinstance(payload, bytes) else b""
            return whole.decode("utf-8", "replace").replace("\r\n", "\n")
    return ""
