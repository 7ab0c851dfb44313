"""Calendar invitations (RFC 5545, 5546) as text: one UID for life, a stored sequence, nothing injected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from services.notifications.domain import clean

REQUEST = "REQUEST"
CANCEL = "CANCEL"
LINE = 75  # octets
_GOING = "CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"


@dataclass(frozen=True, kw_only=True)
class Mailbox:
    """A name with its address."""

    name: str
    email: str


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """One person's date; times in any zone, written in UTC."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    location: str
    description: str
    url: str
    organizer: Mailbox
    attendee: Mailbox


class Sender(Protocol):
    """A network, as it is kept or told."""

    @property
    def name(self) -> str:
        """Of the network."""

    @property
    def contact_name(self) -> str:
        """Of its contact person; may be empty."""

    @property
    def contact_email(self) -> str:
        """May be empty: the installation's own address."""


def organizer(network: Sender) -> dict[str, str]:
    """Name and address under which calendars know who has sent an entry, as they are kept with it."""
    name = clean.one_line(network.contact_name or network.name)
    return {"name": name, "email": network.contact_email}


def uid(registration_id: str, person: str, domain: str) -> str:
    """The name of *person*'s date for life."""
    return (
        f"{registration_id}-{person}@{domain}"
        if person != "contact"
        else f"{registration_id}@{domain}"
    )


def write(appointment: Appointment, method: str) -> str:
    """The whole calendar object with CRLF line ends."""
    cancelled = method == CANCEL
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Treffpunkt//Treffpunkt//DE",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{_text(appointment.uid)}",
        f"SEQUENCE:{appointment.sequence}",
        f"DTSTAMP:{_moment(appointment.stamp)}",
        f"DTSTART:{_moment(appointment.starts_at)}",
        f"DTEND:{_moment(appointment.ends_at)}",
        f"SUMMARY:{_text(appointment.summary)}",
        f"LOCATION:{_text(appointment.location)}",
        f"DESCRIPTION:{_text(appointment.description)}",
        f"URL:{_uri(appointment.url)}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT" if cancelled else "TRANSP:OPAQUE",
        f"ORGANIZER{_common_name(appointment.organizer)}:mailto:{_uri(appointment.organizer.email)}",
        f"ATTENDEE;{_GOING}{_common_name(appointment.attendee)}:mailto:{_uri(appointment.attendee.email)}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(map(_fold, lines))


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    escaped = clean.lines(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _uri(value: str) -> str:
    return "".join(clean.one_line(value).split())


def _common_name(mailbox: Mailbox) -> str:
    name = clean.one_line(mailbox.name).replace('"', "'")
    return f';CN="{name}"' if name else ""


def _fold(line: str) -> str:
    """*line* in pieces of at most 75 octets, never cut inside a character."""
    encoded = line.encode("utf-8", "replace")
    if len(encoded) <= LINE:
        return f"{line}\r\n"
    pieces, size, start = [], 0, 0
    most = LINE
    for position, char in enumerate(line):
        octets = len(char.encode("utf-8", "replace"))
        if size + octets > most:
            pieces.append(line[start:position])
            start, size, most = position, 0, LINE - 1  # the leading space counts
        size += octets
    pieces.append(line[start:])
    return "\r\n ".join(pieces) + "\r\n"
