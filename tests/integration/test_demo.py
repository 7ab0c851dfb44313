"""The demo looks alive on any day, is made once, and writes to nobody who exists."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from sqlalchemy import func, select

from services.registration.domain.lifecycle import State
from services.registration.models import Company, Contact, Invitation, Registration, Slot
from shared.database import Database
from shared.settings import Settings
from treffpunkt import demo
from treffpunkt.demo import data, office


@pytest.fixture
def told(settings: Settings, scheduling_database: Database, registration_database: Database) -> str:
    """The demo, made once."""
    return demo.run(settings)


def test_the_demo_shows_registrations_in_every_state(
    told: str, registration_database: Database
) -> None:
    with registration_database.reading() as session:
        states = set(session.scalars(select(Registration.state)))
        answers = set(session.scalars(select(Invitation.answer)))
        hints = session.scalars(select(Registration.company_name).where(Registration.hint != ""))

        assert states == {str(state) for state in State}
        assert answers == {"", "yes", "no", "colleague"}
        assert list(hints) == ["Krüger Stahlbau GmbH"]


def test_a_second_run_makes_nothing_and_tells_the_same(
    told: str, settings: Settings, registration_database: Database
) -> None:
    def count() -> int:
        with registration_database.reading() as session:
            return session.scalar(select(func.count()).select_from(Registration)) or 0

    before = count()

    assert demo.run(settings) == told
    assert count() == before > 30
    assert data.LOGIN_EMAIL in told


def test_the_demo_writes_to_example_addresses_only(
    told: str, registration_database: Database
) -> None:
    with registration_database.reading() as session:
        addresses = session.scalars(select(Contact.email).where(Contact.email.is_not(None))).all()

    assert addresses
    assert all(address and address.endswith(".example") for address in addresses)


def test_a_company_signed_up_by_telephone_has_one_contact(
    told: str, registration_database: Database
) -> None:
    with registration_database.reading() as session:
        contacts = session.scalars(
            select(func.count(Contact.id))
            .join(Company, Company.id == Contact.company_id)
            .where(Company.name == data.FIRMS[16].name)
        ).one()

    assert contacts == 1


def test_seats_of_the_demo_add_up(told: str, registration_database: Database) -> None:
    with registration_database.reading() as session:
        counted = dict(
            session.execute(
                select(Registration.slot_id, func.sum(Registration.seats))
                .where(Registration.state.in_(["held", "confirmed"]))
                .group_by(Registration.slot_id)
            ).all()
        )
        taken = {slot.id: slot.taken for slot in session.scalars(select(Slot)) if slot.taken}

    assert counted == taken


@pytest.mark.parametrize("month", range(1, 13))
def test_the_demo_meets_on_working_tuesdays(month: int) -> None:
    moment = datetime(2026, month, 11, tzinfo=UTC)

    days = [office.tuesday(moment, wait, time(15)) for *_, wait in data.SERIES]

    assert all(day.weekday() == office.TUESDAY for day in days)
    assert all((day.month, day.day) not in office.FREE_DAYS for day in days)
