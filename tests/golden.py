"""Golden mails: every kind in both languages. ``python -m tests.golden`` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID

from services.notifications.domain.scene import Guest, Scene, read_claim, read_meeting
from services.notifications.use_cases.rendering.render import Envelope, Renderer
from shared.events.envelope import payload_json
from shared.events.registration import Contact, RegistrationConfirmed
from shared.language import LANGUAGES
from tests import factories, notices

FOLDER = Path(__file__).parent / "contract" / "golden"
BEGIN = datetime(2027, 2, 2, 14, tzinfo=UTC)
WRITTEN = datetime(2027, 1, 20, 9, 30, tzinfo=UTC)
BEFORE = {
    "starts_at": "2027-01-26T14:00:00+00:00",
    "ends_at": "2027-01-26T16:45:00+00:00",
    "venue": {
        "venue_id": str(UUID(int=22)),
        "name": "Gesamtschule Huckarde",
        "street": "Parsevalstraße 170",
        "postcode": "44369",
        "city": "Dortmund",
        "room": "Mensa",
        "arrival_note": "",
        "accessibility": "",
    },
}
ENTRY = {"sequence": 1, "method": "REQUEST"}
GONE = {"sequence": 2, "method": "CANCEL"}


@dataclass(frozen=True, kw_only=True)
class Case:
    """One mail: its kind, in which state the claim is, what else it says, to whom."""

    name: str
    kind: str
    state: str = "confirmed"
    details: dict[str, Any]
    to: str = "contact"  # attendee, guest, coordinator, stranger (an address that was mistyped)
    claim: dict[str, Any]
    meeting: dict[str, Any]
    at: datetime = WRITTEN
    waiting: int = 0


def _case(name: str, kind: str, **given: Any) -> Case:
    return Case(name=name, kind=kind, **{"details": {}, "claim": {}, "meeting": {}} | given)


EMPTIED = {
    "contact": Contact(contact_id=UUID(int=32), name="", email=None, phone=""),
    "attendees": [],
    "reason": "erased",
}
REMOVED = {
    "removed": {
        "attendee_id": str(notices.COLLEAGUE.attendee_id),
        "name": "Berta Brücke",
        "email": None,
        "link_version": 1,
        "is_contact": False,
    }
}
ADDITIONAL = {"linked_to": UUID(int=7), "attendees": []}
MOVED = Contact(contact_id=UUID(int=32), name="Anna Ampel", email="neu@betrieb.example", phone="")
UNPROVED = {"verified_at": None, "held_until": WRITTEN + timedelta(hours=48)}
CASES = (
    _case("confirm_address", "confirm_address", state="held", claim=UNPROVED),
    _case(
        "confirm_address-nudge",
        "confirm_address",
        state="held",
        claim=UNPROVED,
        details={"nudge": True},
    ),
    _case(
        "confirm_address-approval",
        "confirm_address",
        state="pending_approval",
        claim={"verified_at": None},
    ),
    _case("already_registered", "already_registered"),
    _case("registration_confirmed", "registration_confirmed", details={**ENTRY, "sequence": 0}),
    _case(
        "registration_confirmed-promoted",
        "registration_confirmed",
        details=ENTRY | {"promoted": True},
    ),
    _case(
        "registration_confirmed-attendee", "registration_confirmed", to="attendee", details=ENTRY
    ),
    _case(
        "registration_changed",
        "registration_changed",
        details=ENTRY | {"changes": ["seats", "attendees"], "seats_before": 3},
    ),
    _case(
        "registration_changed-people",
        "registration_changed",
        details=ENTRY
        | {
            "changes": ["attendees"],
            "seats_before": 2,
            "people": {
                "added": [["Mara Lind"], [""]],
                "removed": [["Jonas Krüger"]],
                "renamed": [["", "Anna Ampel"]],
                "moved": [["Berta Brücke", "berta@betrieb.example"]],
            },
        },
    ),
    _case(
        "registration_changed-joined",
        "registration_changed",
        details=ENTRY
        | {
            "changes": ["seats", "attendees", "joined"],
            "seats_before": 1,
            "people": {"added": [["Berta Brücke"]]},
        },
    ),
    _case(
        "registration_changed-renamed",
        "registration_changed",
        to="attendee",
        details=ENTRY | {"changes": ["name"]},
    ),
    _case(
        "registration_changed-removed",
        "registration_changed",
        to="attendee",
        details=GONE | REMOVED,
    ),
    _case(
        "registration_changed-address",
        "registration_changed",
        claim={"contact": MOVED, "link_version": 2},
        details=ENTRY | {"changes": ["address"]},
    ),
    _case(
        "registration_changed-former-address",
        "registration_changed",
        claim={"contact": MOVED, "link_version": 2},
        details=GONE | {"former_address": True},
        to="stranger",
    ),
    _case(
        "registration_cancelled",
        "registration_cancelled",
        state="cancelled",
        claim={"reason": "contact"},
        details=GONE,
    ),
    *(
        _case(
            f"registration_cancelled-attendee-{reason}",
            "registration_cancelled",
            state="cancelled",
            claim={"reason": reason},
            details=GONE | REMOVED,
            to="attendee",
        )
        for reason in ("contact", "coordinator")
    ),
    _case(
        "registration_cancelled-erased",
        "registration_cancelled",
        state="cancelled",
        claim=EMPTIED,
        details=GONE | {"erased": True},
    ),
    _case("data_erased", "data_erased", state="cancelled", claim=EMPTIED),
    _case("registration_cancelled-declined", "registration_cancelled", state="declined"),
    _case(
        "registration_cancelled-declined-reason",
        "registration_cancelled",
        state="declined",
        claim={"reason": "Es kamen <b>sehr</b> viele.\nIm Mai ist das nächste Treffen."},
    ),
    _case(
        "waitlisted",
        "waitlisted",
        state="waitlisted",
        claim={"verified_at": None, "reason": "full"},
        details={"position": 3},
    ),
    _case(
        "waitlisted-one",
        "waitlisted",
        state="waitlisted",
        claim={"reason": "company_cap", "seats": 1},
    ),
    _case("waitlisted-verified", "waitlisted", state="waitlisted", claim={"reason": "company_cap"}),
    *(
        _case(
            f"waitlisted-additional-{seats}",
            "waitlisted",
            state="waitlisted",
            claim=ADDITIONAL | {"seats": seats, "reason": "linked"},
        )
        for seats in (1, 2)
    ),
    _case("waitlist_closed", "waitlist_closed", state="expired"),
    _case("undecided", "undecided", state="expired", at=BEGIN + timedelta(minutes=1)),
    *(
        _case(
            f"waitlist_closed-additional-{seats}",
            "waitlist_closed",
            state="expired",
            claim=ADDITIONAL | {"seats": seats, "reason": "waitlist_closed"},
        )
        for seats in (1, 2)
    ),
    _case("invitation", "invitation", to="guest"),
    _case(
        "invitation-colleague",
        "invitation",
        to="guest",
        details={"on_recommendation_of": "Heike Haus"},
    ),
    _case("invitation-reminder", "invitation", to="guest", details={"reminder_number": 1}),
    _case(
        "meeting_changed-time",
        "meeting_changed",
        details=ENTRY | {"fields": ["time"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-place",
        "meeting_changed",
        details=ENTRY | {"fields": ["place"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-held",
        "meeting_changed",
        state="held",
        claim=UNPROVED,
        details={"fields": ["room"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-waitlisted",
        "meeting_changed",
        state="waitlisted",
        details={"fields": ["time", "place"], "before": BEFORE},
    ),
    _case(
        "meeting_changed-news",
        "meeting_changed",
        details={
            "fields": [],
            "before": {
                "title": "Netzwerktreffen: Praktika, die passen",
                "focus_topic": "Ausbildung & Übergang",
                "description": "Wir planen gemeinsam.\n\nBringen Sie Fragen mit.",
                "begins_at": "2027-02-02T14:00:00+00:00",
                "agenda": [
                    {
                        "starts_at": "2027-02-02T14:00:00+00:00",
                        "title": "Begrüßung",
                        "speaker": "",
                    },
                    {
                        "starts_at": "2027-02-02T14:45:00+00:00",
                        "title": "Rückblick",
                        "speaker": "",
                    },
                ],
            },
        },
    ),
    _case("meeting_changed-news-unknown", "meeting_changed", details={"fields": []}),
    _case(
        "meeting_cancelled",
        "meeting_cancelled",
        meeting={
            "state": "cancelled",
            "reason": "Die Schule ist geschlossen.\n\nIm Mai ist das nächste Treffen.",
        },
        details=GONE,
    ),
    _case(
        "reminder",
        "reminder",
        details={"audience": "confirmed"},
        at=BEGIN - timedelta(days=1),
        waiting=3,
    ),
    _case("reminder-attendee", "reminder", to="attendee", at=BEGIN - timedelta(days=7)),
    _case("password_link", "password_link", to="coordinator"),
)


def scene_of(case: Case) -> Scene:
    """What the mail of *case* is written from."""
    return _scene(Renderer(factories.make_settings()), case)


def mails() -> Iterator[tuple[str, bytes]]:
    """(name of the file without its ending, the mail) of all cases in both languages."""
    settings = replace(
        factories.make_settings(base_url="https://treffpunkt.example"),
        mail_from="anmeldung@treffpunkt.example",
    )
    for case in CASES:
        for language in LANGUAGES:
            yield f"{case.name}.{language}", _mail(Renderer(settings), case, language)


def _mail(renderer: Renderer, case: Case, language: str) -> bytes:
    scene = _scene(renderer, case)
    claim = None if case.to in {"guest", "coordinator"} else scene.claim
    names = {
        "contact": "Anna Ampel",
        "attendee": "Berta Brücke",
        "guest": "Gerda Gast",
        "stranger": "",
    }
    envelope = Envelope(
        key=f"golden:{case.name}",
        kind=case.kind,
        recipient=f"{case.to}@betrieb.example",
        recipient_name=names.get(case.to, "Kora Dinator"),
        language=language,
        registration_id=claim.id if claim else None,
        in_reply_to="",
        date=case.at,
    )
    if case.to == "coordinator":
        account = {
            "coordinator_id": str(notices.COORDINATOR),
            "name": "Kora Dinator",
            "purpose": "invite",
            "token": "AAAAAAAAAAAAAAAAAAAABg1.AAAAAAAAAAAAAAAAAAAAAA",
            "expires_at": (case.at + timedelta(days=7)).isoformat(),
            "network": asdict(scene.network) | {"id": str(scene.network.id)},
        }
        return renderer.of_account(envelope, account).message
    return renderer.of_meeting(envelope, scene).message


def _scene(renderer: Renderer, case: Case) -> Scene:
    told = notices.meeting_cancelled(revision=1, start=BEGIN, **case.meeting)
    given = {"signed_up_at": WRITTEN, "verified_at": WRITTEN, "held_until": None, **case.claim}
    claim = read_claim(
        json.loads(
            payload_json(notices.registered(RegistrationConfirmed, case.state, revision=1, **given))
        )
    )
    return Scene(
        kind=case.kind,
        now=case.at,
        links=renderer.links,
        network=notices.sender(),
        meeting=replace(
            read_meeting(json.loads(payload_json(told))),
            state=case.meeting.get("state", "published"),
        ),
        claim=None if case.to == "guest" else claim,
        person=claim.attendees[1] if case.to == "attendee" else None,
        guest=_guest() if case.to == "guest" else None,
        waiting=case.waiting,
        details=case.details,
    )


def _guest() -> Guest:
    return Guest(
        id=notices.INVITATION, name="Gerda Gast", company="Dachdecker Kowalski", link_version=1
    )


@dataclass(frozen=True)
class Read:
    """What of a mail is compared: everything but the compression of its pictures."""

    headers: list[tuple[str, str]]
    parts: list[tuple[str, str]]


def read(source: bytes) -> Read:
    """Take a mail apart."""
    message = message_from_bytes(source, policy=policy.default)
    parts = []
    for part in message.walk():
        assert isinstance(part, EmailMessage)
        kind = part["Content-Type"]
        content = "" if part.is_multipart() or "image" in kind else _text(part)
        parts.append((str(kind), content))
    return Read([(name, str(value)) for name, value in message.items()], parts)


def _text(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def calendar_of(source: bytes) -> bytes | None:
    """The attached .ics."""
    for part in message_from_bytes(source, policy=policy.default).walk():
        if part.get_content_type() == "application/ics":
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            return payload
    return None


def write() -> None:
    """Write all golden files."""
    FOLDER.mkdir(exist_ok=True)
    for path in [*FOLDER.glob("*.eml"), *FOLDER.glob("*.ics")]:
        path.unlink()
    for name, source in mails():
        (FOLDER / f"{name}.eml").write_bytes(source)
        if calendar := calendar_of(source):
            (FOLDER / f"{name}.ics").write_bytes(calendar)


if __name__ == "__main__":
    write()
