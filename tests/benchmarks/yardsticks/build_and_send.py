"""Build and send: the same message by the standard library's EmailMessage and segno's defaults."""

from __future__ import annotations

import email
import email.policy
import io
import smtplib
import time
from dataclasses import dataclass
from email.message import EmailMessage

import segno

from tests.benchmarks.forks import side_by_side

HEADERS = ("From", "To", "Reply-To", "Subject", "Date", "Content-Language", "Auto-Submitted")
SCALE = 4  # pixels of a QR module


@dataclass(frozen=True)
class Template:
    """The contents of one of our own mails, taken apart."""

    headers: dict[str, str]
    text: str
    html: str
    calendar: str
    ics: bytes
    pictures: int  # QR codes, one for each attendee


def taken_apart(message: bytes) -> Template:
    """Read a confirmation as it arrived. RuntimeError if something is missing in it."""
    parsed = email.message_from_bytes(message, policy=email.policy.default)
    by_type: dict[str, EmailMessage] = {}
    for part in parsed.walk():
        name = "attachment" if part.get_filename() else part.get_content_type()
        by_type.setdefault(name, part)
    missing = {"text/plain", "text/html", "text/calendar", "attachment"} - set(by_type)
    if missing:
        raise RuntimeError(f"the confirmation has no {', '.join(sorted(missing))}")
    calendar = by_type["attachment"].get_content()
    pictures = sum(part.get_content_maintype() == "image" for part in parsed.walk())
    return Template(
        headers={name: str(parsed[name]) for name in HEADERS if parsed[name]},
        text=by_type["text/plain"].get_content(),
        html=by_type["text/html"].get_content(),
        calendar=by_type["text/calendar"].get_content(),
        ics=calendar.encode() if isinstance(calendar, str) else calendar,
        pictures=pictures,
    )


def build(template: Template, ticket: str) -> EmailMessage:
    """Text, HTML with its QR codes, calendar part and the .ics attached."""
    message = EmailMessage()
    for name, value in template.headers.items():
        message[name] = value
    message["Message-ID"] = f"<{ticket.rsplit('/', 1)[-1]}@treffpunkt.example>"
    message.set_content(template.text)
    message.add_alternative(template.html, subtype="html")
    for position in range(template.pictures):
        picture = io.BytesIO()
        segno.make(f"{ticket}{position}").save(picture, kind="png", scale=SCALE)
        html = message.get_payload()[1]  # type: ignore[index]
        html.add_related(picture.getvalue(), "image", "png", cid=f"<ticket{position}>")  # type: ignore[union-attr]
    message.add_alternative(template.calendar, subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(template.ics, "text", "calendar", filename="termin.ics")
    return message


def build_and_send(template: Template, port: int, number: int) -> float:
    """Messages per second of one process, over one kept connection."""

    def work() -> float:
        with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as connection:
            begin = time.monotonic()
            for index in range(number):
                ticket = (
                    f"http://treffpunkt.example/check-in/AZq7c{index:06d}OTdHuXVwUGd1aQ1.Zq8jwZ5J0p"
                )
                connection.send_message(build(template, ticket))
            return number / (time.monotonic() - begin)

    return side_by_side([work])[0]
