"""One mail taken apart for reading: bodies, calendar, attachments, headers."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from icalendar import Calendar
from icalendar.cal import Component

from treffpunkt.mailbox.store import decoded

CONTENT_ID = re.compile(r"""(["'(])cid:([^"')\s]+)""")
HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
# Links open beside the mailbox, not inside the frame.
NEW_TAB = '<base target="_blank">'


@dataclass(frozen=True)
class Part:
    """Something to download."""

    number: int  # in the order of the message
    name: str
    content_type: str
    size: int


@dataclass(frozen=True)
class Entry:
    """One event of a calendar, in the words of the calendar."""

    method: str
    fields: tuple[tuple[str, str], ...]


class Letter:
    """A parsed mail. Whatever is broken in it is shown as far as it goes."""

    def __init__(self, content: bytes) -> None:
        self.source = content
        self._message = message_from_bytes(content, policy=policy.default)

    @property
    def headers(self) -> list[tuple[str, str]]:
        """All header fields in their order, decoded."""
        return [(name, decoded(value)) for name, value in self._message.raw_items()]

    def header(self, name: str) -> str:
        """One header field, decoded; empty if it is missing."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def text(self) -> str | None:
        """The text body."""
        return self._body("plain")

    @property
    def html(self) -> str | None:
        """The HTML body with its embedded images inside, links set to open in a new tab."""
        body = self._body("html")
        if body is None:
            return None
        images = self._images()
        body = CONTENT_ID.sub(lambda m: m[1] + images.get(m[2], f"cid:{m[2]}"), body)
        head = HEAD.search(body)
        at = head.end() if head else 0
        return body[:at] + NEW_TAB + body[at:]

    @property
    def calendar(self) -> str | None:
        """The first calendar part, as it is."""
        for part in self._message.walk():
            if part.get_content_type() == "text/calendar":
                return _text(part)
        return None

    @property
    def entries(self) -> list[Entry]:
        """What the calendar part says."""
        try:
            calendar = Calendar.from_ical(self.calendar or "")
        except ValueError:
            return []
        method = str(calendar.get("METHOD", ""))
        return [Entry(method, _fields(event)) for event in calendar.walk("VEVENT")]

    @property
    def parts(self) -> list[Part]:
        """Attachments and calendar parts."""
        return [
            Part(number, _name(part, number), part.get_content_type(), len(payload(part)))
            for number, part in enumerate(self._message.walk())
            if part.get_filename() or part.get_content_type() == "text/calendar"
        ]

    def part(self, number: int) -> tuple[Part, bytes] | None:
        """One of ``parts`` with its content."""
        for part in self.parts:
            if part.number == number:
                return part, payload(list(self._message.walk())[number])
        return None

    def _body(self, kind: str) -> str | None:
        for part in self._message.walk():
            if part.get_content_type() == f"text/{kind}" and not part.get_filename():
                return _text(part)
        return None

    def _images(self) -> Mapping[str, str]:
        found = {}
        for part in self._message.walk():
            if part["Content-ID"] and part.get_content_maintype() == "image":
                data = base64.b64encode(payload(part)).decode()
                name = str(part["Content-ID"]).strip().strip("<>")
                found[name] = f"data:{part.get_content_type()};base64,{data}"
        return found


def payload(part: EmailMessage) -> bytes:
    """The decoded content of a part; empty for a container."""
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    charset = part.get_content_charset("utf-8")
    try:
        return payload(part).decode(charset, errors="replace")
    except LookupError:
        return payload(part).decode("utf-8", errors="replace")


def _name(part: EmailMessage, number: int) -> str:
    return part.get_filename() or f"part-{number}.ics"


def _fields(event: Component) -> tuple[tuple[str, str], ...]:
    fields: list[tuple[str, str]] = []
    for name, value in event.property_items(recursive=False):
        if name not in {"BEGIN", "END"}:
            raw: object = value.to_ical()  # type: ignore[attr-defined]
            text = raw.decode() if isinstance(raw, bytes) else str(raw)
            shown = text.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")
            fields.append((name, shown + _parameters(value)))
    return tuple(fields)


def _parameters(value: object) -> str:
    parameters = getattr(value, "params", None) or {}
    shown = [f"{name}={parameter}" for name, parameter in parameters.items() if name != "VALUE"]
    return f"  ({'; '.join(shown)})" if shown else ""
