"""Signing up through the API: holding, confirming late, twice, by telephone, for a closed meeting."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest

from shared.clock import now
from tests import factories
from tests.office import Office
from tests.wait import wait_until

CONFIRM = "/api/v1/registrations/confirm"
REGISTRATIONS = "/api/v1/registrations"


def test_nobody_is_registered_before_the_address_is_confirmed(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    registration = office.sign_up(meeting, email=email)
    office.mail("confirm_address", email)

    entry = office.on_roster(meeting["id"], registration["id"])

    assert registration["state"] == "held"
    assert entry is None or entry["state"] == "held"
    assert office.kinds(email) == ["confirm_address"]


def test_a_second_sign_up_gets_the_same_answer_and_a_mail(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    first = office.registered(meeting, email=email)
    office.mail("registration_confirmed", email)

    second = office.sign_up(meeting, email=email)

    assert second.keys() >= {"id", "state", "seats"}
    assert office.mail("already_registered", email).link("/registrations/manage/")
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 18
    assert office.on_roster(meeting["id"], first["id"])


def test_one_address_holds_one_claim_on_a_slot(office: Office) -> None:
    meeting, email = office.published(), factories.address()

    for _ in range(3):
        office.sign_up(meeting, email=email)

    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 18


def test_the_same_key_gives_the_same_answer(office: Office) -> None:
    meeting, key = office.published(), str(uuid4())
    body = factories.registration(meeting["slots"][0]["id"])

    answers = [office.public.post(REGISTRATIONS, body, Idempotency_Key=key) for _ in range(3)]

    assert {answer.status for answer in answers} == {201}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 18


def test_the_same_key_with_another_body_is_refused(office: Office) -> None:
    slot, key = office.published()["slots"][0]["id"], str(uuid4())
    office.public.post(REGISTRATIONS, factories.registration(slot), Idempotency_Key=key).expect(201)

    other = office.public.post(REGISTRATIONS, factories.registration(slot), Idempotency_Key=key)

    other.problem(422)


def test_the_same_key_in_parallel_has_one_effect(office: Office) -> None:
    meeting, key = office.published(), str(uuid4())
    body = factories.registration(meeting["slots"][0]["id"])

    def send(_: int) -> int:
        return office.public.post(REGISTRATIONS, body, Idempotency_Key=key).status

    with ThreadPoolExecutor(8) as pool:
        statuses = set(pool.map(send, range(8)))

    assert statuses <= {201, 409}
    assert 201 in statuses
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 18


def test_a_coordinator_signs_up_on_behalf_without_an_address(office: Office) -> None:
    meeting = office.published()
    body = factories.registration(meeting["slots"][0]["id"], seats=1)
    body["contact"] = {"name": "Otto Ohnepost", "phone": "0231 555 0177"}
    body["attendees"] = [{"name": "Otto Ohnepost"}]

    made = office.coordinator.post(REGISTRATIONS, body | {"on_behalf": True}).expect(201)

    assert made["state"] == "confirmed"
    entry = office.wait_for_roster(meeting["id"], made["id"], "confirmed")
    assert entry["attendees"][0]["name"] == "Otto Ohnepost"


def test_on_behalf_with_an_address_is_confirmed_and_told(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    body = factories.registration(meeting["slots"][0]["id"], email=email)

    made = office.coordinator.post(REGISTRATIONS, body | {"on_behalf": True}).expect(201)

    assert made["state"] == "confirmed"
    office.mail("registration_confirmed", email)
    assert "confirm_address" not in office.kinds(email)


def test_only_coordinators_sign_up_on_behalf(office: Office) -> None:
    body = factories.registration(office.published()["slots"][0]["id"]) | {"on_behalf": True}

    assert office.public.post(REGISTRATIONS, body).status in {401, 403, 422}


def test_before_opening_nobody_signs_up(office: Office) -> None:
    meeting = office.published(registration_opens_at=factories.afternoon(days=2).isoformat())

    assert office.try_to_sign_up(meeting["slots"][0]["id"]).problem(409)["type"]


def test_after_closing_nobody_signs_up(office: Office) -> None:
    closed = (now() + timedelta(seconds=1)).isoformat()
    meeting = office.published(registration_closes_at=closed)

    def refused() -> bool:
        return office.try_to_sign_up(meeting["slots"][0]["id"]).status == 409

    wait_until(refused, within=10)


def test_more_seats_than_a_company_may_have_are_refused_at_once(office: Office) -> None:
    meeting = office.published(seats_per_company=2)

    office.try_to_sign_up(meeting["slots"][0]["id"], seats=3).problem(409)


def test_a_companys_cap_counts_over_all_its_addresses(office: Office) -> None:
    meeting, company = (
        office.published(seats_per_company=2),
        {"name": "Malerei Emscher", "postcode": "44369"},
    )
    first, second = factories.address("eins"), factories.address("zwei")
    office.registered(meeting, email=first, company=company)
    office.sign_up(meeting, email=second, company=company)

    confirmed = office.confirm(second)

    assert confirmed["state"] == "waitlisted"
    office.mail("waitlisted", second)
    assert office.kinds(first).count("registration_confirmed") <= 1


def test_from_outside_the_districts_a_coordinator_decides(office: Office) -> None:
    meeting, email = office.published(admission="districts"), factories.address()
    company = {"name": f"Fernweh {email}", "postcode": "10115"}

    registration = office.sign_up(meeting, email=email, company=company)
    assert registration["state"] == "pending_approval"
    office.confirm(email)
    path = f"{REGISTRATIONS}/{registration['id']}/approve"
    office.coordinator.post(path).expect(200)

    office.mail("registration_confirmed", email)


def test_a_declined_sign_up_is_told_so(office: Office) -> None:
    meeting, email = office.published(approval=True), factories.address()
    registration = office.sign_up(meeting, email=email)
    assert registration["state"] == "pending_approval"
    office.confirm(email)

    office.coordinator.post(f"{REGISTRATIONS}/{registration['id']}/decline").expect(200)

    mail = office.mail("registration_cancelled", email)
    assert mail.registration == registration["id"]


def test_from_inside_the_districts_nobody_decides(office: Office) -> None:
    meeting = office.published(admission="districts")
    company = {"name": "Nebenan", "postcode": "44369"}

    assert office.sign_up(meeting, email=factories.address(), company=company)["state"] == "held"


def test_coordinators_find_registrations(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    registration = office.registered(meeting, email=email)
    seek = office.coordinator.get

    assert [r["id"] for r in seek(REGISTRATIONS, meeting_id=meeting["id"]).expect(200)] == [
        registration["id"]
    ]
    assert seek(REGISTRATIONS, meeting_id=meeting["id"], state="waitlisted").expect(200) == []
    assert len(seek(REGISTRATIONS, q=email).expect(200)) == 1


def test_a_coordinator_cancels_a_registration(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    registration = office.registered(meeting, email=email)
    before = office.mail("registration_confirmed", email).entry

    office.coordinator.post(f"{REGISTRATIONS}/{registration['id']}/cancel").expect(200)

    entry = office.mail("registration_cancelled", email).entry
    assert (entry.uid, entry.method) == (before.uid, "CANCEL")
    assert entry.sequence >= before.sequence
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 20


@pytest.mark.parametrize("token", ["", "x", "A" * 46, "A" * 10_000, "ä", None, 7, []])
def test_tokens_made_up_confirm_nothing(office: Office, token: object) -> None:
    assert office.public.post(CONFIRM, {"token": token}).status in {404, 410, 422}


def test_a_link_for_one_thing_opens_no_other(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    office.sign_up(meeting, email=email)
    token = office.mail("confirm_address", email).token("/registrations/confirm/")

    assert office.public.having(token).get("/api/v1/registrations/manage").status in {401, 403, 404}
    office.confirm(email)
    manage = office.mail("registration_confirmed", email).token("/registrations/manage/")
    assert office.public.post(CONFIRM, {"token": manage}).status == 404


def test_looking_at_a_link_changes_nothing(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    registration = office.sign_up(meeting, email=email)
    mail = office.mail("confirm_address", email)

    for method in ("GET", "HEAD") * 3:
        for link in mail.links:
            if link.startswith(office.public.url):
                office.public.call(method, link.removeprefix(office.public.url))

    listed = office.coordinator.get(REGISTRATIONS, meeting_id=meeting["id"]).expect(200)
    assert [(r["id"], r["state"]) for r in listed] == [(registration["id"], "held")]
    assert office.confirm(email)["state"] == "confirmed"
