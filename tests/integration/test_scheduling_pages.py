"""Planning meetings and where they take place in the coordinators' pages, without scripts, on a real database."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text

from shared.database import Database
from shared.settings import Settings
from tests.factories_registration import confirmed
from tests.integration.scheduling_desk import Desk, Visitor, open_desk, person


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


@pytest.fixture
def venue(desk: Desk) -> dict[str, Any]:
    return desk.venue(desk.network()["id"])


@pytest.fixture
def kora(desk: Desk, venue: dict[str, Any]) -> Visitor:
    return person(desk, "coordinator", "dortmund-west")


def fields(page: str) -> dict[str, str]:
    """What a browser would send back for the form of the page."""
    values = {}
    for tag in re.findall(r"<input [^>]*>", page):
        attributes = dict(re.findall(r'(\w[\w-]*)="([^"]*)"', tag))
        ticked = " checked" in tag or attributes.get("type") not in {"radio", "checkbox"}
        if "name" in attributes and ticked:
            values[attributes["name"]] = html.unescape(attributes.get("value", ""))
    for name, inside in re.findall(
        r'<select [^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        chosen = re.search(r'value="([^"]*)" selected', inside)
        values[name] = chosen[1] if chosen else ""
    for name, inside in re.findall(
        r'<textarea [^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL
    ):
        values[name] = html.unescape(inside)
    values.pop("csrf_token", None)
    return values


def form_at(visitor: Visitor, path: str) -> dict[str, str]:
    return fields(visitor.get(path).get_data(as_text=True))


def filled(venue: dict[str, Any], **more: str) -> dict[str, str]:
    return {
        "network_id": venue["network_id"],
        "venue_id": venue["id"],
        "title": "Frühjahrstreffen",
        "starts_at": "2031-03-18T15:00",
        "ends_at": "2031-03-18T17:45",
        "agenda-0-starts_at": "15:00",
        "agenda-0-title": "Begrüßung",
        "slots-0-starts_at": "15:00",
        "slots-0-ends_at": "17:45",
        "slots-0-capacity": "40",
        "admission": "open",
        "waitlist": "strict",
        **more,
    }


def new_draft(visitor: Visitor, venue: dict[str, Any], **more: str) -> str:
    """The path of a new meeting."""
    answer = visitor.post(
        "/scheduling/meetings/new", filled(venue, **more), form="/scheduling/meetings/new"
    )
    return urlsplit(answer.headers["Location"]).path


def published(visitor: Visitor, venue: dict[str, Any], **more: str) -> str:
    path = new_draft(visitor, venue, **more)
    visitor.post(f"{path}/publish", {})
    return path


def test_draft_is_planned_and_published(desk: Desk, kora: Visitor, venue: dict[str, Any]) -> None:
    path = published(kora, venue, new_series="Reihe 2031")
    page = kora.get(path).get_data(as_text=True)
    assert "Frühjahrstreffen" in page
    assert "15:00–17:45" in page
    assert "seats registered" in page
    assert "0 people, entrance from 14:30, Aula." in page
    (fact,) = desk.facts("MeetingPublished")
    assert fact["starts_at"] == "2031-03-18T14:00:00+00:00"
    listing = kora.get("/scheduling/meetings").get_data(as_text=True)
    assert "Reihe 2031" in listing


def test_two_seats_per_company_are_proposed_and_can_be_cleared(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    proposed = form_at(kora, "/scheduling/meetings/new")["seats_per_company"]
    published(kora, venue, seats_per_company=proposed)
    published(
        kora, venue, seats_per_company="", starts_at="2031-03-19T15:00", ends_at="2031-03-19T17:45"
    )
    desk.call("POST", f"/meetings/{desk.meeting(venue)['id']}/publish")
    told = [fact["seats_per_company"] for fact in desk.facts("MeetingPublished")]
    assert told == [2, None, None]


def test_nothing_is_told_to_the_caretaker_of_a_draft(kora: Visitor, venue: dict[str, Any]) -> None:
    page = kora.get(new_draft(kora, venue)).get_data(as_text=True)
    assert "entrance from" not in page


def test_mistakes_stand_at_their_fields_and_values_stay(
    kora: Visitor, venue: dict[str, Any]
) -> None:
    wrong = filled(venue, title="", ends_at="2031-03-18T14:00")
    wrong |= {"slots-0-capacity": "many", "agenda-0-title": "  Begrüßung <b>  "}
    form = "/scheduling/meetings/new"
    page = kora.post(form, wrong, 422, form=form).get_data(as_text=True)
    assert 'href="#f-title"' in page
    assert 'href="#f-slots-0-capacity"' in page
    assert 'value="many"' in page
    assert "Begrüßung &lt;b&gt;" in page
    assert "Please enter a whole number." in page


def test_hour_that_does_not_exist_is_explained(kora: Visitor, venue: dict[str, Any]) -> None:
    form = "/scheduling/meetings/new"
    wrong = filled(venue, starts_at="2031-03-30T02:30", ends_at="2031-03-30T05:00")
    page = kora.post(form, wrong, 422, form=form).get_data(as_text=True)
    assert "This hour does not exist" in page


def test_lines_are_added_and_removed_without_scripts(kora: Visitor, venue: dict[str, Any]) -> None:
    form = "/scheduling/meetings/new"
    page = kora.post(form, filled(venue, add="slots"), 200, form=form).get_data(as_text=True)
    values = fields(page)
    assert (values["slots-1-starts_at"], values["slots-1-capacity"]) == ("17:45", "40")
    page = kora.post(form, values | {"remove": "slots-0"}, 200, form=form).get_data(as_text=True)
    assert "slots-0-starts_at" not in fields(page)


def test_taken_venue_is_explained_in_the_form(kora: Visitor, venue: dict[str, Any]) -> None:
    new_draft(kora, venue)
    form = "/scheduling/meetings/new"
    page = kora.post(form, filled(venue), 422, form=form).get_data(as_text=True)
    assert "Hauptschule Kley is in use at that time: “Frühjahrstreffen”" in page


def test_who_will_be_told_stands_there_before_saving(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    path = published(kora, venue)
    confirmed(desk.database, desk.facts("MeetingPublished")[0], attendees=3)
    values = form_at(kora, f"{path}/edit") | {"starts_at": "2031-03-19T16:00", "step": "check"}
    page = kora.post(f"{path}/edit", values, 200).get_data(as_text=True)
    assert "Sends 3 mails, moves 3 calendar entries." in page
    assert "Save and send 3 mails" in page
    assert desk.facts("MeetingChanged") == []
    hidden = fields(page)
    kora.post(f"{path}/edit", hidden | {"step": "save"}, form=f"{path}/edit")
    saved = kora.get(path).get_data(as_text=True)
    assert "Saved. 3 mails are on their way, 3 calendar entries are moved." in saved
    (fact,) = desk.facts("MeetingChanged")
    assert (fact["starts_at"], fact["ends_at"]) == (
        "2031-03-19T15:00:00+00:00",
        "2031-03-19T17:45:00+00:00",
    )
    assert fact["slots"][0]["starts_at"] == fact["agenda"][0]["starts_at"] == fact["starts_at"]
    assert "slot" in {change["field"] for change in fact["changes"]}


def test_form_opened_by_two_is_saved_by_one(kora: Visitor, venue: dict[str, Any]) -> None:
    path = published(kora, venue)
    first, second = form_at(kora, f"{path}/edit"), form_at(kora, f"{path}/edit")
    kora.post(f"{path}/edit", first | {"title": "A", "step": "save"})
    page = kora.post(f"{path}/edit", second | {"title": "B", "step": "save"}, 422).get_data(
        as_text=True
    )
    assert "Somebody else has changed this meanwhile" in page
    assert 'value="B"' in page


@pytest.mark.parametrize(("kind", "named"), [("networks", "network_id"), ("venues", "id")])
def test_form_of_a_network_or_venue_opened_by_two_is_saved_by_one(
    kora: Visitor, venue: dict[str, Any], kind: str, named: str
) -> None:
    path = f"/scheduling/{kind}/{venue[named]}"
    first, second = form_at(kora, path), form_at(kora, path)
    kora.post(path, first | {"contact_name": "A"})
    page = kora.post(path, second | {"contact_name": "B"}, 422).text
    assert "Somebody else has changed this meanwhile" in page
    assert 'value="B"' in page
    kora.post(path, form_at(kora, path) | {"contact_name": "B"})
    assert form_at(kora, path)["contact_name"] == "B"


def test_untouched_form_changes_nothing(desk: Desk, kora: Visitor, venue: dict[str, Any]) -> None:
    path = published(kora, venue)
    page = kora.post(f"{path}/edit", form_at(kora, f"{path}/edit") | {"step": "check"}, 200)
    assert "Nothing is different." in page.get_data(as_text=True)


def test_overview_says_when_registration_for_the_last_slot_closes(
    kora: Visitor, venue: dict[str, Any]
) -> None:
    path = new_draft(kora, venue, **{"slots-0-starts_at": "16:30"})
    assert re.search(r"Registration closes</dt>\s*<dd>[^<]*16:30", kora.get(path).text)
    late = new_draft(
        kora,
        venue,
        starts_at="2031-03-19T15:00",
        ends_at="2031-03-19T17:45",
        registration_closes_at="2031-03-19T17:00",
    )
    assert re.search(r"Registration closes</dt>\s*<dd>[^<]*15:00", kora.get(late).text)


def test_row_of_slots_is_shown_then_made(kora: Visitor, venue: dict[str, Any]) -> None:
    path = f"{new_draft(kora, venue)}/slots"
    values = form_at(kora, path) | {"except": "16:00–16:30", "step": "show"}
    page = kora.post(path, values, 200).get_data(as_text=True)
    assert "Make 5 slots" in page
    kora.post(path, values | {"step": "make"})
    wrong = kora.post(path, values | {"except": "lunch"}, 422).get_data(as_text=True)
    assert "Please write breaks like 12:00–13:00" in wrong


def test_row_of_slots_replaces_those_of_a_draft(kora: Visitor, venue: dict[str, Any]) -> None:
    path = new_draft(kora, venue)
    values = form_at(kora, f"{path}/slots")
    assert values["replace"] == "1"
    kora.post(f"{path}/slots", values | {"step": "make"})
    assert "15:00–17:45" not in kora.get(path).get_data(as_text=True).split('id="slots"')[1]


def test_row_of_slots_beside_others_warns_of_the_same_time(
    kora: Visitor, venue: dict[str, Any]
) -> None:
    path = published(kora, venue)
    values = form_at(kora, f"{path}/slots") | {"replace": "1", "step": "show"}
    page = kora.post(f"{path}/slots", values, 200).get_data(as_text=True)
    assert "They are added to the one slot that is there." in page
    assert "at the same time as slots that are there" in page
    kora.post(f"{path}/slots", values | {"step": "make"})
    assert "15:00–17:45" in kora.get(path).get_data(as_text=True).split('id="slots"')[1]


def test_cancelling_tells_whom_first(desk: Desk, kora: Visitor, venue: dict[str, Any]) -> None:
    path = published(kora, venue)
    confirmed(desk.database, desk.facts("MeetingPublished")[0], attendees=2)
    assert "Sends 2 mails, removes 2 calendar entries." in kora.get(f"{path}/cancel").get_data(
        as_text=True
    )
    kora.post(f"{path}/cancel", {"reason": "Sturm"})
    cancelled = kora.get(path).get_data(as_text=True)
    assert "Sturm" in cancelled
    assert "2 mails are on their way, 2 calendar entries are removed." in cancelled
    assert "cannot be edited" in kora.get(f"{path}/edit").get_data(as_text=True)
    assert len(desk.facts("MeetingCancelled")) == 1


def test_duplicate_asks_only_for_the_day(kora: Visitor, venue: dict[str, Any]) -> None:
    path = published(kora, venue)
    source = path.rsplit("/", 1)[1]
    values = form_at(kora, f"/scheduling/meetings/new?from={source}")
    assert (values["title"], values["starts_at"], values["agenda-0-starts_at"]) == (
        "Frühjahrstreffen",
        "",
        "15:00",
    )
    days = {"starts_at": "2031-09-18T15:00", "ends_at": "2031-09-18T17:45"}
    kora.post("/scheduling/meetings/new", values | days, form="/scheduling/meetings/new")


def test_viewers_read_and_strangers_find_nothing(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    path = published(kora, venue)
    desk.network(slug="sued", name="Süd")
    viewer = person(desk, "viewer", "dortmund-west", email="v@stadt.example")
    stranger = person(desk, "coordinator", "sued", email="s@stadt.example")
    assert (
        "/edit"
        not in viewer.get(path).get_data(as_text=True).split("meeting-head")[1].split("tabs")[0]
    )
    viewer.get(f"{path}/edit", 403)
    stranger.get(path, 404)
    stranger.get(f"{path}/edit", 404)
    stranger.get("/scheduling/coordinators", 403)
    assert "Frühjahrstreffen" not in stranger.get("/scheduling/meetings").get_data(as_text=True)


def test_new_room_of_a_venue_is_told_after_asking(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    published(kora, venue)
    confirmed(desk.database, desk.facts("MeetingPublished")[0], attendees=1)
    path = f"/scheduling/venues/{venue['id']}"
    values = form_at(kora, path) | {"room": "Mensa"}
    assert "Sends 1 mail" in kora.post(path, values, 200).get_data(as_text=True)
    kora.post(path, values | {"step": "save"})
    assert desk.facts("MeetingChanged")[0]["venue"]["room"] == "Mensa"


def test_districts_are_edited_as_lines(desk: Desk, kora: Visitor, venue: dict[str, Any]) -> None:
    path = f"/scheduling/networks/{venue['network_id']}"
    values = form_at(kora, path)
    assert values["districts"] == "Huckarde: 44369\nLütgendortmund"
    page = kora.post(path, values | {"districts": "Huckarde: 4436"}, 422).get_data(as_text=True)
    assert "Line 1: Please enter five digits." in page
    kora.post(path, values | {"districts": "Huckarde: 44369, 44147\nMengede"})
    districts = desk.facts("NetworkSaved")[-1]["districts"]
    assert [district["name"] for district in districts] == ["Huckarde", "Mengede"]


def test_public_calendar_follows_moves_and_cancellations(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    feed = "/scheduling/networks/dortmund-west/calendar.ics"
    published(
        kora,
        venue,
        title="Geheim",
        admission="invited",
        starts_at="2031-05-01T15:00",
        ends_at="2031-05-01T17:00",
    )
    path = published(kora, venue)
    first = Visitor(desk.app).get(feed)
    text = first.get_data(as_text=True)
    assert ("Geheim" in text, text.count("BEGIN:VEVENT")) == (False, 1)
    assert "DTSTART:20310318T140000Z" in text
    again = desk.client.get(feed, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    kora.post(f"{path}/cancel", {"reason": ""})
    after = Visitor(desk.app).get(feed).get_data(as_text=True)
    uid = re.search(r"UID:(\S+)", text)
    assert uid
    assert uid[0] in after
    assert "STATUS:CANCELLED" in after
    assert Visitor(desk.app).get(f"{path}/calendar.ics").mimetype == "text/calendar"


def test_touched_slot_is_set_and_untouched_parts_move_along(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    second = {"slots-1-starts_at": "16:30", "slots-1-ends_at": "17:45", "slots-1-capacity": "5"}
    path = published(kora, venue, **{**second, "slots-0-ends_at": "16:00"})
    values = form_at(kora, f"{path}/edit")
    touched = {
        "starts_at": "2031-03-18T16:00",
        "slots-1-starts_at": "17:15",
        "agenda-0-title": "Auftakt",
    }
    kora.post(f"{path}/edit", values | touched | {"step": "save"})
    (fact,) = desk.facts("MeetingChanged")
    spans = [(slot["starts_at"][11:16], slot["ends_at"][11:16]) for slot in fact["slots"]]
    assert spans == [("15:00", "16:00"), ("16:15", "17:45")]
    assert [item["starts_at"][11:16] for item in fact["agenda"]] == ["15:00"]


def test_slot_of_a_published_meeting_stays(kora: Visitor, venue: dict[str, Any]) -> None:
    path = published(kora, venue)
    values = {k: v for k, v in form_at(kora, f"{path}/edit").items() if not k.startswith("slots-")}
    page = kora.post(f"{path}/edit", values | {"step": "save"}, 422).get_data(as_text=True)
    assert "cannot be removed" in page


def test_roster_of_more_than_are_counted_is_read_to_its_end(
    desk: Desk, kora: Visitor, venue: dict[str, Any]
) -> None:
    path = published(kora, venue)
    confirmed(desk.database, desk.facts("MeetingPublished")[0], attendees=1)
    more = text("""
        insert into roster_entry select (jsonb_populate_record(entry, jsonb_build_object(
            'registration_id', gen_random_uuid(), 'company', 'Betrieb ' || number,
            'sort_key', 'y' || lpad(number::text, 4, '0')))).*
        from roster_entry entry, generate_series(1, 1000) number""")
    with desk.database.transaction() as session:
        session.execute(more)
        session.execute(
            text("update roster_entry set sort_key = 'z' where company = 'Schreinerei'")
        )
    assert 'rel="next"' in kora.get(f"{path}?page=20").text
    last = kora.get(f"{path}?page=21").text
    assert ("Schreinerei" in last, 'rel="next"' in last) == (True, False)
    assert "more than 1,000 entries" in last
