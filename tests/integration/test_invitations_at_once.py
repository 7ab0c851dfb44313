"""Answers to an invitation, sign-ups, lists and erasures at once: they take turns, and nobody is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.registration.app import create_app
from services.registration.domain.invitations import InvitedContact
from services.registration.models import Invitation, Meeting, Registration
from services.registration.use_cases import erasing
from services.registration.use_cases.invitation_answers import (
    Yes,
    open_invitation,
    say_no,
    say_yes,
)
from services.registration.use_cases.invitations import correct_invited_address, issue
from services.registration.use_cases.sign_up import Person
from shared.clock import now
from shared.database import Database
from shared.events.registration import ErasedSubject
from shared.events.scheduling import MeetingPublished
from shared.links import Links, LinkTarget
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_desk import Desk, open_desk
from tests.integration.registration_stories import HOLD, publish, sign
from tests.wait import wait_until

PETRA = InvitedContact("Ähre", "Petra Ähre", "petra@aehre.example")
AYSE = InvitedContact("Krüger", "Ayşe Demir", "a.demir@krueger.example")
CARLA = InvitedContact("Cadenza", "Carla Cordes", "carla@cadenza.example")
FORM = "/api/v1/registrations"
YES = Yes(people=(Person(PETRA.name),))


def ask(session: Session, meeting: MeetingPublished, *contacts: InvitedContact) -> list[Invitation]:
    asked = issue(session, session.get_one(Meeting, meeting.meeting_id), contacts, now=now())
    return list(asked.invitations)


def invited(database: Database, meeting: MeetingPublished) -> LinkTarget:
    with database.transaction() as session:
        (invitation,) = ask(session, meeting, PETRA)
        return LinkTarget(invitation.id, invitation.link_version)


def waiting(pool: ThreadPoolExecutor, database: Database, work: Callable[[], Any]) -> Future[Any]:
    """Begin *work* beside the open transaction, and return once it waits for one of its rows."""
    running = pool.submit(work)
    wait_until(lambda: running.done() or somebody_waits(database), within=10)
    return running


def somebody_waits(database: Database) -> bool:
    query = text(
        "select count(*) from pg_stat_activity"
        " where datname = current_database() and wait_event_type = 'Lock'"
    )
    with database.reading() as session:
        return bool(session.scalar(query))


def test_the_button_and_the_form_pressed_at_once_are_one_registration(
    registration_database: Database, settings: Settings
) -> None:
    database, meeting = registration_database, publish(registration_database)
    target = invited(database, meeting)
    body = form_of(meeting, target, settings)
    with browser(settings) as client, ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            open_invitation(session, target, lock=True)
            form = waiting(pool, database, lambda: client.post(FORM, json=body))
            said = say_yes(session, target, YES, hold=HOLD, now=now())
        assert (form.result().status_code, said.state) == (201, "confirmed")
    assert len(registrations(database)) == 1


def test_the_form_of_a_link_that_is_replaced_in_this_moment_registers_nobody(
    registration_database: Database, settings: Settings
) -> None:
    database, meeting = registration_database, publish(registration_database)
    target = invited(database, meeting)
    body = form_of(meeting, target, settings)
    with browser(settings) as client, ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            invitation = open_invitation(session, target, lock=True)
            form = waiting(pool, database, lambda: client.post(FORM, json=body))
            correct_invited_address(session, invitation, email=CARLA.email, now=now())
        assert form.result().status_code == 404
    assert not registrations(database)


def form_of(meeting: MeetingPublished, target: LinkTarget, settings: Settings) -> dict[str, Any]:
    """The sign-up of somebody who has the link."""
    return {
        "slot_id": str(meeting.slots[0].slot_id),
        "company": {"name": PETRA.company},
        "contact": {"name": PETRA.name, "email": PETRA.email},
        "attendees": [{"name": PETRA.name}],
        "consents": {"privacy": True},
        "invitation": Links(settings).token("invitation", target.id, target.version),
    }


def test_an_answer_and_an_erasure_at_once_take_turns(registration_database: Database) -> None:
    database, meeting = registration_database, publish(registration_database)
    target, done = invited(database, meeting), sign(database, meeting, email=PETRA.email)
    subjects = [
        ErasedSubject(kind=kind, subject_id=one, aggregate_id=one)
        for kind, one in (("registration", done.id), ("invitation", target.id))
    ]

    def erase() -> None:
        with database.transaction() as session:
            erasing.erase(session, subjects, now())

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            open_invitation(session, target, lock=True)
            erased = waiting(pool, database, erase)
            say_no(session, target, now=now())
        erased.result()
    (row,) = registrations(database)
    assert (row.state, row.email) == ("cancelled", None)


def test_a_correction_that_waits_for_an_answer_is_told_after_it(
    registration_database: Database, settings: Settings
) -> None:
    database, meeting = registration_database, publish(registration_database)
    target = invited(database, meeting)
    with open_desk(database, settings) as desk, ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            open_invitation(session, target, lock=True)
            corrected = waiting(
                pool, database, lambda: correct(desk, meeting, target, "p@a.example")
            )
            say_no(session, target, now=now())
        corrected.result()
        told = [
            (fact["revision"], fact["contact_email"]) for fact in desk.facts("InvitationIssued")
        ]
    assert told == [(1, PETRA.email), (3, "p@a.example")]


def test_two_invitations_corrected_to_one_address_at_once_keep_theirs_but_one(
    registration_database: Database, settings: Settings
) -> None:
    database, meeting = registration_database, publish(registration_database)
    with database.transaction() as session:
        petra, ayse = ask(session, meeting, PETRA, AYSE)
    with open_desk(database, settings) as desk, ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            first = session.get_one(Invitation, petra.id, with_for_update=True)
            correct_invited_address(session, first, email=CARLA.email, now=now())
            target = LinkTarget(ayse.id, 1)
            refused = waiting(
                pool, database, lambda: correct(desk, meeting, target, CARLA.email, status=422)
            )
        assert "This address has been invited already." in refused.result()


def correct(
    desk: Desk, meeting: MeetingPublished, target: LinkTarget, email: str, status: int = 303
) -> str:
    """By the page of a coordinator."""
    page = f"/coordination/meetings/{meeting.meeting_id}/invitations/{target.id}/address"
    desk.client.set_cookie("treffpunkt_language", "en")
    desk.get(page)
    return desk.post(page, status=status, email=email).text


def test_two_lists_with_the_same_addresses_take_turns(registration_database: Database) -> None:
    database, meeting = registration_database, publish(registration_database)

    def other_list() -> list[str]:
        with database.transaction() as session:
            return [one.email for one in ask(session, meeting, PETRA, AYSE, CARLA)]

    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            ask(session, meeting, AYSE)
            other = waiting(pool, database, other_list)
            ask(session, meeting, PETRA)
        assert other.result() == [CARLA.email]


def test_a_list_is_told_in_the_order_it_was_written(registration_database: Database) -> None:
    meeting = publish(registration_database)
    with registration_database.transaction() as session:
        asked = [one.email for one in ask(session, meeting, PETRA, AYSE)]
    assert asked == [PETRA.email, AYSE.email]


def registrations(database: Database) -> list[Registration]:
    with database.reading() as session:
        return list(session.scalars(select(Registration)))


@contextmanager
def browser(settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    app.extensions[EXTENSION].database.close()
