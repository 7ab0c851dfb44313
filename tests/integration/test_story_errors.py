"""Bad input through the API: a problem with the fields named, never a crash, never half a thing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests import factories
from tests.office import Office

REGISTRATIONS = "/api/v1/registrations"


@pytest.fixture(scope="module")
def slot(office: Office) -> str:
    """A slot with seats, for tests that take none."""
    return str(office.published()["slots"][0]["id"])


def with_field(slot: str, path: str, value: Any) -> dict[str, Any]:
    """A good sign-up with one field changed; the path goes by dots."""
    body = factories.registration(slot)
    place: Any = body
    *outer, last = path.split(".")
    for name in outer:
        place = place[int(name) if name.isdigit() else name]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("company.name", ""),
        ("company.name", "x" * 10_000),
        ("company.name", "A\u0000B"),
        ("company.name", "A\r\nBcc: x@y.example"),
        ("company.name", "A\u202eB"),
        ("company.name", None),
        ("company.name", 7),
        ("company.postcode", "x" * 1000),
        ("contact.name", "  "),
        ("contact.email", "anna"),
        ("contact.email", ""),
        ("contact.email", "a@b.example\nBcc: c@d.example"),
        ("contact.email", "x" * 300 + "@b.example"),
        ("contact.phone", "x" * 1000),
        ("attendees", []),
        ("attendees", "Anna"),
        ("attendees", [{"name": "A"}] * 1001),
        ("attendees.0.name", "\u0007"),
        ("attendees.1.email", "nowhere"),
        ("consents.privacy", False),
        ("consents", {}),
        ("language", "tlh"),
        ("slot_id", "seven"),
        ("slot_id", None),
        ("colour", "red"),
        ("answers", "x"),
    ],
)
def test_a_bad_field_is_named(office: Office, slot: str, path: str, value: Any) -> None:
    problem = office.public.post(REGISTRATIONS, with_field(slot, path, value)).problem(422)

    assert path.split(".", maxsplit=1)[0] in problem["errors"]


@pytest.mark.parametrize("missing", ["slot_id", "company", "contact", "consents"])
def test_a_missing_field_is_named(office: Office, slot: str, missing: str) -> None:
    body = factories.registration(slot)
    del body[missing]

    assert missing in office.public.post(REGISTRATIONS, body).problem(422)["errors"]


def test_an_unknown_slot_is_not_found(office: Office) -> None:
    body = factories.registration("0199a0b1-0000-7000-8000-000000000000")

    assert office.public.post(REGISTRATIONS, body).status in {404, 422}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'"x"', b"7", b"\xff\xfe", b"[" * 10_000, b'{"slot_id": NaN}'],
)
def test_what_is_no_json_object_is_refused(office: Office, body: bytes) -> None:
    answer = office.public.call("POST", REGISTRATIONS, body)

    assert answer.status in {400, 422}
    assert answer.headers.get_content_type() == "application/problem+json"


def test_another_content_type_is_refused(office: Office, slot: str) -> None:
    body = json.dumps(factories.registration(slot)).encode()

    office.public.call("POST", REGISTRATIONS, body, headers={"Content-Type": "text/plain"}).problem(
        415
    )


def test_an_oversized_body_is_refused(office: Office) -> None:
    body = b'{"x": "' + b"x" * 1_000_000 + b'"}'

    assert office.public.call("POST", REGISTRATIONS, body).status == 413


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", REGISTRATIONS, 405),
        ("DELETE", "/api/v1/meetings", 405),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1/meetings/not-there", 404),
        ("GET", "/api/v1/meetings/0199a0b1-0000-7000-8000-000000000000", 404),
        ("GET", "/api/v1/meetings/%00", 404),
        ("GET", "/scheduling/api/v1/meetings/not-there", 404),
        ("GET", "/scheduling/api/v1/meetings/0199a0b1-0000-7000-8000-000000000000", 404),
        ("GET", "/scheduling/api/v1/meetings/0199a0b1-0000-7000-8000-000000000000/roster", 404),
        ("GET", "/notifications/api/v1/nothing", 404),
        ("POST", "/api/v1/registrations/0199a0b1-0000-7000-8000-000000000000/cancel", 404),
    ],
)
def test_what_does_not_exist_is_a_problem_of_the_caller(
    office: Office, method: str, path: str, status: int
) -> None:
    office.coordinator.call(method, path, {} if method == "POST" else None).problem(status)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page", "0"),
        ("page", "-1"),
        ("page", "x"),
        ("page", "99999999999999999999"),
        ("page_size", "0"),
        ("page_size", "1000000"),
        ("meeting_id", "x"),
        ("state", "x"),
        ("q", "%\x00'\\"),
    ],
)
def test_strange_queries_never_crash(office: Office, name: str, value: str) -> None:
    assert office.coordinator.get(REGISTRATIONS, **{name: value}).status in {200, 404, 422}


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 5000}, "title"),
        ({"starts_at": "soon"}, "starts_at"),
        ({"starts_at": "2030-01-01T10:00:00"}, "starts_at"),
        ({"admission": "friends"}, "admission"),
        ({"waitlist": "maybe"}, "waitlist"),
        ({"slots": [{"starts_at": 1, "ends_at": 2, "capacity": 3}]}, "slots"),
        ({"seats_per_company": -1}, "seats_per_company"),
        ({"venue_id": "x"}, "venue_id"),
    ],
)
def test_a_bad_field_of_a_meeting_is_named(
    office: Office, planned: dict[str, Any], fields: dict[str, Any], named: str
) -> None:
    answer = office.coordinator.post("/scheduling/api/v1/meetings", planned | fields)

    assert named in answer.problem(422)["errors"]


@pytest.fixture(scope="module")
def planned(office: Office) -> dict[str, Any]:
    """The body of a good meeting."""
    network = office.plan("networks", factories.network())["id"]
    return factories.meeting(network, office.plan("venues", factories.venue(network))["id"])


@pytest.mark.parametrize(
    "slot",
    [
        {"capacity": 0},
        {"capacity": -1},
        {"capacity": 10**9},
        {"ends_at": factories.afternoon(days=1).isoformat()},
        {"starts_at": factories.afternoon(days=90).isoformat()},
    ],
)
def test_an_impossible_slot_is_refused(
    office: Office, planned: dict[str, Any], slot: dict[str, Any]
) -> None:
    body = planned | {"slots": [planned["slots"][0] | slot]}

    office.coordinator.post("/scheduling/api/v1/meetings", body).problem(422)


def test_a_meeting_ends_after_it_starts(office: Office, planned: dict[str, Any]) -> None:
    body = planned | {"ends_at": planned["starts_at"]}

    office.coordinator.post("/scheduling/api/v1/meetings", body).problem(422)


def test_a_slug_is_taken_once(office: Office) -> None:
    network = factories.network()
    office.plan("networks", network)

    answer = office.coordinator.post("/scheduling/api/v1/networks", network)

    assert answer.status in {409, 422}
