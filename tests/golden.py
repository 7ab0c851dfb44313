"""Golden mails: every kind in both languages. ``python -m tests.golden`` writes them anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from services.notifications.domain.scene import Guest, Scene, read_claim, read_meeting
from services.notifications.use_cases.rendering.render import Envelope, Renderer
from shared.events.envelope import payload_json
from shared.events.registration import RegistrationConfirmed
from shared.language import LANGUAGES
from tests import factories, notices
from tests.golden_cases import BEGIN, CASES, WRITTEN, Case

FOLDER = Path(__file__).parent / "contract" / "golden"


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
