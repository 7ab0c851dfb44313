"""Mails as they arrive: headers, equal text and HTML, languages, reminders, the log, tickets."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import now
from tests import factories
from tests.mails import Mail, wait_for_mail
from tests.office import Office

MAILS = "/notifications/api/v1/mails"


@pytest.fixture(scope="module")
def registered(office: Office) -> tuple[dict[str, Any], str, Mail]:
    """A meeting, a confirmed address, and its confirmation."""
    meeting, email = office.published(), factories.address()
    office.registered(meeting, email=email)
    return meeting, email, office.mail("registration_confirmed", email)


Registered = tuple[dict[str, Any], str, Mail]


def test_machines_know_that_a_machine_wrote(registered: Registered) -> None:
    _meeting, _email, mail = registered

    assert mail.header("Auto-Submitted").startswith("auto-")
    assert re.fullmatch(r"<[^<>\s@]+@[^<>\s@]+>", mail.header("Message-ID"))
    assert mail.header("Date")


def test_replies_reach_the_network(registered: Registered) -> None:
    _meeting, _email, mail = registered

    assert "netzwerk@stadt.example" in mail.header("Reply-To")
    assert "netzwerk@stadt.example" in str(mail.entry.event["ORGANIZER"])
    assert "0100" in mail.text


def test_mails_of_a_registration_form_a_thread(office: Office, registered: Registered) -> None:
    _meeting, email, mail = registered

    asked = office.mail("confirm_address", email)

    assert set(mail.header("References").split()) & {
        asked.header("Message-ID"),
        *asked.header("References").split(),
    }


def test_text_and_html_say_the_same(registered: Registered) -> None:
    meeting, _email, mail = registered

    for said in (
        meeting["title"],
        "Hauptschule Kley",
        "15:00",
        "Kleyer Weg 1",
        "Aula",
        "Eva Expertin",
    ):
        assert said in mail.text
        assert said in mail.html
    assert set(mail.links) <= set(
        re.findall(r"https?://[^\s<>\"]+", mail.html.replace("&amp;", "&"))
    )


def test_nothing_in_a_mail_is_loaded_from_elsewhere(registered: Registered) -> None:
    _meeting, _email, mail = registered

    assert (
        re.findall(r"""<(?:img|script|link|iframe)[^>]+(?:src|href)=["'](?!cid:)""", mail.html)
        == []
    )


def test_the_subject_carries_the_facts(registered: Registered) -> None:
    _meeting, _email, mail = registered

    assert "15" in mail.subject
    assert "2 Plätze" in mail.subject


def test_the_calendar_entry_is_accepted_already(registered: Registered) -> None:
    meeting, email, mail = registered
    event = mail.entry.event
    attendee = event["ATTENDEE"]

    assert str(attendee).lower() == f"mailto:{email}"
    assert attendee.params["PARTSTAT"] == "ACCEPTED"
    assert attendee.params["RSVP"] == "FALSE"
    assert event.start == factories.utc(meeting["starts_at"])
    assert "Hauptschule Kley" in str(event["LOCATION"])


def test_the_calendar_part_names_its_method(registered: Registered) -> None:
    _meeting, _email, mail = registered

    assert mail.invitation.get_param("method") == "REQUEST"
    assert mail.attachment.get_filename().endswith(".ics")  # type: ignore[union-attr]


def test_mails_speak_the_language_of_the_registrant(office: Office) -> None:
    email = factories.address("annie")
    office.registered(office.published(), email=email, language="en")

    mail = office.mail("registration_confirmed", email)

    assert "2 seats" in mail.subject
    assert "Uhr" not in mail.text
    assert 'lang="en"' in mail.html


def test_names_cannot_write_headers_or_html(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    nasty = "<b onclick='x'>Böse & {{ 7000*7000 }} %s =?utf-8?q?x?="
    office.registered(
        meeting,
        email=email,
        contact={"name": nasty, "email": email},
        attendees=[{"name": nasty, "email": email}],
        company={"name": nasty, "postcode": "44369"},
    )

    mail = office.mail("registration_confirmed", email)

    assert "<b onclick" not in mail.html
    assert "49000000" not in mail.subject + mail.html
    assert mail.message.defects == []


def test_the_log_shows_what_went_to_whom(office: Office, registered: Registered) -> None:
    _meeting, email, mail = registered

    listed = office.coordinator.get(MAILS, registration_id=mail.registration).expect(200)

    assert {line["kind"] for line in listed} == {"confirm_address", "registration_confirmed"}
    (line,) = [line for line in listed if line["kind"] == "registration_confirmed"]
    assert (line["recipient"], line["state"]) == (email, "sent")
    assert line["message_id"] == mail.header("Message-ID")
    assert line["subject"] == mail.subject
    assert line["attempts"] == 1
    assert line["sent_at"] >= line["created_at"]


def test_the_log_is_sifted_by_kind_and_state(office: Office, registered: Registered) -> None:
    _meeting, _email, mail = registered

    by_kind = {"registration_id": mail.registration, "kind": "confirm_address"}
    assert len(office.coordinator.get(MAILS, **by_kind).expect(200)) == 1
    by_state = {"registration_id": mail.registration, "state": "failed"}
    assert office.coordinator.get(MAILS, **by_state).expect(200) == []


def reminders(meeting: dict[str, Any]) -> str:
    return f"/notifications/api/v1/meetings/{meeting['id']}/reminders"


def test_by_default_reminders_go_a_week_and_a_day_before(office: Office) -> None:
    meeting = office.published()

    rules = office.coordinator.get(reminders(meeting)).expect(200)["rules"]

    assert sorted((r["offset_minutes"], r["relative_to"]) for r in rules) == [
        (-10080, "start"),
        (-1440, "start"),
    ]


def test_reminder_rules_are_replaced_as_a_whole(office: Office) -> None:
    meeting = office.published()
    rule = office.coordinator.get(reminders(meeting)).expect(200)["rules"][0] | {
        "offset_minutes": -120
    }
    wanted = {key: rule[key] for key in ("offset_minutes", "relative_to", "audience")}

    office.coordinator.put(reminders(meeting), {"rules": [wanted]}).expect(200)

    rules = office.coordinator.get(reminders(meeting)).expect(200)["rules"]
    assert [{key: r[key] for key in wanted} for r in rules] == [wanted]


@pytest.mark.parametrize(
    "rule",
    [
        {"offset_minutes": "soon"},
        {"offset_minutes": 10**12},
        {"relative_to": "lunch"},
        {"audience": "world"},
    ],
)
def test_impossible_reminder_rules_are_refused(office: Office, rule: dict[str, Any]) -> None:
    meeting = office.published()
    good = office.coordinator.get(reminders(meeting)).expect(200)["rules"][0]
    good = {key: good[key] for key in ("offset_minutes", "relative_to", "audience")}

    assert office.coordinator.put(reminders(meeting), {"rules": [good | rule]}).status == 422


def test_a_reminder_arrives_when_it_is_due(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    office.registered(meeting, email=email)
    office.mail("registration_confirmed", email)
    default = office.coordinator.get(reminders(meeting)).expect(200)["rules"][0]
    rule = {key: default[key] for key in ("relative_to", "audience")}
    rule |= {"relative_to": "start", "offset_minutes": minutes_until(meeting)}

    office.coordinator.put(reminders(meeting), {"rules": [rule]}).expect(200)

    assert "Verhindert" in wait_for_mail(office.mailbox, "reminder", email, within=110).text


def minutes_until(meeting: dict[str, Any]) -> int:
    """The offset of a rule that is due within the next minute."""
    left = factories.utc(meeting["starts_at"]) - now()
    return -int(left / timedelta(minutes=1))


def test_a_ticket_checks_one_person_in(office: Office, registered: Registered) -> None:
    meeting, _email, mail = registered
    tickets = sorted({link.rpartition("/")[2] for link in mail.links if "/check-in/" in link})
    assert tickets

    office.coordinator.post("/api/v1/check-ins", {"ticket": tickets[0]}).expect(200, 201)
    office.coordinator.post("/api/v1/check-ins", {"ticket": tickets[0]}).expect(200, 201, 409)

    entry = office.on_roster(meeting["id"], mail.registration)
    assert entry


@pytest.mark.parametrize("ticket", ["x", "A" * 46, ""])
def test_made_up_tickets_check_nobody_in(office: Office, ticket: str) -> None:
    assert office.coordinator.post("/api/v1/check-ins", {"ticket": ticket}).status in {404, 422}


def test_only_coordinators_check_in(office: Office, registered: Registered) -> None:
    office.public.post("/api/v1/check-ins", {"ticket": "x"}).problem(401)
