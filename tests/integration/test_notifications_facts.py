"""Facts become mails: the right ones, to the right people, once, in any order."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.notifications.domain.letters import differences
from shared.database import Database
from shared.events import registration, scheduling
from shared.events.envelope import Fact
from shared.identifiers import new_id
from tests import notices
from tests.notices import Desk

BOTH = ["anna", "berta"]


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database)


def test_sign_up_is_asked_for_and_confirmed(desk: Desk) -> None:
    desk.opened().hear(notices.held(), notices.confirmed())

    assert desk.kinds() == [
        ("confirm_address", "anna"),
        ("registration_confirmed", "anna"),
        ("registration_confirmed", "berta"),
    ]


def test_a_fact_told_twice_makes_one_mail(desk: Desk) -> None:
    desk.opened()
    envelope = notices.envelope_of(notices.held())

    desk.hear_envelope(envelope)
    desk.hear_envelope(envelope)

    assert desk.kinds() == [("confirm_address", "anna")]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_order_of_facts_swallows_and_doubles_nothing(desk: Desk, order: tuple[int, ...]) -> None:
    facts: list[Fact] = [
        notices.held(),
        notices.confirmed(),
        notices.registration_changed("seats", seats=3),
    ]

    desk.opened().hear(*(facts[index] for index in order))

    assert sorted(desk.kinds()) == [
        ("confirm_address", "anna"),
        ("registration_changed", "anna"),
        ("registration_confirmed", "anna"),
        ("registration_confirmed", "berta"),
    ]


def test_mails_wait_for_their_meeting(desk: Desk) -> None:
    desk.hear(notices.network(), notices.held())
    assert [mail.ready for mail in desk.mails()] == [False]

    desk.hear(notices.published())

    assert [mail.ready for mail in desk.mails()] == [True]


def test_mails_wait_for_their_network(desk: Desk) -> None:
    desk.hear(notices.published(), notices.held())
    assert [mail.ready for mail in desk.mails()] == [False]

    desk.hear(notices.network())

    assert [mail.ready for mail in desk.mails()] == [True]


def test_waitlist_is_told_once(desk: Desk) -> None:
    first = notices.waitlisted()
    verified = notices.waitlisted(previous_state="waitlisted", verified_at=notices.starts_at())

    desk.opened().hear(first, verified)

    assert desk.kinds() == [("waitlisted", "anna")]


def test_whoever_asks_for_the_link_gets_it_each_time(desk: Desk) -> None:
    first = notices.held()
    again = [
        notices.registered(
            registration.LinkRequested, "held", revision=first.revision, reason="asked"
        )
        for _ in range(2)
    ]

    desk.opened().hear(first, *again)

    assert desk.kinds() == [("confirm_address", "anna")] * 3


def test_whoever_signs_up_again_gets_the_manage_link(desk: Desk) -> None:
    first = notices.confirmed()
    repeated = notices.registered(registration.LinkRequested, "confirmed", reason="repeated")

    desk.opened().hear(first, repeated)

    assert desk.kinds()[-1] == ("already_registered", "anna")


def test_meeting_change_is_told_once_to_each_person(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))
    desk.opened().hear(notices.confirmed(), moved)

    mails = desk.mails("meeting_changed")

    assert [mail.recipient.partition("@")[0] for mail in mails] == BOTH
    assert [mail.details["fields"] for mail in mails] == [["time"], ["time"]]
    assert [mail.details["sequence"] for mail in mails] == [1, 1]


def test_held_people_hear_of_a_change_without_a_calendar(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))
    desk.opened().hear(notices.held(), moved)

    (mail,) = desk.mails("meeting_changed")

    assert "sequence" not in mail.details


@pytest.mark.parametrize(
    "sign_up", [notices.held, notices.waitlisted, notices.confirmed], ids=lambda f: f.__name__
)
def test_whoever_signed_up_before_a_move_that_was_heard_first_is_told_too(
    desk: Desk, sign_up: Any
) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))
    desk.opened().hear(notices.published(revision=1), moved, sign_up(meeting_revision=1))

    (mail,) = desk.mails("meeting_changed")

    assert (mail.recipient, mail.details["fields"]) == ("anna@betrieb.example", ["time"])
    assert mail.details["before"]["starts_at"] == notices.starts_at().isoformat()


def test_a_move_that_is_told_again_after_the_sign_up_makes_no_second_mail(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))
    early = notices.held(meeting_revision=1)
    desk.opened().hear(notices.published(revision=1), moved, early, moved)
    desk.hear(notices.registered(registration.LinkRequested, "held", meeting_revision=1))

    assert len(desk.mails("meeting_changed")) == 1


def test_whoever_saw_the_new_date_is_told_nothing(desk: Desk) -> None:
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))

    desk.opened().hear(moved, notices.held(meeting_revision=moved.revision))

    assert desk.mails("meeting_changed") == []


def test_two_moves_heard_backwards_are_told_with_what_was_seen(desk: Desk) -> None:
    first = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))
    second = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=14))
    early = notices.held(meeting_revision=first.revision)
    desk.opened().hear(second, first, early)

    (mail,) = desk.mails("meeting_changed")

    assert mail.details["before"]["starts_at"] == first.starts_at.isoformat()


def test_additional_seats_that_wait_are_told_with_their_registration(desk: Desk) -> None:
    more = notices.waitlisted(registration_id=new_id(), linked_to=notices.REGISTRATION)
    moved = notices.changed("starts_at", start=notices.starts_at() + timedelta(days=7))

    desk.opened().hear(notices.confirmed(), more, moved, notices.meeting_cancelled())

    assert {mail.registration_id for mail in desk.mails("meeting_changed")} == {
        notices.REGISTRATION
    }
    assert {mail.registration_id for mail in desk.mails("meeting_cancelled")} == {
        notices.REGISTRATION
    }


def test_news_overtaken_by_a_later_edit_are_told(desk: Desk) -> None:
    news = notices.changed("description", tell=True)
    later = notices.changed("title", title="Neu")

    desk.opened().hear(notices.held(), later, news)

    assert len(desk.mails("meeting_changed")) == 1


def test_a_corrected_address_overtaken_by_a_later_edit_is_told(desk: Desk) -> None:
    school = notices.venue(street="Kleyer Weg 10")
    corrected = notices.changed("venue", venue=school, tell=True)
    later = notices.changed("title", title="Neu", venue=school)

    desk.opened().hear(notices.held(), later, corrected)

    (mail,) = desk.mails("meeting_changed")
    assert mail.details["fields"] == ["place"]


def test_text_edits_are_silent_unless_told(desk: Desk) -> None:
    desk.opened().hear(notices.confirmed(), notices.changed("title", title="Neu"))
    assert desk.mails("meeting_changed") == []

    desk.hear(notices.changed("title", title="Neuer", tell=True))

    assert len(desk.mails("meeting_changed")) == 2
    assert all("sequence" not in mail.details for mail in desk.mails("meeting_changed"))


def test_news_know_what_people_knew(desk: Desk) -> None:
    begin = notices.starts_at()
    told = notices.published(start=begin, focus_topic="Übergang")
    desk.hear(notices.network(), told, notices.confirmed())

    desk.hear(notices.changed("focus_topic", start=begin, tell=True))

    meeting = notices.read(notices.published(start=begin))
    for mail in desk.mails("meeting_changed"):
        rows = differences.rows(meeting, mail.details["before"])
        assert [(row.old, row.new) for row in rows] == [("Übergang", "Praktika")]


def test_overtaken_change_is_told_with_the_later_one(desk: Desk) -> None:
    begin = notices.starts_at() + timedelta(days=7)
    earlier = notices.changed("starts_at", start=begin)
    later = notices.changed("room", start=begin, venue=notices.venue(room="Mensa"))

    desk.opened().hear(notices.confirmed(), later, earlier)

    assert [m.details["fields"] for m in desk.mails("meeting_changed")] == [["time", "room"]] * 2


CANCELLED: list[list[str]] = [["meeting", "registration"], ["registration", "meeting"]]


@pytest.mark.parametrize("order", CANCELLED)
def test_cancelled_meeting_is_told_once_whoever_tells_first(desk: Desk, order: list[str]) -> None:
    first = notices.confirmed()
    facts: dict[str, Any] = {
        "meeting": notices.meeting_cancelled(),
        "registration": notices.registration_cancelled(reason="meeting_cancelled"),
    }

    desk.opened().hear(first, *(facts[name] for name in order))

    mails = desk.mails("meeting_cancelled")
    assert [mail.recipient.partition("@")[0] for mail in mails] == BOTH
    assert [mail.details["method"] for mail in mails] == ["CANCEL", "CANCEL"]
    assert [mail.details["sequence"] for mail in mails] == [1, 1]
    assert desk.mails("registration_cancelled") == []


def test_nobody_without_an_address_is_written_to(desk: Desk) -> None:
    nobody = registration.Contact(
        contact_id=notices.REGISTRATION, name="Tel Efon", email=None, phone="0231"
    )

    desk.opened().hear(notices.confirmed(contact=nobody, attendees=[notices.CONTACT]))

    assert desk.mails() == []


def test_invitation_and_its_reminder_are_two_mails(desk: Desk) -> None:
    desk.opened().hear(notices.invited(), notices.invited(reminder_number=1))

    assert desk.kinds() == [("invitation", "gerda")] * 2


def link_requested(**fields: Any) -> scheduling.PasswordLinkRequested:
    given: dict[str, Any] = {
        "revision": 2,
        "coordinator_id": notices.COORDINATOR,
        "name": "Kora Dinator",
        "email": "kora@stadt.example",
        "language": "de",
        "purpose": "reset",
        "token": "AAAAAAAAAAAAAAAAAAAABg1.AAAAAAAAAAAAAAAAAAAAAA",
        "expires_at": notices.starts_at(),
    }
    return scheduling.PasswordLinkRequested(**given | fields)


def test_a_password_link_is_mailed_as_scheduling_made_it(desk: Desk) -> None:
    desk.hear(link_requested())

    (mail,) = desk.mails("password_link")
    assert (mail.state, mail.details["token"]) == ("queued", link_requested().token)


def coordinator(role: str, networks: list[UUID]) -> scheduling.CoordinatorSaved:
    return scheduling.CoordinatorSaved(
        revision=1,
        coordinator_id=notices.COORDINATOR,
        name="Kora Dinator",
        email="kora@stadt.example",
        role=role,
        network_ids=networks,
        active=True,
        epoch=1,
        revoked_token_ids=[],
    )


@pytest.mark.parametrize(
    ("role", "networks"), [("coordinator", [notices.NETWORK]), ("admin", []), ("viewer", [])]
)
def test_a_password_link_says_whom_to_ask(desk: Desk, role: str, networks: list[UUID]) -> None:
    desk.opened().hear(coordinator(role, networks), link_requested())

    (mail,) = desk.mails("password_link")
    network = mail.details["network"] or {}
    knows = role == "admin" or bool(networks)
    assert network.get("contact_phone") == ("+49 231 555 0100" if knows else None)


def test_a_password_link_of_before_the_token_travelled_is_not_mailed(desk: Desk) -> None:
    envelope = notices.envelope_of(link_requested())
    payload = {key: value for key, value in envelope.payload.items() if key != "token"}

    desk.hear_envelope(replace(envelope, version=1, payload=payload | {"link_version": 1}))

    (mail,) = desk.mails("password_link")
    assert (mail.state, mail.smtp_text) == ("suppressed", "its link ended with an update")
