"""A mail as it was sent, taken apart for showing it without letting it do anything."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

_TOKEN = re.compile(r"(/(?:registrations/(?:confirm|manage)|invitations|check-in|offers)/)[\w.~-]+")
_CID = re.compile(r"cid:([\w.@-]+)")
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
    """What the recipient got."""

    headers: list[tuple[str, str]]
    text: str
    html: str
    calendar: str


def read(source: bytes, *, with_links: bool) -> Content:
    """The parts of a mail. Without *with_links* the tokens that open something are left out."""
    message = message_from_bytes(source, policy=policy.default)
    if not isinstance(message, EmailMessage):
        raise TypeError("the policy makes EmailMessage")
    hide = str if with_links else _without_tokens
    return Content(
        headers=[(name, str(message[name])) for name in SHOWN_HEADERS if message[name]],
        text=hide(_body(message, "plain")),
        html=_with_pictures(message, hide(_body(message, "html")), with_links=with_links),
        calendar=hide(_calendar(message)),
    )


def _without_tokens(text: str) -> str:
    return _TOKEN.sub(r"\1…", text)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


def _calendar(message: EmailMessage) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            payload = part.get_payload(decode=True)
            return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return ""


def _with_pictures(message: EmailMessage, html: str, *, with_links: bool) -> str:
    """*html* with its pictures inside, since a frame without origin may load nothing."""
    pictures = {}
    for part in message.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_maintype() == "image" and isinstance(payload, bytes):
            encoded = base64.b64encode(payload).decode("ascii")
            pictures[str(part["Content-ID"]).strip("<>")] = f"data:image/png;base64,{encoded}"
    # A ticket's picture is a link too.
    return _CID.sub(lambda cid: pictures.get(cid[1], "") if with_links else "", html)
