"""Personal invitations: yes, no, my colleague; and meetings for the invited alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests import factories
from tests.office import Office

ANSWER = "/api/v1/invitations/answer"


def invited(office: Office, **fields: Any) -> tuple[dict[str, Any], str, str]:
    """A meeting, an invited contact, and the token of her link."""
    meeting, email = office.published(admission="invited", **fields), factories.address("gast")
    contact = {"company": f"Gastbetrieb {email}", "name": "Gerda Gast", "email": email}
    body = {"meeting_id": meeting["id"], "contacts": [contact]}
    office.coordinator.post("/api/v1/invitations", body).expect(201)
    return meeting, email, office.mail("invitation", email).token("/invitations/")


def test_yes_confirms_at_once(office: Office) -> None:
    meeting, email, token = invited(office)
    people = [{"name": "Gerda Gast"}, {"name": "Noch Jemand"}]
    body = {"token": token, "answer": "yes", "seats": 2, "attendees": people}

    registration = office.public.post(ANSWER, body).expect(200)["registration"]

    assert registration["state"] == "confirmed"
    assert office.mail("registration_confirmed", email).registration == registration["id"]
    assert office.wait_for_roster(meeting["id"], registration["id"], "confirmed")["seats"] == 2
    assert "confirm_address" not in office.kinds(email)


def test_yes_without_names_takes_one_seat_for_the_invited(office: Office) -> None:
    meeting, _email, token = invited(office)

    answer = office.public.post(ANSWER, {"token": token, "answer": "yes"}).expect(200)

    entry = office.wait_for_roster(meeting["id"], answer["registration"]["id"], "confirmed")
    assert [person["name"] for person in entry["attendees"]] == ["Gerda Gast"]


def test_yes_twice_is_one_registration(office: Office) -> None:
    meeting, _email, token = invited(office)

    for _ in range(2):
        office.public.post(ANSWER, {"token": token, "answer": "yes"}).expect(200)

    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 19


def test_no_takes_no_seat(office: Office) -> None:
    meeting, _email, token = invited(office)

    answer = office.public.post(ANSWER, {"token": token, "answer": "no"}).expect(200)

    assert answer.get("registration") is None
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 20


def test_a_no_may_become_a_yes(office: Office) -> None:
    _meeting, _email, token = invited(office)
    office.public.post(ANSWER, {"token": token, "answer": "no"}).expect(200)

    answer = office.public.post(ANSWER, {"token": token, "answer": "yes"}).expect(200)

    assert answer["registration"]["state"] == "confirmed"


def test_a_colleague_gets_an_invitation_of_her_own(office: Office) -> None:
    _meeting, _email, token = invited(office)
    colleague = factories.address("kollegin")
    body = {
        "token": token,
        "answer": "colleague",
        "colleague": {"name": "Karla Kollegin", "email": colleague},
    }

    office.public.post(ANSWER, body).expect(200)

    mail = office.mail("invitation", colleague)
    passed_on = {"token": mail.token("/invitations/"), "answer": "yes"}
    answer = office.public.post(ANSWER, passed_on).expect(200)
    assert answer["registration"]["state"] == "confirmed"
    office.mail("registration_confirmed", colleague)


def test_a_meeting_for_the_invited_is_not_listed(office: Office) -> None:
    meeting, _email, _token = invited(office)

    listed = office.public.get("/api/v1/meetings", page_size="100").expect(200)

    assert meeting["id"] not in [other["id"] for other in listed]


def test_the_uninvited_do_not_get_in(office: Office) -> None:
    meeting, _email, _token = invited(office)

    answer = office.try_to_sign_up(meeting["slots"][0]["id"])

    assert answer.problem(409)["type"].endswith(":invitation-needed")


def test_the_invited_may_use_the_form(office: Office) -> None:
    meeting, email, token = invited(office)
    body = factories.registration(meeting["slots"][0]["id"], email=email) | {"invitation": token}

    made = office.public.post("/api/v1/registrations", body).expect(201)

    assert made["state"] == "confirmed"


def test_another_address_than_the_invited_one_is_confirmed_first(office: Office) -> None:
    meeting, _email, token = invited(office)
    other = factories.address("anders")
    body = factories.registration(meeting["slots"][0]["id"], email=other) | {"invitation": token}

    made = office.public.post("/api/v1/registrations", body).expect(201)

    assert made["state"] == "held"
    office.mail("confirm_address", other)


@pytest.mark.parametrize(
    "body",
    [
        {"answer": "maybe"},
        {"answer": "colleague"},
        {"answer": "colleague", "colleague": {"name": "", "email": "x"}},
        {"answer": "yes", "seats": 0},
        {"answer": "yes", "seats": 10**9},
        {"answer": "yes", "seats": -1},
        {},
    ],
)
def test_half_answers_are_refused_by_field(office: Office, body: dict[str, Any]) -> None:
    _meeting, _email, token = invited(office)

    problem = office.public.post(ANSWER, {"token": token, **body})

    assert problem.status in {409, 422}


@pytest.mark.parametrize("token", ["x", "A" * 46])
def test_made_up_links_answer_nothing(office: Office, token: str) -> None:
    office.public.post(ANSWER, {"token": token, "answer": "yes"}).problem(404)


def test_a_full_meeting_lets_the_invited_wait(office: Office) -> None:
    meeting, _email, token = invited(office, capacity=1)
    body = factories.registration(meeting["slots"][0]["id"], seats=1) | {"on_behalf": True}
    office.coordinator.post("/api/v1/registrations", body).expect(201)

    answer = office.public.post(ANSWER, {"token": token, "answer": "yes"}).expect(200)

    assert answer["registration"]["state"] == "waitlisted"
