"""A link is pressed while the address it was sent to is being corrected."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.registration.domain.refusals import LinkOutdatedError
from services.registration.models import CompanyDomain, Registration
from services.registration.use_cases.addresses import correct_own
from services.registration.use_cases.changes import Seat, change, seats_of
from services.registration.use_cases.confirmation import confirm_link
from services.registration.use_cases.sign_up import SignedUp
from shared.clock import now
from shared.database import Database
from shared.links import Links
from shared.settings import Settings
from tests.integration.registration_desk import close, desk_of
from tests.integration.registration_stories import claim, publish, sign
from tests.interrupted import overtaken

STRANGERS = "chefin@firma.example"
CORRECT = text(
    "update registration set email = 'neu@betrieb.example', email_key = 'neu@betrieb.example',"
    " link_version = link_version + 1, revision = revision + 1 where id = :id"
)


@pytest.fixture
def visitor(registration_database: Database, settings: Settings) -> Iterator[FlaskClient]:
    """Somebody with a browser, or a program."""
    desk = desk_of(registration_database, settings)
    yield desk.client
    close(desk)


def test_an_old_link_does_not_prove_the_address_that_was_corrected_meanwhile(
    registration_database: Database,
) -> None:
    held = sign(registration_database, publish(registration_database))

    with pytest.raises(LinkOutdatedError):
        overtaken(
            registration_database,
            lambda session: session.execute(CORRECT, {"id": held.id}),
            lambda: confirm_link(registration_database, held.id, 1, now()),
        )

    assert claim(registration_database, held).verified_at is None


def by_the_button(visitor: FlaskClient, links: Links, identifier: UUID) -> int:
    token = links.token("confirm", identifier, 1)
    return visitor.post(f"/registrations/confirm/{token}").status_code


def by_the_page_of_the_registration(visitor: FlaskClient, links: Links, identifier: UUID) -> int:
    token = links.token("manage", identifier, 1)
    answer = visitor.post(f"/registrations/manage/{token}", data={"action": "confirm"})
    return answer.status_code


def by_a_call(visitor: FlaskClient, links: Links, identifier: UUID) -> int:
    token = links.token("confirm", identifier, 1)
    return visitor.post("/api/v1/registrations/confirm", json={"token": token}).status_code


def by_a_call_that_may_be_repeated(visitor: FlaskClient, links: Links, identifier: UUID) -> int:
    token, headers = links.token("confirm", identifier, 1), {"Idempotency-Key": "once"}
    answer = visitor.post("/api/v1/registrations/confirm", json={"token": token}, headers=headers)
    return answer.status_code


@pytest.mark.parametrize(
    ("way", "refused"),
    [
        (by_the_button, 410),
        (by_the_page_of_the_registration, 410),
        (by_a_call, 404),
        (by_a_call_that_may_be_repeated, 404),
    ],
)
def test_nobody_proves_a_strangers_address_by_correcting_her_own_to_it(
    registration_database: Database,
    settings: Settings,
    visitor: FlaskClient,
    way: Callable[[FlaskClient, Links, UUID], int],
    refused: int,
) -> None:
    held = sign(registration_database, publish(registration_database))

    def correct(session: Session) -> None:
        correct_own(session, held.id, STRANGERS, now())

    status = overtaken(
        registration_database, correct, lambda: way(visitor, Links(settings), held.id)
    )

    row = claim(registration_database, held)
    assert (row.email, row.state, row.verified_at) == (STRANGERS, "held", None)
    assert status == refused
    with registration_database.reading() as session:
        assert session.get(CompanyDomain, "firma.example") is None


def additional_seats(database: Database, held: SignedUp) -> Registration:
    """Who holds the only seat wants another one; that claim."""
    with database.transaction() as session:
        row = session.get_one(Registration, held.id)
        change(session, held.id, [*seats_of(row), Seat("Noch Jemand")], now())
        session.refresh(row, ["waiting"])
        return row.waiting[0]


def test_the_link_of_additional_seats_confirms_the_registration_they_belong_to(
    registration_database: Database,
) -> None:
    held = sign(registration_database, publish(registration_database, capacity=1))
    linked = additional_seats(registration_database, held)

    done = confirm_link(registration_database, linked.id, 1, now())

    assert (done.id, done.state) == (held.id, "confirmed")
