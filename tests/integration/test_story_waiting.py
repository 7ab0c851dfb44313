"""The waitlist: rank, strictness, promotion, and who is told."""

from __future__ import annotations

from tests import factories
from tests.office import Office


def full(office: Office, *, capacity: int = 2, **fields: object) -> tuple[dict, str]:  # type: ignore[type-arg]
    """A meeting all of whose seats are one company's, and that company's address."""
    meeting, email = office.published(capacity=capacity, **fields), factories.address("first")
    office.registered(meeting, email=email, seats=capacity)
    return meeting, email


def waits(office: Office, meeting: dict, seats: int, **fields: object) -> str:  # type: ignore[type-arg]
    """Somebody who waits with a confirmed address."""
    email = factories.address("waiting")
    made = office.sign_up(meeting, email=email, seats=seats, **fields)
    assert made["state"] == "waitlisted"
    office.confirm(email, "waitlisted")
    return email


def gives_up(office: Office, email: str) -> None:
    office.manager(email).delete("/api/v1/registrations/manage").expect(200, 204)


def test_who_comes_to_a_full_slot_waits(office: Office) -> None:
    meeting, _first = full(office)
    waits(office, meeting, 1)

    seen = office.seen(meeting["id"])["slots"][0]

    assert (seen["seats_left"], seen["waitlist_length"]) == (0, 1)


def test_given_up_seats_go_to_the_head_of_the_list(office: Office) -> None:
    meeting, first = full(office)
    head, tail = waits(office, meeting, 2), waits(office, meeting, 1)

    gives_up(office, first)

    mail = office.mail("registration_confirmed", head)
    assert mail.entry.method == "REQUEST"
    office.wait_for_roster(meeting["id"], mail.registration, "confirmed")
    assert office.kinds(tail) == ["waitlisted"]
    assert office.kinds(head) == ["waitlisted", "registration_confirmed"]


def test_strict_means_the_head_waits_for_its_whole_group(office: Office) -> None:
    meeting, _first = full(office, capacity=2)
    waits(office, meeting, 3)
    tail = waits(office, meeting, 1)
    path = f"/scheduling/api/v1/slots/{meeting['slots'][0]['id']}"

    office.coordinator.patch(path, {"capacity": 4}).expect(200)
    office.wait_for_meeting(meeting["id"], lambda seen: seen["slots"][0]["capacity"] == 4)

    assert office.seen(meeting["id"])["slots"][0]["waitlist_length"] == 2
    assert office.kinds(tail) == ["waitlisted"]


def test_fill_lets_smaller_groups_pass(office: Office) -> None:
    meeting, _first = full(office, capacity=2, waitlist="fill")
    waits(office, meeting, 3)
    tail = waits(office, meeting, 1)
    path = f"/scheduling/api/v1/slots/{meeting['slots'][0]['id']}"

    office.coordinator.patch(path, {"capacity": 4}).expect(200)

    office.mail("registration_confirmed", tail)


def test_only_the_verified_move_up(office: Office) -> None:
    meeting, first = full(office)
    silent = factories.address("silent")
    office.sign_up(meeting, email=silent, seats=2)
    verified = waits(office, meeting, 2)

    gives_up(office, first)

    office.mail("registration_confirmed", verified)
    assert office.kinds(silent) == ["waitlisted"]


def test_while_somebody_waits_free_seats_are_not_offered(office: Office) -> None:
    meeting, _first = full(office, capacity=2)
    waits(office, meeting, 3)
    path = f"/scheduling/api/v1/slots/{meeting['slots'][0]['id']}"
    office.coordinator.patch(path, {"capacity": 4}).expect(200)
    office.wait_for_meeting(meeting["id"], lambda seen: seen["slots"][0]["capacity"] == 4)

    made = office.sign_up(meeting, email=factories.address(), seats=1)

    assert made["state"] == "waitlisted"


def test_without_a_waitlist_full_is_full(office: Office) -> None:
    meeting, _first = full(office, waitlist="off")

    office.try_to_sign_up(meeting["slots"][0]["id"], seats=1).problem(409)


def test_who_waits_may_leave(office: Office) -> None:
    meeting, first = full(office)
    head = waits(office, meeting, 2)
    tail = waits(office, meeting, 2)
    manager = office.manager(head, "waitlisted")

    manager.delete("/api/v1/registrations/manage").expect(200, 204)
    gives_up(office, first)

    office.mail("registration_confirmed", tail)
    assert "registration_confirmed" not in office.kinds(head)
