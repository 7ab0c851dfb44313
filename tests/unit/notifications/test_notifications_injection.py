"""Whatever strangers type in, they write no headers, no calendar lines, no links into our mails."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from services.notifications.domain import calendars, clean
from services.notifications.domain.calendars import Appointment, Mailbox
from services.notifications.domain.scene import Scene, read_claim
from services.notifications.use_cases.rendering import message
from services.notifications.use_cases.rendering.render import Envelope, Renderer
from shared.events.envelope import payload_json
from tests import factories, notices

# Everything PostgreSQL would store, with a liking for what breaks lines and fields.
ANYTHING = st.text(
    st.one_of(
        st.sampled_from("\r\n\t\x0b\x0c\x1c\x85\u2028\u2029\"\\;:,=?<>@.%{}&'"),
        st.characters(exclude_characters="\0", exclude_categories=["Cs"]),
    ),
    max_size=120,
)
WRITTEN = datetime(2027, 1, 20, 9, 30, tzinfo=UTC)
RENDERER = Renderer(factories.make_settings(base_url="https://treffpunkt.example"))


def parts(**fields: Any) -> message.Parts:
    given_fields: dict[str, Any] = {
        "sender_name": "Netzwerk",
        "sender": "a@treffpunkt.example",
        "recipient_name": "Anna",
        "recipient": "anna@betrieb.example",
        "reply_to_name": "Kora",
        "reply_to": "netzwerk@stadt.example",
        "subject": "Betreff",
        "date": WRITTEN,
        "message_id": "<1@treffpunkt.example>",
        "in_reply_to": "",
        "references": [],
        "language": "de",
        "kind": "reminder",
        "registration": "",
        "boundary": "b1",
        "text": "Text",
        "html": "<p>Text</p>",
    }
    return message.Parts(**given_fields | fields)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_headers_cannot_be_added(subject: str, name: str, sender: str) -> None:
    plain = message_from_bytes(message.write(parts()), policy=policy.default)

    written = message.write(
        parts(subject=subject, recipient_name=name, sender_name=sender, reply_to_name=name)
    )

    parsed = message_from_bytes(written, policy=policy.default)
    assert parsed.keys() == plain.keys()
    assert parsed.defects == []
    assert parsed["To"].addresses[0].addr_spec == "anna@betrieb.example"
    assert len(parsed["To"].addresses) == 1
    assert parsed.get_body(("plain",)).get_content() == "Text"  # type: ignore[union-attr, attr-defined]


@given(ANYTHING)
def test_subjects_arrive_as_they_were(subject: str) -> None:
    parsed = message_from_bytes(message.write(parts(subject=subject)), policy=policy.default)

    assert "".join(str(parsed["Subject"]).split()) == "".join(clean.one_line(subject).split())


def appointment(**fields: Any) -> Appointment:
    given_fields: dict[str, Any] = {
        "uid": "1@treffpunkt.example",
        "sequence": 0,
        "stamp": WRITTEN,
        "starts_at": WRITTEN,
        "ends_at": WRITTEN,
        "summary": "Treffen",
        "location": "Schule",
        "description": "Text",
        "url": "https://treffpunkt.example/",
        "organizer": Mailbox(name="Kora", email="netzwerk@stadt.example"),
        "attendee": Mailbox(name="Anna", email="anna@betrieb.example"),
    }
    return Appointment(**given_fields | fields)


def properties(text: str) -> list[str]:
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    return sorted(event.keys())


@given(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
def test_calendars_cannot_be_added_to(
    summary: str, location: str, description: str, name: str
) -> None:
    given_text = calendars.write(
        appointment(
            summary=summary,
            location=location,
            description=description,
            attendee=Mailbox(name=name, email="anna@betrieb.example"),
        ),
        calendars.REQUEST,
    )

    assert properties(given_text) == properties(calendars.write(appointment(), calendars.REQUEST))
    assert all(len(line) <= 75 for line in given_text.encode().split(b"\r\n"))
    assert re.sub("\r\n", "", given_text).isprintable() or "\n" not in given_text.replace(
        "\r\n", ""
    )
    (event,) = Calendar.from_ical(given_text).walk("VEVENT")
    assert str(event["SUMMARY"]) == clean.lines(summary)
    assert str(event["ATTENDEE"]) == "mailto:anna@betrieb.example"


@settings(max_examples=40, deadline=None)
@given(ANYTHING, ANYTHING)
def test_names_are_text_in_mails(company: str, name: str) -> None:
    told = notices.confirmed(revision=1)
    told = replace(
        told,
        company=replace(told.company, name=company),
        contact=replace(told.contact, name=name),
        attendees=[replace(notices.CONTACT, name=name)],
    )
    claim = read_claim(json.loads(payload_json(told)))
    rendered = RENDERER.of_meeting(envelope(claim.contact.name), scene(claim))

    parsed = message_from_bytes(rendered.message, policy=policy.default)
    html = parsed.get_body(("html",)).get_content()  # type: ignore[union-attr, attr-defined]
    assert parsed.defects == []
    assert html.count("<script") == 0
    assert set(re.findall(r'href="(\w+):', html)) <= {"https", "mailto"}


def envelope(name: str) -> Envelope:
    return Envelope(
        key="k",
        kind="registration_confirmed",
        recipient="anna@betrieb.example",
        recipient_name=name,
        language="de",
        registration_id=notices.REGISTRATION,
        in_reply_to="",
        date=WRITTEN,
    )


def scene(claim: Any) -> Scene:
    return Scene(
        kind="registration_confirmed",
        now=WRITTEN,
        links=RENDERER.links,
        network=notices.sender(),
        meeting=notices.read(notices.published()),
        claim=claim,
        details={"sequence": 0},
    )


@given(st.from_regex(r"(https?://)?(www\.)?[a-z]{2,8}\.[a-z]{2,6}(/[a-z]*)?", fullmatch=True))
def test_names_that_look_like_addresses_are_no_links(name: str) -> None:
    shown = clean.name(f"Firma {name} GmbH")

    assert "://" not in shown
    assert not re.search(r"\w\.[a-z]{2,}", shown)


def test_ordinary_names_stay_as_they_are() -> None:
    for name in ("Müller & Söhne GmbH", "Dr. Ada Lovelace", "N. N.", "A. B. Zimmerei e. K."):
        assert clean.name(name) == name
