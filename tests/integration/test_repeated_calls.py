"""Unsafe public calls with an Idempotency-Key: same body, same answer; other body, 422; in parallel, one effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from services.registration.app import create_app
from services.registration.domain.invitations import InvitedContact
from services.registration.models import Attendee, IdempotencyKey, Meeting, Registration
from services.registration.use_cases.erasing import erase
from services.registration.use_cases.invitations import issue
from services.registration.use_cases.sign_up import Person, SignedUp
from shared.clock import now
from shared.database import Database
from shared.events.registration import ErasedSubject
from shared.links import Links
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import confirmed, facts, publish, sign, slot_of

CONFIRM = "/api/v1/registrations/confirm"
MANAGE = "/api/v1/registrations/manage"
ANSWER = "/api/v1/invitations/answer"
PETRA = InvitedContact("Ähre", "Petra Ähre", "petra@aehre.example")


@dataclass
class Program:
    """A program that sends every call under the same key."""

    client: FlaskClient
    database: Database
    links: Links
    meeting: Any

    def send(self, method: str, path: str, **body: Any) -> TestResponse:
        """Tokens of links to manage go into the header, others into the body."""
        headers = {"Idempotency-Key": "7"}
        if path == MANAGE:
            headers["Authorization"] = f"Bearer {body.pop('token')}"
        return self.client.open(path, method=method, json=body or None, headers=headers)

    def signed_up(self, *names: str) -> SignedUp:
        return sign(self.database, self.meeting, attendees=tuple(Person(name) for name in names))

    def manage(self, done: SignedUp) -> str:
        return self.links.token("manage", done.id, 1)

    def invited(self) -> str:
        with self.database.transaction() as session:
            row = session.get_one(Meeting, self.meeting.meeting_id)
            (invitation,) = issue(session, row, [PETRA], now=now()).invitations
        return self.links.token("invitation", invitation.id, 1)


@pytest.fixture
def program(registration_database: Database, settings: Settings) -> Iterator[Program]:
    app = create_app(settings)
    meeting = publish(registration_database)
    yield Program(app.test_client(), registration_database, Links(settings), meeting)
    app.extensions[EXTENSION].database.close()


def test_a_confirmation_with_another_token_under_the_same_key_is_refused(program: Program) -> None:
    ada, bea = program.signed_up("Ada"), program.signed_up("Bea")
    tokens = [program.links.token("confirm", done.id, 1) for done in (ada, bea)]
    first, again = (program.send("POST", CONFIRM, token=tokens[0]) for _ in range(2))
    assert (first.status_code, first.json) == (200, {"id": str(ada.id), "state": "confirmed"})
    assert (again.status_code, again.json) == (first.status_code, first.json)
    for other in (tokens[1], "nonsense"):
        assert program.send("POST", CONFIRM, token=other).status_code == 422
    assert facts(program.database, bea) == ["RegistrationHeld"]


def test_a_change_with_another_body_under_the_same_key_is_refused(program: Program) -> None:
    done = program.signed_up("Ada")
    confirmed(program.database, done)
    token = program.manage(done)
    first, again = (program.send("PATCH", MANAGE, token=token, seats=2) for _ in range(2))
    other = program.send("PATCH", MANAGE, token=token, seats=3)
    assert (first.status_code, first.json["seats"]) == (200, 2)
    assert again.json == first.json
    assert (other.status_code, other.json["type"].rpartition(":")[2]) == (
        422,
        "idempotency-key-reused",
    )
    assert slot_of(program.database, program.meeting).taken == 2


def test_a_cancelled_seat_is_answered_again_though_its_link_is_gone(program: Program) -> None:
    done = program.signed_up("Ada", "Bea")
    with program.database.reading() as session:
        query = select(Attendee.id).where(Attendee.name == "Bea")
        seat = program.links.token("seat", session.scalars(query).one(), 1)
    first, again = (program.send("DELETE", MANAGE, token=seat) for _ in range(2))
    assert (first.status_code, first.json) == (again.status_code, again.json)
    assert first.json == {"id": str(done.id), "state": "held"}
    assert slot_of(program.database, program.meeting).taken == 1


def test_another_answer_to_an_invitation_under_the_same_key_is_refused(program: Program) -> None:
    token = program.invited()
    first, again = (program.send("POST", ANSWER, token=token, answer="yes") for _ in range(2))
    other = program.send("POST", ANSWER, token=token, answer="no")
    assert (first.status_code, first.json["registration"]["state"]) == (200, "confirmed")
    assert again.json == first.json
    assert other.status_code == 422


def test_nobody_is_given_the_answer_of_another_link(program: Program) -> None:
    ada, bea = program.signed_up("Ada"), program.signed_up("Bea")
    shown = [
        program.send("PATCH", MANAGE, token=program.manage(done), seats=2).json
        for done in (ada, bea)
    ]
    assert [one["attendees"][0]["name"] for one in shown] == ["Ada", "Bea"]
    gone = program.send("DELETE", MANAGE, token=program.manage(ada))
    assert (gone.status_code, gone.json["state"]) == (200, "cancelled")


def test_a_refused_call_leaves_its_key_free(program: Program) -> None:
    done = program.signed_up("Ada")
    token = program.manage(done)
    stale = program.send("PATCH", MANAGE, token=token, seats=2, revision=99)
    fresh = program.send("PATCH", MANAGE, token=token, seats=2)
    assert (stale.status_code, fresh.status_code) == (409, 200)


def test_an_erasure_forgets_what_was_answered(program: Program) -> None:
    done = program.signed_up("Ada", "Bea")
    program.send("PATCH", MANAGE, token=program.manage(done), seats=3)
    with program.database.transaction() as session:
        bea = session.scalars(select(Attendee.id).where(Attendee.name == "Bea")).one()
        erase(session, [ErasedSubject(kind="seat", subject_id=bea, aggregate_id=done.id)], now())
    with program.database.reading() as session:
        assert session.scalars(select(IdempotencyKey)).all() == []


def _confirming(program: Program) -> dict[str, Any]:
    token = program.links.token("confirm", program.signed_up("Ada").id, 1)
    return {"method": "POST", "path": CONFIRM, "body": {"token": token}}


def _changing(program: Program) -> dict[str, Any]:
    token = program.manage(program.signed_up("Ada"))
    return {"method": "PATCH", "path": MANAGE, "bearer": token, "body": {"seats": 3}}


def _cancelling(program: Program) -> dict[str, Any]:
    return {"method": "DELETE", "path": MANAGE, "bearer": program.manage(program.signed_up("Ada"))}


def _answering(program: Program) -> dict[str, Any]:
    return {
        "method": "POST",
        "path": ANSWER,
        "body": {
            "token": program.invited(),
            "answer": "colleague",
            "colleague": {"name": "Kaya Kern", "email": "kaya@aehre.example"},
        },
    }


@pytest.mark.parametrize("case", [_confirming, _changing, _cancelling, _answering])
def test_the_same_call_in_parallel_has_one_effect(
    program: Program, case: Callable[[Program], dict[str, Any]]
) -> None:
    call = case(program)
    headers = {"Idempotency-Key": "7", "Authorization": f"Bearer {call.get('bearer', '')}"}

    def send(_: int) -> tuple[int, Any]:
        client = program.client.application.test_client()
        answer = client.open(
            call["path"], method=call["method"], json=call.get("body"), headers=headers
        )
        return answer.status_code, answer.json

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert answers[0][0] == 200
    assert all(answer == answers[0] for answer in answers)
    with program.database.reading() as session:
        revisions = session.scalars(select(Registration.revision)).all()
    assert revisions in ([], [2])


def test_every_unsafe_public_call_describes_the_key(program: Program) -> None:
    described = program.client.get("/api/openapi.json").json["paths"]
    unsafe = [
        ("/api/v1/registrations", "post"),
        (CONFIRM, "post"),
        (MANAGE, "patch"),
        (MANAGE, "delete"),
        (ANSWER, "post"),
    ]
    for path, method in unsafe:
        names = [one.get("name") for one in described[path][method]["parameters"]]
        assert names == ["Idempotency-Key"]
