"""Planning meetings through the JSON API, on a real database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.database import Database
from shared.settings import Settings
from tests.integration.scheduling_desk import Desk, meeting_body, open_desk


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


@pytest.fixture
def venue(desk: Desk) -> dict[str, Any]:
    return desk.venue(desk.network()["id"])


def test_network_is_created_and_told(desk: Desk) -> None:
    network = desk.network()
    assert [district["name"] for district in network["districts"]] == ["Huckarde", "Lütgendortmund"]
    (fact,) = desk.facts("NetworkSaved")
    assert fact["slug"] == "dortmund-west"
    assert fact["districts"][0]["postcodes"] == ["44369"]
    assert desk.call("GET", "/networks") == [network]


def test_address_of_a_network_is_used_once(desk: Desk) -> None:
    desk.network()
    problem = desk.call("POST", "/networks", {"name": "Again", "slug": "dortmund-west"}, 409)
    assert problem["errors"] == {"slug": ["Another network has this address already."]}


def test_meeting_is_planned_published_moved_and_cancelled(
    desk: Desk, venue: dict[str, Any]
) -> None:
    meeting = desk.meeting(venue)
    assert (meeting["state"], meeting["slug"]) == ("draft", "netzwerktreffen-herbst")
    path = f"/meetings/{meeting['id']}"
    assert desk.call("POST", f"{path}/publish")["state"] == "published"
    moved = desk.call("PATCH", path, {"starts_at": "2031-11-19T16:00:00+01:00"})
    assert moved["ends_at"] == "2031-11-19T18:45:00+01:00"
    assert moved["slots"][0]["starts_at"] == "2031-11-19T16:00:00+01:00"
    assert moved["agenda"][0]["starts_at"] == "2031-11-19T16:00:00+01:00"
    assert moved["registration_closes_at"] == "2031-11-15T13:00:00+01:00"
    assert desk.call("POST", f"{path}/cancel", {"reason": "Sturm"})["state"] == "cancelled"
    names = ["MeetingPublished", "MeetingChanged", "MeetingCancelled"]
    told = [desk.facts(name) for name in names]
    assert [len(facts) for facts in told] == [1, 1, 1]
    assert [facts[0]["revision"] for facts in told] == [1, 2, 3]
    assert told[1][0]["tell"] is False
    assert told[2][0]["reason"] == "Sturm"


@pytest.mark.parametrize("start", ["2031-11-25T15:00:00+01:00", "2031-11-11T15:00:00+01:00"])
@pytest.mark.parametrize("more", [{}, {"title": "Anders", "slug": "anders"}])
def test_time_and_place_change_at_once(
    desk: Desk, venue: dict[str, Any], start: str, more: dict[str, Any]
) -> None:
    path = f"/meetings/{desk.meeting(venue)['id']}"
    other = desk.venue(venue["network_id"], name="Gesamtschule Huckarde")

    changed = desk.call("PATCH", path, {"venue_id": other["id"], "starts_at": start, **more})

    assert (changed["venue_id"], changed["starts_at"]) == (other["id"], start)
    assert changed["slots"][0]["starts_at"] == start


def test_published_twice_is_told_once(desk: Desk, venue: dict[str, Any]) -> None:
    path = f"/meetings/{desk.meeting(venue)['id']}"
    desk.call("POST", f"{path}/publish")
    desk.call("POST", f"{path}/publish")
    desk.call("POST", f"{path}/cancel")
    desk.call("POST", f"{path}/cancel")
    assert len(desk.facts("MeetingPublished")) == len(desk.facts("MeetingCancelled")) == 1
    assert desk.call("POST", f"{path}/publish", status=409)["type"].endswith(":cancelled")
    assert desk.call("PATCH", path, {"title": "x"}, 409)["detail"].startswith("This meeting is")


def test_meeting_without_slots_is_not_published(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue, slots=[])
    problem = desk.call("POST", f"/meetings/{meeting['id']}/publish", status=409)
    assert "slot" in problem["detail"]


def test_drafts_send_nothing(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue)
    desk.call("PATCH", f"/meetings/{meeting['id']}", {"title": "Anders"})
    desk.call("POST", f"/meetings/{meeting['id']}/cancel")
    assert [f for f in desk.facts() if "meeting_id" in f] == []


def test_words_are_silent_unless_told_to_notify(desk: Desk, venue: dict[str, Any]) -> None:
    path = f"/meetings/{desk.meeting(venue)['id']}"
    desk.call("POST", f"{path}/publish")
    desk.call("PATCH", path, {"title": "Anders"})
    desk.call("PATCH", path, {"focus_topic": "Praktikum", "notify": True})
    assert [fact["tell"] for fact in desk.facts("MeetingChanged")] == [False, True]


def test_edit_that_changes_nothing_is_not_told(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue)
    path = f"/meetings/{meeting['id']}"
    desk.call("POST", f"{path}/publish")
    desk.call("PATCH", path, {"title": meeting["title"]})
    assert desk.facts("MeetingChanged") == []


def test_slot_moves_with_its_end(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue)
    desk.call("POST", f"/meetings/{meeting['id']}/publish")
    path = f"/slots/{meeting['slots'][0]['id']}"
    slot = desk.call("PATCH", path, {"starts_at": "2031-11-18T15:30:00+01:00", "capacity": 30})
    assert (slot["ends_at"], slot["capacity"]) == ("2031-11-18T18:15:00+01:00", 30)
    (fact,) = desk.facts("MeetingChanged")
    fields = [change["field"] for change in fact["changes"]]
    assert (fields, fact["tell"]) == (["slot", "slot_capacity"], False)


def test_slots_are_generated_around_a_break(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue, slots=[])
    body = {
        "from": "2031-11-18T15:00:00+01:00",
        "until": "2031-11-18T17:00:00+01:00",
        "duration_minutes": 20,
        "break_minutes": 5,
        "capacity": 2,
        "except": [{"from": "2031-11-18T15:45:00+01:00", "until": "2031-11-18T16:10:00+01:00"}],
    }
    path = f"/meetings/{meeting['id']}/slots/generate"
    slots = desk.call("POST", path, body, 201)["slots"]
    assert [slot["starts_at"][11:16] for slot in slots] == ["15:00", "15:25", "16:10", "16:35"]
    assert desk.call("POST", path, body, 409)["errors"] == {
        "from": ["Some of these slots exist already."]
    }


def test_taken_venue_is_explained(desk: Desk, venue: dict[str, Any]) -> None:
    desk.meeting(venue, title="Talk day")
    problem = desk.call("POST", "/meetings", meeting_body(venue), 409)
    assert problem["errors"]["venue_id"] == [
        "Hauptschule Kley is in use at that time: “Talk day”, Tue, 18 Nov 2031, 15:00–17:45."
    ]


def test_cancelled_meeting_frees_its_venue(desk: Desk, venue: dict[str, Any]) -> None:
    first = desk.meeting(venue)
    desk.call("POST", f"/meetings/{first['id']}/cancel")
    assert desk.meeting(venue)["slug"] == "netzwerktreffen-herbst-2"


def test_new_room_of_a_venue_reaches_its_meetings(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue)
    desk.call("POST", f"/meetings/{meeting['id']}/publish")
    desk.call("PATCH", f"/venues/{venue['id']}", {"room": "Mensa"})
    desk.call("PATCH", f"/venues/{venue['id']}", {"arrival_note": "Parken im Hof"})
    told = [(fact["changes"][0]["field"], fact["tell"]) for fact in desk.facts("MeetingChanged")]
    assert told == [("room", False), ("arrival_note", False)]


def test_foreign_networks_do_not_exist(desk: Desk, venue: dict[str, Any]) -> None:
    meeting = desk.meeting(venue)
    desk.network(slug="sued", name="Süd")
    other = desk.as_person("b@stadt.example", "coordinator", "sued")
    for method, path in [
        ("GET", f"/meetings/{meeting['id']}"),
        ("GET", f"/meetings/{meeting['id']}/roster"),
        ("POST", f"/meetings/{meeting['id']}/publish"),
        ("PATCH", f"/slots/{meeting['slots'][0]['id']}"),
        ("GET", f"/venues/{venue['id']}"),
        ("GET", f"/networks/{venue['network_id']}"),
    ]:
        body = {} if method == "PATCH" else None
        assert other.answer(method, path, body).status_code == 404, path
    assert other.call("GET", "/meetings") == []
    other.call("POST", "/meetings", meeting_body(venue), 404)


def test_roles_bound_what_may_be_done(desk: Desk, venue: dict[str, Any]) -> None:
    viewer = desk.as_person("v@stadt.example", "viewer", "dortmund-west")
    coordinator = desk.as_person("c@stadt.example", "coordinator", "dortmund-west")
    assert viewer.answer("GET", "/meetings").status_code == 200
    assert viewer.answer("POST", "/meetings", meeting_body(venue)).status_code == 403
    assert coordinator.answer("POST", "/networks", {"name": "x", "slug": "x"}).status_code == 403
    assert desk.client.get("/scheduling/api/v1/meetings").status_code == 401


@pytest.mark.parametrize(
    ("field", "value", "place"),
    [
        ("title", "", ["title"]),
        ("title", "a\x00b", ["title"]),
        ("title", "x" * 201, ["title"]),
        ("starts_at", "2031-11-18T15:00:00", ["starts_at"]),
        ("starts_at", "soon", ["starts_at"]),
        ("ends_at", "2031-11-18T14:00:00+01:00", ["ends_at"]),
        ("admission", "everybody", ["admission"]),
        ("venue_id", "01900000-0000-7000-8000-000000000001", ["venue_id"]),
        ("slug", "Not A Slug", ["slug"]),
        ("seats_per_company", 0, ["seats_per_company"]),
        ("registration_closes_at", "2032-01-01T00:00:00Z", ["registration_closes_at"]),
        ("slots", [{"starts_at": 1, "ends_at": None, "capacity": 0}], ["slots", "0", "capacity"]),
        ("unknown", 1, ["unknown"]),
    ],
)
def test_bad_value_is_told_at_its_field(
    desk: Desk, venue: dict[str, Any], field: str, value: object, place: list[str]
) -> None:
    problem = desk.call("POST", "/meetings", meeting_body(venue) | {field: value}, 422)
    found = problem["errors"]
    for step in place:
        found = found[step]
    assert found


def test_bad_requests_are_problems(desk: Desk) -> None:
    headers = {"Authorization": f"Bearer {desk.token}"}
    for body, kind, status in [("{", "application/json", 400), ("a=1", "text/plain", 415)]:
        answer = desk.client.post(
            "/scheduling/api/v1/networks", data=body, content_type=kind, headers=headers
        )
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert desk.answer("GET", "/meetings/not-an-id").status_code == 404
    assert desk.answer("DELETE", "/meetings").status_code == 405


EDITED = {
    "meetings": ({"title": "Mine"}, {"title": "Theirs"}),
    "slots": ({"capacity": 7}, {"capacity": 8}),
    "venues": ({"room": "Mensa"}, {"room": "Foyer"}),
    "networks": ({"contact_name": "Mine"}, {"contact_name": "Theirs"}),
}


def address_and_revision(desk: Desk, meeting: dict[str, Any], kind: str) -> tuple[str, int]:
    """Where to PATCH it, and the revision that a program sees."""
    ids = {
        "meetings": meeting["id"],
        "slots": meeting["slots"][0]["id"],
        "venues": meeting["venue_id"],
        "networks": meeting["network_id"],
    }
    shown = {"slots": f"/meetings/{meeting['id']}"}.get(kind, f"/{kind}/{ids[kind]}")
    return f"/{kind}/{ids[kind]}", desk.call("GET", shown)["revision"]


@pytest.mark.parametrize("kind", EDITED)
def test_an_edit_made_from_what_is_no_longer_so_is_refused(
    desk: Desk, venue: dict[str, Any], kind: str
) -> None:
    mine, theirs = EDITED[kind]
    path, seen = address_and_revision(desk, desk.meeting(venue), kind)
    now_is = desk.call("PATCH", path, theirs | {"revision": seen})["revision"]
    problem = desk.call("PATCH", path, mine | {"revision": seen}, 409)
    assert problem["type"].endswith(":changed-meanwhile")
    assert problem["detail"].startswith("Somebody else has changed this meanwhile.")
    assert now_is > seen
    desk.call("PATCH", path, mine | {"revision": now_is})
    desk.call("PATCH", path, theirs)
    desk.call("PATCH", path, mine | {"revision": None})


def test_networks_are_paged(desk: Desk) -> None:
    for name in ("Cedar", "Ahorn", "Birke"):
        desk.network(name=name, slug=name.lower())
    answer = desk.answer("GET", "/networks?page=2&page_size=2")
    assert [network["name"] for network in answer.get_json()] == ["Cedar"]
    assert '"total": 3' in answer.headers["X-Pagination"]
    assert desk.answer("GET", "/networks?page=0").status_code == 422


def test_a_page_that_is_not_there_says_whom_to_call(desk: Desk) -> None:
    desk.network(name="Aplerbeck", slug="aplerbeck", contact_phone="0231 1")
    venue = desk.venue(desk.network(name="Zeche", contact_phone="0231 2")["id"])
    meeting = desk.meeting(venue)["id"]
    found = {
        path: re.findall(r'href="tel:(\d+)"', desk.client.get(f"/scheduling/{path}").text)
        for path in ("nowhere", f"meetings/{meeting}/calendar.ics")
    }
    assert found == {"nowhere": ["02311"], f"meetings/{meeting}/calendar.ics": ["02312"]}


def test_lists_are_paged(desk: Desk, venue: dict[str, Any]) -> None:
    for day in range(18, 21):
        span = {
            "starts_at": f"2031-11-{day}T09:00:00+01:00",
            "ends_at": f"2031-11-{day}T10:00:00+01:00",
        }
        desk.meeting(venue, **span, slots=[], agenda=[], registration_closes_at=None)
    answer = desk.answer("GET", "/meetings?page=2&page_size=2")
    assert [m["starts_at"][:10] for m in answer.get_json()] == ["2031-11-20"]
    assert '"total": 3' in answer.headers["X-Pagination"]
