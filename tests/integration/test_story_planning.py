"""Planning through the API: drafts, venues, slots, changes and who hears of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from tests import factories
from tests.mails import mails_to
from tests.office import Office

HOUR = timedelta(hours=1)


def test_a_draft_is_nobodys_business(office: Office) -> None:
    draft = office.draft()

    assert office.public.get(f"/api/v1/meetings/{draft['id']}").status == 404
    slot = draft["slots"][0]["id"]
    assert office.try_to_sign_up(slot).status in {404, 409, 422}


def test_a_venue_hosts_one_thing_at_a_time(office: Office) -> None:
    network = office.plan("networks", factories.network())["id"]
    venue = office.plan("venues", factories.venue(network))["id"]
    office.draft(network_id=network, venue_id=venue)

    body = factories.meeting(network, venue, starts_at=factories.afternoon(days=30, hour=16))
    problem = office.coordinator.post("/scheduling/api/v1/meetings", body).problem(409)

    assert problem["detail"]


def test_one_meeting_may_begin_when_another_ends(office: Office) -> None:
    network = office.plan("networks", factories.network())["id"]
    venue = office.plan("venues", factories.venue(network))["id"]
    first = office.draft(network_id=network, venue_id=venue)

    end = factories.utc(first["ends_at"])
    office.draft(network_id=network, venue_id=venue, starts_at=end, ends_at=end + HOUR)


def test_a_cancelled_meeting_frees_its_venue(office: Office) -> None:
    network = office.plan("networks", factories.network())["id"]
    venue = office.plan("venues", factories.venue(network))["id"]
    meeting = office.publish(office.draft(network_id=network, venue_id=venue))

    office.cancel(meeting["id"])

    office.draft(network_id=network, venue_id=venue)


def test_a_move_shifts_slots_agenda_and_closing(office: Office) -> None:
    draft = office.draft(registration_closes_at=factories.afternoon(days=28).isoformat())

    moved = office.move(draft, HOUR)

    for before, after in (
        (draft["starts_at"], moved["starts_at"]),
        (draft["ends_at"], moved["ends_at"]),
        (draft["registration_closes_at"], moved["registration_closes_at"]),
        (draft["agenda"][1]["starts_at"], moved["agenda"][1]["starts_at"]),
        (draft["slots"][0]["starts_at"], moved["slots"][0]["starts_at"]),
        (draft["slots"][0]["ends_at"], moved["slots"][0]["ends_at"]),
    ):
        assert factories.utc(after) - factories.utc(before) == HOUR


def test_slots_are_generated_with_breaks_and_exceptions(office: Office) -> None:
    draft = office.draft(
        starts_at=factories.afternoon(hour=9), ends_at=factories.afternoon(hour=13)
    )
    body = {
        "from": factories.afternoon(hour=9).isoformat(),
        "until": factories.afternoon(hour=11).isoformat(),
        "duration_minutes": 20,
        "break_minutes": 10,
        "capacity": 3,
    }

    path = f"/scheduling/api/v1/meetings/{draft['id']}/slots/generate"
    slots = office.coordinator.post(path, body).expect(201)["slots"]

    made = [slot for slot in slots if slot["capacity"] == 3]
    starts = [factories.utc(slot["starts_at"]) for slot in made]
    assert [later - first for first, later in pairwise(starts)] == [HOUR / 2] * 3
    assert {factories.utc(s["ends_at"]) - factories.utc(s["starts_at"]) for s in made} == {HOUR / 3}


def test_silent_edits_are_told_to_nobody(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    office.registered(meeting, email=email)
    office.mail("registration_confirmed", email)

    office.change(meeting["id"], focus_topic="Etwas anderes")
    office.wait_for_meeting(meeting["id"], lambda seen: seen["focus_topic"] == "Etwas anderes")
    office.move(meeting, HOUR)

    assert "Etwas anderes" not in office.mail("meeting_changed", email).subject
    assert office.kinds(email).count("meeting_changed") == 1


def test_a_silent_edit_is_told_when_asked_for(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    office.registered(meeting, email=email)

    office.change(meeting["id"], description="Bitte Ausweis mitbringen.", notify=True)

    office.mail("meeting_changed", email)


def test_a_move_reaches_the_held_and_the_waiting_too(office: Office) -> None:
    meeting = office.published(capacity=2)
    held, waiting = factories.address("held"), factories.address("waiting")
    office.sign_up(meeting, email=held)
    office.sign_up(meeting, email=waiting)

    office.move(meeting, HOUR)

    for email in (held, waiting):
        mail = office.mail("meeting_changed", email)
        assert mail.parts("text/calendar") == []


def test_another_venue_keeps_the_time_in_words(office: Office) -> None:
    network = office.plan("networks", factories.network())["id"]
    meeting, email = office.published(network_id=network), factories.address()
    office.registered(meeting, email=email)
    other = office.plan("venues", factories.venue(network, name="Gesamtschule Huckarde"))["id"]

    office.change(meeting["id"], venue_id=other)

    mail = office.mail("meeting_changed", email)
    assert "Gesamtschule Huckarde" in mail.text
    assert "15:00 Uhr" in mail.text
    assert "Gesamtschule Huckarde" in str(mail.entry.event["LOCATION"])


def test_capacity_lowered_below_the_taken_drops_nobody(office: Office) -> None:
    meeting, email = office.published(capacity=4), factories.address()
    registration = office.registered(meeting, email=email, seats=3)
    path = f"/scheduling/api/v1/slots/{meeting['slots'][0]['id']}"

    office.coordinator.patch(path, {"capacity": 2}).expect(200)
    office.wait_for_meeting(meeting["id"], lambda seen: seen["slots"][0]["capacity"] == 2)

    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 0
    entry = office.wait_for_roster(meeting["id"], registration["id"], "confirmed")
    assert entry["seats"] == 3


def test_more_capacity_moves_the_waiting_up(office: Office) -> None:
    meeting = office.published(capacity=2)
    office.registered(meeting, email=factories.address())
    email = factories.address("waiting")
    office.sign_up(meeting, email=email)
    office.confirm(email, "waitlisted")
    path = f"/scheduling/api/v1/slots/{meeting['slots'][0]['id']}"

    office.coordinator.patch(path, {"capacity": 4}).expect(200)

    office.mail("registration_confirmed", email)


@pytest.mark.parametrize("state", ["cancelled", "published"])
def test_publishing_happens_once(office: Office, state: str) -> None:
    meeting = office.published()
    if state == "cancelled":
        office.cancel(meeting["id"])

    path = f"/scheduling/api/v1/meetings/{meeting['id']}/publish"
    assert office.coordinator.post(path).status in ({409} if state == "cancelled" else {200, 409})


def test_a_cancelled_meeting_takes_nobody(office: Office) -> None:
    meeting = office.published()
    office.cancel(meeting["id"])

    def refused() -> bool:
        return office.try_to_sign_up(meeting["slots"][0]["id"]).status == 409

    office.wait_for_meeting(meeting["id"], lambda _seen: refused())


def test_each_person_hears_of_a_move_once(office: Office) -> None:
    meeting, email = office.published(), factories.address()
    office.registered(meeting, email=email)
    office.mail("registration_confirmed", email)

    office.move(meeting, HOUR)
    office.mail("meeting_changed", email)
    office.cancel(meeting["id"])
    office.mail("meeting_cancelled", email)

    assert len(mails_to(office.mailbox, email, "meeting_changed")) == 1
