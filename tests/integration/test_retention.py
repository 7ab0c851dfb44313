"""The clock forgets people when nobody needs their names any more; what companies attended stays."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, text

from services.registration.models import Contact, Registration
from services.registration.use_cases import retention
from services.registration.use_cases.sign_up import Person as Seat
from services.scheduling.models import SecurityEvent
from services.scheduling.use_cases import security
from shared.clock import now
from tests import canary
from tests.three_services import Town
from treffpunkt.backup.saving import save

COLLEAGUE = Seat("Berta Brücke", "berta@betrieb.example")


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
