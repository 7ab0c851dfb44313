"""The clock forgets people when nobody needs their names any more; what companies attended stays."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from services.registration.domain.invitations import InvitedContact
from services.registration.models import Meeting, Registration
from services.registration.use_cases import invitations
from services.registration.use_cases.sign_up import Person as Seat
from services.scheduling.models import SecurityEvent
from services.scheduling.use_cases import security
from shared.clock import now
from shared.messaging.tables import inbox
from tests import canary
from tests.three_services import Town

COLLEAGUE = Seat("Berta Brücke", "berta@betrieb.example")
GUEST = "k.vogelsang@dachdecker.example"  # another address of the canary


def test_the_clock_forgets_people_and_keeps_what_companies_attended(world: Town) -> None:
    meeting = world.published()
    registration = world.registered(meeting, Seat(canary.NAME), COLLEAGUE)
    world.deliver()
    world.mail()
    world.make_past(meeting, days=89)
    world.later("forget_people", now())
    assert world.traces()

    world.make_past(meeting, days=91)
    world.later("forget_people", now())

    assert world.traces() == set()
    assert world.seats(meeting) == (2, 2)
    with world.databases["registration"].reading() as session:
        kept = session.get_one(Registration, registration)
    assert (kept.company_name, kept.state, kept.seats) == ("Dachdeckerei Kowalski", "confirmed", 2)


def test_the_clock_empties_what_was_never_delivered(world: Town) -> None:
    meeting = world.published()
    world.away = {"scheduling", "notifications"}
    world.registered(meeting)
    world.make_past(meeting, days=91)

    world.later("forget_people", now())

    assert world.traces() == set()


def test_unconfirmed_sign_ups_are_forgotten_after_seven_days(world: Town) -> None:
    done = world.sign_up(world.published())
    world.deliver()
    world.mail()
    world.later("expire_holds", now() + timedelta(days=3))
    world.deliver()
    world.later("forget_people", now() + timedelta(days=6))
    assert world.traces()

    world.later("forget_people", now() + timedelta(days=8))

    assert world.traces() == set()
    with world.databases["registration"].reading() as session:
        assert session.get_one(Registration, done.id).state == "expired"


def failures_told(world: Town) -> int:
    """Of how many mails registration has heard that they were refused."""
    query = select(inbox.c.event_id).where(inbox.c.name == "MailFailed")
    with world.databases["registration"].reading() as session:
        return len(session.scalars(query).all())


def test_an_unconfirmed_address_that_refused_its_mail_is_forgotten_with_it(world: Town) -> None:
    world.sink.unknown.add(canary.EMAIL)
    world.sign_up(world.published())
    world.deliver()
    world.mail()
    world.deliver()
    assert failures_told(world) == 1
    world.later("expire_holds", now() + timedelta(days=3))
    world.deliver()

    world.later("forget_people", now() + timedelta(days=8))

    assert world.traces() == set()


def test_addresses_that_refused_mails_about_a_meeting_are_forgotten_after_it(world: Town) -> None:
    world.sink.unknown |= {canary.EMAIL, GUEST}
    meeting = world.published()
    world.registered(meeting)
    asked = InvitedContact(company="Dachdeckerei", name=canary.NAME, email=GUEST)
    with world.databases["registration"].transaction() as session:
        invitations.issue(
            session, session.get_one(Meeting, UUID(meeting["id"])), [asked], now=now()
        )
    world.deliver()
    world.mail()
    world.deliver()
    assert failures_told(world) == 2

    world.make_past(meeting, days=91)
    world.later("forget_people", now())

    assert world.traces() == set()


def test_the_security_log_ends_after_thirty_days(world: Town) -> None:
    database = world.databases["scheduling"]
    with database.transaction() as session:
        security.note(session, security.SIGNED_IN, place="192.0.2.0/24")
        session.flush()
        session.add(
            SecurityEvent(
                at=now() - timedelta(days=31), kind=security.REFUSED, place="192.0.2.0/24"
            )
        )

    world.later("forget_people", now())

    with database.reading() as session:
        assert session.scalars(select(SecurityEvent.kind)).all() == [security.SIGNED_IN]
