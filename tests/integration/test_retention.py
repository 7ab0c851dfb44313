"""The clock forgets people when nobody needs their names any more; what companies attended stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, text

from services.registration.domain.invitations import InvitedContact
from services.registration.models import Contact, Meeting, Registration
from services.registration.use_cases import invitations, retention
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import Person as Seat
from services.scheduling.models import RosterEntry, SecurityEvent
from services.scheduling.use_cases import security
from shared.clock import now
from shared.messaging.tables import inbox
from tests import canary
from tests.three_services import Town
from treffpunkt.backup.saving import save

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


def test_a_backup_after_the_clock_names_nobody(world: Town, tmp_path: Path) -> None:
    meeting = world.published()
    world.registered(meeting, Seat(canary.NAME))
    world.deliver()
    world.mail()
    world.make_past(meeting, days=91)
    assert backup(world, tmp_path / "before")

    world.later("forget_people", now())

    assert backup(world, tmp_path / "after") == set()


def backup(world: Town, file: Path) -> set[str]:
    """The parts of a backup made now that name her."""
    save(world.settings, file)
    return canary.in_backup(file)


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


def test_who_confirmed_and_signed_off_is_known_as_long_as_everybody_of_the_meeting(
    world: Town,
) -> None:
    meeting = world.published()
    registration = world.registered(meeting)
    with world.databases["registration"].transaction() as session:
        cancel(session, registration, now(), by=BY_CONTACT)
    world.deliver()
    world.mail()

    world.later("forget_people", now() + timedelta(days=8))

    for name, model in (("registration", Registration), ("scheduling", RosterEntry)):
        with world.databases[name].reading() as session:
            assert session.get_one(model, registration).contact_name == canary.NAME
    world.make_past(meeting, days=91)
    world.later("forget_people", now())
    assert world.traces() == set()


def test_one_night_forgets_all_contacts_that_nobody_needs(world: Town) -> None:
    database = world.databases["registration"]
    with database.transaction() as session:
        session.execute(
            text("""
            insert into company (id, name, name_key, sort_key, postcode, district, created_at)
            values (gen_random_uuid(), 'Dachdeckerei', 'dachdeckerei', 'dachdeckerei', '', '', now())
        """)
        )
        session.execute(
            text("""
            insert into contact (id, company_id, name, email, email_key, phone, created_at)
            select gen_random_uuid(), company.id, 'Kim', number || '@gmx.de', number || '@gmx.de', '',
                now() - interval '8 days'
            from company, generate_series(1, :more_than_a_batch) as number
        """),
            {"more_than_a_batch": retention.BATCH + 1},
        )

    world.later("forget_people", now())

    with database.reading() as session:
        assert session.scalars(select(Contact.email).distinct()).all() == [None]


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
