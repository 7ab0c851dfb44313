"""Who is recognised, whose links end, what a late answer finds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services.registration.periodic import expire_holds
from services.registration.use_cases.addresses import correct_by_coordinator, correct_own
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import SignedUp
from services.registration.worker import SERVICE
from shared.clock import now
from shared.database import Database
from tests.hearing import hear_own
from tests.integration.registration_stories import (
    HOLD,
    claim,
    confirmed,
    facts,
    publish,
    sign,
    slot_of,
)
from tests.judging import adds_up


@pytest.fixture
def database(registration_database: Database) -> Database:
    """The database of registration, checked to add up afterwards."""
    return registration_database


def test_a_company_is_known_by_contact_by_domain_and_by_name(database: Database) -> None:
    meeting = publish(database)
    first = sign(database, meeting, name="Krüger GmbH", email="a@krueger.example")
    by_name = sign(database, meeting, name="Krueger", email="b@elsewhere.example")
    stranger = sign(database, meeting, name="Filiale Nord", email="c@krueger.example")
    confirmed(database, first)
    by_domain = sign(database, meeting, name="Filiale West", email="d@krueger.example")
    other = publish(database, slug="other")
    by_contact = sign(database, other, name="Irgendwie", email="A@krueger.example")
    ids = [claim(database, one).company_id for one in (by_name, by_domain, by_contact)]
    assert ids == [claim(database, first).company_id] * 3
    assert claim(database, stranger).company_id != claim(database, first).company_id
    assert claim(database, by_contact).hint == "other_name"


def test_a_corrected_address_tells_the_company_anew(database: Database) -> None:
    known = sign(database, publish(database), name="Ziel GmbH", email="chef@ziel.example")
    confirmed(database, known)
    meeting = publish(database, slug="other")
    stranger = sign(database, meeting, name="Anders GmbH", email="chef@ziel.example")
    correct(database, stranger, "mal@fremd.example")
    confirmed(database, stranger)
    colleague = sign(database, meeting, name="Noch anders", email="bo@fremd.example")

    companies = [claim(database, one).company_id for one in (known, stranger, colleague)]
    assert companies[0] not in companies[1:]
    assert companies[1] == companies[2]
    assert claim(database, stranger).hint == ""


def test_an_address_corrected_to_a_known_one_belongs_to_its_company(database: Database) -> None:
    known = sign(database, publish(database), name="Ziel GmbH", email="chef@ziel.example")
    confirmed(database, known)
    done = sign(database, publish(database, slug="other"), name="Werk 2", email="chef@zeil.example")
    correct(database, done, "chef@ziel.example")

    row = claim(database, done)
    assert row.company_id == claim(database, known).company_id
    assert row.contact_id == claim(database, known).contact_id
    assert row.hint == "other_name"


def test_a_coordinator_s_correction_leaves_a_proved_claim_with_its_company(
    database: Database,
) -> None:
    done = sign(database, publish(database), name="Ziel GmbH", email="chef@ziel.example")
    confirmed(database, done)
    before = claim(database, done).company_id
    with database.transaction() as session:
        correct_by_coordinator(session, done.id, "bo@anders.example", now(), hold=HOLD)

    assert claim(database, done).company_id == before


def correct(database: Database, done: SignedUp, email: str) -> None:
    with database.transaction() as session:
        correct_own(session, done.id, email, now())


def test_a_corrected_address_ends_the_links_of_the_old_one(database: Database) -> None:
    meeting = publish(database)
    done = sign(database, meeting, email="old@gmx.example")
    with database.transaction() as session:
        correct_own(session, done.id, "new@gmx.example", now())
    row = claim(database, done)
    assert (row.email, row.link_version, row.state) == ("new@gmx.example", 2, "held")
    assert facts(database, done) == ["RegistrationHeld", "RegistrationHeld"]


def test_a_corrected_address_that_has_a_claim_already_leaves_that_one(database: Database) -> None:
    meeting = publish(database)
    right = sign(database, meeting, email="kim@gmx.example")
    wrong = sign(database, meeting, email="kym@gmx.example")
    with database.transaction() as session:
        correct_own(session, wrong.id, "kim@gmx.example", now())
    assert claim(database, wrong).state == "expired"
    assert facts(database, right) == ["RegistrationHeld", "LinkRequested"]
    assert slot_of(database, meeting).taken == 1
    assert adds_up(database)


def test_nobody_can_flood_an_address_with_links(database: Database) -> None:
    meeting = publish(database)
    done = sign(database, meeting, email="kim@gmx.example")
    for _ in range(8):
        sign(database, meeting, email="kim@gmx.example")
    hear_own(database, SERVICE)
    assert facts(database, done).count("LinkRequested") == 5


def test_a_pending_claim_is_not_confirmed_by_its_address_alone(database: Database) -> None:
    meeting = publish(database, approval=True)
    done = sign(database, meeting)
    later = now() + timedelta(hours=100)
    expire_holds(database, later)
    assert confirmed(database, done, later).state == "pending_approval"
    assert slot_of(database, meeting).taken == 0


def test_a_late_confirmation_after_the_list_closed_finds_only_free_seats(
    database: Database,
) -> None:
    meeting = publish(database, capacity=1)
    late = sign(database, meeting)
    expire_holds(database, now() + timedelta(hours=49))
    near = meeting.starts_at - timedelta(hours=2)
    taken = sign(database, meeting, at=near)
    assert taken.state == "held"
    assert confirmed(database, late, near).state == "expired"
    with database.transaction() as session:
        cancel(session, taken.id, near, by=BY_CONTACT)
    assert confirmed(database, late, near).state == "confirmed"
    assert adds_up(database)
