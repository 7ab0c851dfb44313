"""What a company changes by herself with the link of her mail."""

from __future__ import annotations

from typing import Any

from tests import factories
from tests.clients import Api
from tests.office import Office

MANAGE = "/api/v1/registrations/manage"


def registered(office: Office, **fields: Any) -> tuple[dict[str, Any], str, Api]:
    """A confirmed company of two, and whoever holds her link."""
    meeting, email = office.published(**fields), factories.address()
    office.registered(meeting, email=email)
    return meeting, email, office.manager(email)


def test_the_link_shows_the_registration(office: Office) -> None:
    _meeting, email, manager = registered(office)

    seen = manager.get(MANAGE).expect(200)

    assert (seen["state"], seen["seats"], len(seen["attendees"])) == ("confirmed", 2, 2)
    assert seen["contact"]["email"] == email


def test_without_the_link_nobody_sees_it(office: Office) -> None:
    for token in (None, "x", "A" * 46):
        assert office.public.having(token).get(MANAGE).status in {401, 404}


def test_another_name_on_a_seat_is_told_with_a_newer_entry(office: Office) -> None:
    meeting, email, manager = registered(office)
    before = office.mail("registration_confirmed", email).entry
    people = manager.get(MANAGE).expect(200)["attendees"]
    keep = {key: people[0][key] for key in ("id", "name", "email") if people[0].get(key)}

    manager.patch(MANAGE, {"attendees": [keep, {"name": "Neue Kollegin"}]}).expect(200)

    entry = office.mail("registration_changed", email).entry
    assert (entry.uid, entry.method) == (before.uid, "REQUEST")
    assert entry.sequence > before.sequence
    shown = office.roster(meeting["id"])[0]["attendees"]
    assert "Neue Kollegin" in [person["name"] for person in shown]


def test_a_replaced_colleague_gets_a_cancel(office: Office) -> None:
    meeting, email, colleague = (
        office.published(),
        factories.address(),
        factories.address("kollege"),
    )
    people = [{"name": "Anna", "email": email}, {"name": "Kalle", "email": colleague}]
    office.registered(meeting, email=email, attendees=people)
    before = office.mail("registration_confirmed", colleague).entry

    body = {"attendees": [people[0], {"name": "Neue Kollegin"}]}
    office.manager(email).patch(MANAGE, body).expect(200)

    entry = office.mail("registration_changed", colleague).entry
    assert (entry.uid, entry.method) == (before.uid, "CANCEL")


def test_seats_given_up_are_free_at_once(office: Office) -> None:
    meeting, _email, manager = registered(office)
    people = manager.get(MANAGE).expect(200)["attendees"]

    manager.patch(MANAGE, {"attendees": [{"name": people[0]["name"]}]}).expect(200)

    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 19


def test_seats_are_added_while_there_are_some(office: Office) -> None:
    meeting, _email, manager = registered(office)
    people = [{"name": p["name"]} for p in manager.get(MANAGE).expect(200)["attendees"]]

    manager.patch(MANAGE, {"attendees": [*people, {"name": "Noch Eine"}]}).expect(200)

    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 17


def test_seats_beyond_the_free_ones_wait(office: Office) -> None:
    meeting, _email, manager = registered(office, capacity=3)
    people = [{"name": p["name"]} for p in manager.get(MANAGE).expect(200)["attendees"]]

    more = [*people, {"name": "Drei"}, {"name": "Vier"}]
    answer = manager.patch(MANAGE, {"attendees": more})

    assert answer.status in {200, 202}
    slot = office.seen(meeting["id"])["slots"][0]
    assert slot["waitlist_length"] == 1
    assert manager.get(MANAGE).expect(200)["state"] == "confirmed"


def test_giving_up_frees_the_seats_and_the_calendar(office: Office) -> None:
    meeting, email, manager = registered(office)
    before = office.mail("registration_confirmed", email)

    manager.delete(MANAGE).expect(200, 204)

    entry = office.mail("registration_cancelled", email).entry
    assert (entry.uid, entry.method) == (before.entry.uid, "CANCEL")
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 20
    office.wait_until_off_roster(meeting["id"], before.registration)


def test_giving_up_twice_is_giving_up_once(office: Office) -> None:
    meeting, email, manager = registered(office)

    assert manager.delete(MANAGE).status in {200, 204}
    assert manager.delete(MANAGE).status in {200, 204, 409}

    office.mail("registration_cancelled", email)
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 20
    assert office.kinds(email).count("registration_cancelled") == 1


def test_the_link_of_a_colleague_opens_her_seat_alone(office: Office) -> None:
    meeting, email, colleague = (
        office.published(),
        factories.address(),
        factories.address("kollegin"),
    )
    people = [{"name": "Anna", "email": email}, {"name": "Kati", "email": colleague}]
    office.registered(meeting, email=email, attendees=people)

    seat = office.mail("registration_confirmed", colleague).link("/registrations/manage/")

    assert seat != office.mail("registration_confirmed", email).link("/registrations/manage/")
    page = office.public.get(seat.removeprefix(office.public.url))
    assert page.status == 200
    assert "Kati" in page.text
    assert email not in page.text
