"""Addresses that refuse their mail: who has to know, and until when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select

from services.registration.models import FailingAddress
from services.registration.periodic import expire_holds
from services.registration.use_cases.addresses import correct_by_coordinator
from services.registration.use_cases.confirmation import confirm_link
from services.registration.use_cases.mails import keep_failure
from services.registration.use_cases.sign_up import Person, SignedUp
from shared.clock import now
from shared.database import Database
from shared.events.notifications import MailFailed
from shared.identifiers import new_id
from shared.settings import Settings
from tests.integration.registration_desk import Desk, open_desk
from tests.integration.registration_stories import HOLD, confirmed, publish, sign

WRONG = "kym@gmx.example"
RIGHT = "kim@gmx.example"
COLLEAGUE = Person("Rita Kollegin", "Rita@gmx.example")


@pytest.fixture
def desk(registration_database: Database, settings: Settings) -> Iterator[Desk]:
    """The desk of an admin."""
    with open_desk(registration_database, settings) as desk:
        yield desk


def fail(database: Database, done: SignedUp, recipient: str) -> None:
    """Hear that a mail about the sign-up was refused."""
    fact = MailFailed(
        revision=1,
        mail_id=new_id(),
        kind="confirm_address",
        recipient=recipient,
        registration_id=done.id,
        invitation_id=None,
        failed_at=now(),
    )
    with database.transaction() as session:
        keep_failure(session, fact)


def failing(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(FailingAddress.email_key)))


def correct(database: Database, done: SignedUp) -> None:
    with database.transaction() as session:
        correct_by_coordinator(session, done.id, RIGHT, now(), hold=HOLD)


@pytest.mark.parametrize(
    "meeting", [{}, {"seats_per_company": 2}, {"approval": True}, {"capacity": 1}]
)
def test_the_link_of_a_mail_proves_that_mail_arrives(
    registration_database: Database, meeting: dict[str, Any]
) -> None:
    planned = publish(registration_database, **meeting)
    if meeting == {"capacity": 1}:
        sign(registration_database, planned)
    done = sign(registration_database, planned, email="Kim@gmx.example")
    fail(registration_database, done, "Kim@gmx.example")
    fail(registration_database, done, "somebody@gmx.example")

    confirm_link(registration_database, done.id, 1, now())

    assert failing(registration_database) == ["somebody@gmx.example"]


def test_a_late_link_proves_it_too(registration_database: Database) -> None:
    done = sign(registration_database, publish(registration_database), email=RIGHT, at=now() - HOLD)
    expire_holds(registration_database, now())
    fail(registration_database, done, RIGHT)

    confirm_link(registration_database, done.id, 1, now())

    assert failing(registration_database) == []


def test_a_failure_heard_of_after_the_correction_is_nobody_s_task(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database), email=WRONG)
    fail(desk.database, done, WRONG)
    assert f"{WRONG} was refused" in english(desk)

    correct(desk.database, done)
    fail(desk.database, done, WRONG)

    assert "was refused" not in english(desk)


def test_the_address_of_somebody_else_on_a_seat_is_named_as_hers(desk: Desk) -> None:
    people = (Person("Kim Beispiel", RIGHT), COLLEAGUE)
    done = sign(desk.database, publish(desk.database), email=RIGHT, attendees=people)
    confirmed(desk.database, done)
    fail(desk.database, done, "Rita@gmx.example")

    page = english(desk)

    assert "Mail to Rita Kollegin does not arrive" in page
    assert "rita@gmx.example was refused" in page
    assert f'href="/coordination/registrations/{done.id}"' in page


def english(desk: Desk) -> str:
    desk.client.set_cookie("treffpunkt_language", "en")
    return desk.get("/coordination/")
