"""The roster from facts, and venues under concurrent use, on a real database."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import delete, text
from sqlalchemy.exc import IntegrityError

from services.scheduling.handlers import HANDLERS
from services.scheduling.models import RosterEntry, Slot
from shared.clock import now
from shared.database import Database
from shared.events import registration as facts
from shared.identifiers import new_id
from shared.settings import Settings
from tests.factories_registration import registered
from tests.integration.scheduling_desk import Desk, meeting_body, open_desk

COUNTERS = "confirmed_seats, held_seats, pending_seats, waitlisted_seats, companies, mails, calendar_entries"


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


@pytest.fixture
def meeting(desk: Desk) -> dict[str, Any]:
    return desk.meeting(desk.venue(desk.network()["id"]))


def about(
    meeting: dict[str, Any], kind: type[Any] = facts.RegistrationConfirmed, **fields: Any
) -> Any:
    ids = {"meeting_id": UUID(meeting["id"]), "slot_id": UUID(meeting["slots"][0]["id"])}
    return registered(kind, **{**ids, **fields})


def hear(desk: Desk, *heard: Any) -> None:
    for fact in heard:
        with desk.database.transaction() as session:
            HANDLERS[type(fact)](session, fact, None)  # type: ignore[arg-type]


def roster(desk: Desk, meeting: dict[str, Any], query: str = "") -> dict[str, Any]:
    (slot,) = desk.call("GET", f"/meetings/{meeting['id']}/roster{query}")["slots"]
    return slot


def test_confirmed_registration_is_in_the_roster(desk: Desk, meeting: dict[str, Any]) -> None:
    hear(desk, about(meeting, attendees=2))
    slot = roster(desk, meeting)
    (entry,) = slot["entries"]
    assert (slot["taken"], entry["company"], entry["state"]) == (2, "Schreinerei", "confirmed")
    assert [person["name"] for person in entry["attendees"]] == ["Mensch 0", "Mensch 1"]


def test_older_facts_are_dropped(desk: Desk, meeting: dict[str, Any]) -> None:
    confirmed = about(meeting, attendees=2, revision=2)
    held = facts.RegistrationHeld(**{**vars(confirmed), "state": "held", "revision": 1})
    hear(desk, confirmed, held, confirmed)
    slot = roster(desk, meeting)
    assert (slot["confirmed"], slot["held"], len(slot["entries"])) == (2, 0, 1)


def test_given_up_seats_leave_the_roster(desk: Desk, meeting: dict[str, Any]) -> None:
    confirmed = about(meeting, attendees=2)
    gone = {**vars(confirmed), "state": "cancelled", "revision": 2}
    hear(desk, confirmed, facts.RegistrationCancelled(**gone))
    assert (roster(desk, meeting)["taken"], roster(desk, meeting)["entries"]) == (0, [])
    assert roster(desk, meeting, "?state=all")["entries"][0]["state"] == "cancelled"


def test_arrival_may_be_heard_of_first(desk: Desk, meeting: dict[str, Any]) -> None:
    confirmed = about(meeting)
    arrival = facts.AttendeeCheckedIn(
        revision=2,
        registration_id=confirmed.registration_id,
        meeting_id=confirmed.meeting_id,
        attendee_id=confirmed.attendees[0].attendee_id,
        checked_in_at=now(),
    )
    hear(desk, arrival, arrival, confirmed)
    assert roster(desk, meeting)["entries"][0]["attendees"][0]["checked_in_at"]


def test_overbooking_is_shown_until_it_fits(desk: Desk, meeting: dict[str, Any]) -> None:
    slot_id = UUID(meeting["slots"][0]["id"])
    told = facts.SlotOverbooked(
        revision=1, slot_id=slot_id, meeting_id=UUID(meeting["id"]), capacity=1, taken=3
    )
    hear(desk, replace(told, revision=2, taken=1), told)
    with desk.database.reading() as session:
        assert session.get_one(Slot, slot_id).overbooked_by == 0
    hear(desk, replace(told, revision=3))
    with desk.database.reading() as session:
        assert session.get_one(Slot, slot_id).overbooked_by == 2


def test_facts_about_unknown_slots_do_no_harm(desk: Desk) -> None:
    hear(desk, registered())


def test_same_registration_heard_by_two_workers_counts_once(
    desk: Desk, meeting: dict[str, Any]
) -> None:
    confirmed = about(meeting, attendees=3)
    together = threading.Barrier(4)

    def work(_number: int) -> None:
        together.wait()
        hear(desk, confirmed)

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(work, range(4)))
    assert roster(desk, meeting)["taken"] == 3


moves = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(1, 9),
        st.sampled_from(
            ["held", "pending_approval", "confirmed", "waitlisted", "cancelled", "expired"]
        ),
        st.integers(1, 4),
    ),
    max_size=12,
)


@given(moves=moves)
@rules(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counters_are_the_sum_of_the_entries(
    desk: Desk, meeting: dict[str, Any], moves: list[tuple[int, int, str, int]]
) -> None:
    with desk.database.transaction() as session:
        session.execute(delete(RosterEntry))
        zero = ", ".join(f"{name.strip()} = 0" for name in COUNTERS.split(","))
        session.execute(text(f"update slot set {zero}"))
    ids = [new_id() for _ in range(3)]
    hear(
        desk,
        *[
            about(
                meeting, registration_id=ids[which], revision=revision, state=state, attendees=seats
            )
            for which, revision, state, seats in moves
        ],
    )
    with desk.database.reading() as session:
        counted = session.execute(text(f"select {COUNTERS} from slot")).one()
        entries = session.query(RosterEntry).all()
    by_state = {
        state: sum(e.seats for e in entries if e.state == state)
        for state in {e.state for e in entries}
    }
    states = ("confirmed", "held", "pending_approval", "waitlisted")
    assert counted[:4] == tuple(by_state.get(state, 0) for state in states)
    assert counted.mails == sum(e.mails for e in entries)
    assert counted.calendar_entries == sum(e.calendar_entries for e in entries)


def test_one_of_many_gets_the_venue(desk: Desk) -> None:
    venue = desk.venue(desk.network()["id"])
    together = threading.Barrier(6)

    def plan(_number: int) -> int:
        together.wait()
        return desk.answer("POST", "/meetings", meeting_body(venue)).status_code

    with ThreadPoolExecutor(6) as writers:
        codes = sorted(writers.map(plan, range(6)))
    assert codes == [201, 409, 409, 409, 409, 409]


def test_database_itself_refuses_overlapping_use(desk: Desk, meeting: dict[str, Any]) -> None:
    copy = text(
        "insert into meeting (id, network_id, venue_id, slug, state, title, description, focus_topic, room,"
        " starts_at, ends_at, uses_from, uses_until, admission, approval, waitlist, revision, cancel_reason,"
        " created_at, updated_at) select :id, network_id, venue_id, :slug, :state, title, '', '', '',"
        " starts_at, ends_at, uses_from, uses_until, admission, approval, waitlist, 0, '', now(), now()"
        " from meeting where slug = :old"
    )
    values = {"old": meeting["slug"], "id": new_id(), "slug": "a", "state": "cancelled"}
    with desk.database.transaction() as session:
        session.execute(copy, values)
    with (
        pytest.raises(IntegrityError, match="meeting_venue_in_use"),
        desk.database.transaction() as session,
    ):
        session.execute(copy, values | {"id": new_id(), "slug": "b", "state": "draft"})


def test_meetings_back_to_back_share_a_venue(desk: Desk, meeting: dict[str, Any]) -> None:
    span = {"starts_at": "2031-11-18T17:45:00+01:00", "ends_at": "2031-11-18T19:00:00+01:00"}
    desk.meeting(meeting["venue"], **span, slots=[], agenda=[], title="danach")
