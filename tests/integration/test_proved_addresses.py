"""Whose address is proved: theirs who confirmed by a link of their own mail, and as long as it is that address."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from services.registration.models import Registration
from services.registration.periodic import expire_holds
from services.registration.use_cases.addresses import correct_by_coordinator
from services.registration.use_cases.confirmation import confirm_link
from services.registration.use_cases.sign_up import Terms
from shared.clock import now
from shared.database import Database
from shared.identifiers import new_id
from tests.integration.registration_stories import HOLD, confirmed, publish, sign


def proved(database: Database, registration_id: UUID) -> bool:
    with database.reading() as session:
        return session.get_one(Registration, registration_id).address_is_proved


def test_signing_up_proves_nothing_and_the_button_of_the_mail_does(
    registration_database: Database,
) -> None:
    done = sign(registration_database, publish(registration_database))
    assert not proved(registration_database, done.id)

    confirm_link(registration_database, done.id, 1, now())

    assert proved(registration_database, done.id)


def test_what_waits_is_proved_by_the_button_too(registration_database: Database) -> None:
    meeting = publish(registration_database, capacity=1)
    sign(registration_database, meeting)
    waiting = sign(registration_database, meeting)

    confirmed(registration_database, waiting)

    assert proved(registration_database, waiting.id)


def test_a_late_button_proves_it_too(registration_database: Database) -> None:
    long_ago = now() - timedelta(days=4)
    late = sign(registration_database, publish(registration_database), at=long_ago)
    expire_holds(registration_database, now())

    confirmed(registration_database, late)

    assert proved(registration_database, late.id)


def test_a_personal_invitation_proves_it(registration_database: Database) -> None:
    terms = Terms(hold=HOLD, invitation_id=new_id(), proved=True)

    done = sign(registration_database, publish(registration_database), terms=terms)

    assert proved(registration_database, done.id)


def test_the_word_of_a_coordinator_proves_nothing(registration_database: Database) -> None:
    terms = Terms(hold=HOLD, on_behalf=True, proved=True)

    done = sign(registration_database, publish(registration_database), terms=terms)
    confirm_link(registration_database, done.id, 1, now())

    assert not proved(registration_database, done.id)


def test_a_corrected_address_is_not_proved_by_the_one_before(
    registration_database: Database,
) -> None:
    done = sign(registration_database, publish(registration_database))
    confirmed(registration_database, done)

    with registration_database.transaction() as session:
        correct_by_coordinator(session, done.id, "neu@gmx.example", now(), hold=HOLD)

    assert not proved(registration_database, done.id)
