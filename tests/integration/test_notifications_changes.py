"""A changed registration becomes mails: to those who come, and to those who have lost the date."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from services.notifications.models import Mail
from services.notifications.use_cases.emptying import Chosen, empty_words
from shared.database import Database
from shared.events import registration
from tests import notices
from tests.notices import Desk

RIGHT = registration.Contact(
    contact_id=notices.REGISTRATION, name="Anna Ampel", email="neu@betrieb.example", phone=""
)


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database)


def test_replaced_attendee_loses_the_date_and_the_new_one_gets_it(desk: Desk) -> None:
    clara = registration.Attendee(
        attendee_id=notices.INVITATION,
        name="Clara",
        email="clara@betrieb.example",
        link_version=1,
        is_contact=False,
    )
    first = notices.confirmed()
    replaced = notices.registration_changed(
        "attendees", attendees=[notices.CONTACT, clara], removed_attendees=[notices.COLLEAGUE]
    )

    desk.opened().hear(first, replaced)

    assert desk.kinds()[2:] == [
        ("registration_changed", "berta"),
        ("registration_changed", "anna"),
        ("registration_confirmed", "clara"),
    ]
    gone, contact, new = desk.mails()[2:]
    assert (gone.details["method"], gone.details["sequence"]) == ("CANCEL", 1)
    assert (contact.details["method"], contact.details["sequence"]) == ("REQUEST", 1)
    assert (new.details["method"], new.details["sequence"]) == ("REQUEST", 0)


def test_another_name_at_the_same_address_is_told_with_a_newer_entry(desk: Desk) -> None:
    renamed = replace(notices.COLLEAGUE, name="Carla Corso")

    desk.opened().hear(
        notices.confirmed(),
        notices.registration_changed("attendees", attendees=[notices.CONTACT, renamed]),
    )

    assert desk.kinds()[2:] == [("registration_changed", "anna"), ("registration_changed", "berta")]
    (_contact, mail) = desk.mails()[2:]
    assert (mail.details["method"], mail.details["sequence"]) == ("REQUEST", 1)
    assert mail.person == str(notices.COLLEAGUE.attendee_id)


def test_an_address_that_had_the_date_loses_it_when_it_is_corrected(desk: Desk) -> None:
    desk.opened().hear(
        notices.confirmed(), notices.registration_changed("address", contact=RIGHT, link_version=2)
    )

    former, contact = desk.mails()[2:]
    assert (former.recipient, former.recipient_name) == ("anna@betrieb.example", "")
    assert (former.details["method"], former.details["sequence"]) == ("CANCEL", 1)
    assert contact.recipient == "neu@betrieb.example"
    assert (contact.details["method"], contact.details["sequence"]) == ("REQUEST", 2)


def test_an_address_without_the_date_is_not_written_to_any_more(desk: Desk) -> None:
    desk.opened().hear(
        notices.waitlisted(),
        notices.registered(
            registration.RegistrationChanged,
            "waitlisted",
            previous_state="waitlisted",
            changes=["address"],
            removed_attendees=[],
            contact=RIGHT,
        ),
    )

    assert desk.kinds() == [("waitlisted", "anna"), ("registration_changed", "neu")]


def test_an_address_that_refused_the_date_is_not_written_to_again(desk: Desk) -> None:
    desk.opened().hear(notices.confirmed())
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(state="failed"))

    desk.hear(notices.registration_changed("address", contact=RIGHT, link_version=2))

    assert desk.kinds()[2:] == [("registration_changed", "neu")]


def test_whoever_keeps_a_seat_and_not_the_address_does_not_hear_that_it_is_gone(desk: Desk) -> None:
    carried = replace(notices.COLLEAGUE, email=None, link_version=2)

    desk.opened().hear(
        notices.confirmed(),
        notices.registration_changed("attendees", attendees=[notices.CONTACT, carried]),
    )

    (former, _contact) = desk.mails()[2:]
    assert (former.recipient, former.details["method"]) == ("berta@betrieb.example", "CANCEL")
    assert (former.details["former_address"], "removed" in former.details) == (True, False)


def test_whoever_becomes_the_contact_has_one_date_and_is_not_told_to_expect_nothing(
    desk: Desk,
) -> None:
    berta = replace(RIGHT, email=notices.COLLEAGUE.email)

    desk.opened().hear(
        notices.confirmed(),
        notices.registration_changed("address", contact=berta, link_version=2),
    )

    mails = [mail for mail in desk.mails()[2:] if mail.recipient == notices.COLLEAGUE.email]
    assert [mail.details["method"] for mail in mails] == ["CANCEL", "REQUEST"]
    assert mails[0].details["with_contact"] is True


def test_the_contact_reads_who_is_new_gone_or_reached_otherwise(desk: Desk) -> None:
    moved = replace(
        notices.COLLEAGUE, attendee_id=notices.INVITATION, email="b.bruecke@betrieb.example"
    )
    renamed = replace(notices.CONTACT, name="Anna Amsel")
    jonas = replace(notices.CONTACT, attendee_id=notices.MEETING, name="Jonas", is_contact=False)
    mara = replace(jonas, attendee_id=notices.NETWORK, name="Mara")

    desk.opened().hear(
        notices.confirmed(seats=3, attendees=[notices.CONTACT, notices.COLLEAGUE, jonas]),
        notices.registration_changed("attendees", seats=3, attendees=[renamed, moved, mara]),
    )

    (mail,) = (mail for mail in desk.mails("registration_changed") if mail.person == "contact")
    assert mail.details["people"] == {
        "added": [["Mara"]],
        "removed": [["Jonas"]],
        "renamed": [["Anna Ampel", "Anna Amsel"]],
        "moved": [["Berta Brücke", "b.bruecke@betrieb.example"]],
    }


def test_mails_about_somebody_erased_keep_no_change_of_names(desk: Desk) -> None:
    renamed = replace(notices.COLLEAGUE, name="Carla Corso")
    desk.opened().hear(
        notices.confirmed(),
        notices.registration_changed("attendees", attendees=[notices.CONTACT, renamed]),
    )

    with desk.database.transaction() as session:
        empty_words(session, Chosen(registrations=[notices.REGISTRATION]))

    assert ["people" in mail.details for mail in desk.mails("registration_changed")] == [False] * 2
