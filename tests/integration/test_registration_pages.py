"""The public pages of registration as a browser without scripts meets them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from services.registration.app import create_app
from services.registration.models import Company, Registration
from shared.database import Database
from shared.events.scheduling import District
from shared.identifiers import new_id
from shared.links import Links
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.integration.registration_stories import (
    claim,
    publish,
    publish_talk_day,
    save_network,
    sign,
    slot_of,
)


@pytest.fixture
def client(registration_database: Database, settings: Settings) -> Iterator[FlaskClient]:
    """A visitor's browser; English, so that texts read like their sources."""
    app = create_app(settings)
    browser = app.test_client()
    browser.set_cookie("treffpunkt_language", "en")
    yield browser
    app.extensions[EXTENSION].database.close()


def form_for(meeting: Any, **values: str) -> dict[str, str]:
    given = {
        "slot": str(meeting.slots[0].slot_id),
        "company-name": "Bäckerei Krüger GmbH",
        "company-postcode": "44369",
        "contact-name": "Kim Krüger",
        "contact-email": "kim@krueger.example",
        "contact-phone": "0231 123",
        "myself": "1",
        "people": "0",
    }
    return given | {name.replace("_", "-"): value for name, value in values.items()}


def only_registration(database: Database) -> Registration:
    with database.reading() as session:
        return session.scalars(select(Registration)).one()


def test_the_whole_way_through_the_form(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database)
    assert "10 seats free" in client.get("/meetings/treffen").text
    assert client.get("/meetings/treffen/register").status_code == 200
    sent = form_for(meeting, people="1") | {"attendees-1-name": "Ada Ley"}
    answer = client.post("/meetings/treffen/register", data=sent)
    assert answer.status_code == 303
    after = client.get(answer.location).text
    assert "You are not registered yet" in after
    assert "kim@krueger.example" in after
    row = only_registration(registration_database)
    confirm = f"/registrations/confirm/{Links(settings).token('confirm', row.id, 1)}"
    page = client.get(confirm)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.text.count("Confirm the registration") == 2  # heading and button
    assert only_registration(registration_database).state == "held"
    answer = client.post(confirm)
    assert "You are registered" in client.get(answer.location).text
    assert client.get(confirm, follow_redirects=True).status_code == 200


def test_the_form_keeps_what_was_typed_and_says_what_is_wrong(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    sent = form_for(meeting, contact_email="kim@", company_name="")
    page = client.post("/meetings/treffen/register", data=sent).text
    assert 'href="#f-contact-email"' in page
    assert 'href="#f-company-name"' in page
    assert 'value="kim@"' in page
    assert 'value="Kim Krüger"' in page


def test_the_summary_of_errors_names_the_person(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    sent = form_for(meeting, people="2") | {"attendees-2-email": "ada@"}

    page = client.post("/meetings/treffen/register", data=sent).text

    assert re.findall(r'href="#f-attendees-2-email">([^:]+):', page) == ["Further person 2, E-mail"]


def test_people_are_added_and_removed_without_scripts(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    sent = form_for(meeting, people="2", remove="1") | {
        "attendees-1-name": "Ada",
        "attendees-2-name": "Bo",
    }
    page = client.post("/meetings/treffen/register", data=sent).text
    assert re.findall(r'name="attendees-\d-name"[^>]*value="(\w*)"', page) == ["Bo"]
    page = client.post(
        "/meetings/treffen/register", data=form_for(meeting, people="1", add="1")
    ).text
    assert page.count("<fieldset") == 2


def test_no_more_people_are_offered_than_a_company_may_have(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database, seats_per_company=2)
    page = client.get("/meetings/treffen/register").text
    assert "At most 2 seats per company." in page
    assert 'name="add"' in page
    full = client.post(
        "/meetings/treffen/register", data=form_for(meeting, people="0", add="1")
    ).text
    assert full.count("<fieldset") == 1
    assert 'name="add"' not in full
    page = client.post("/meetings/treffen/register", data=form_for(meeting, people="2")).text
    assert 'href="#f-people"' in page
    assert 'id="f-people"' in page


def test_the_form_of_a_slot_begins_with_its_time(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish_talk_day(registration_database, datetime(2030, 3, 5, 14, tzinfo=UTC))
    page = client.get(f"/meetings/treffen/register/{meeting.slots[1].slot_id}").text
    assert "Tue, 5 Mar 2030, 15:20–15:40" in page
    assert "<details><summary>Choose another time" in page
    page = client.get("/meetings/treffen/register").text
    assert "<details open><summary>Choose another time" in page


def test_the_page_after_signing_up_names_the_slot_and_the_place(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish_talk_day(registration_database, datetime(2030, 3, 5, 14, tzinfo=UTC))
    sent = form_for(meeting, slot=str(meeting.slots[2].slot_id))
    page = client.get(client.post("/meetings/treffen/register", data=sent).location).text
    assert "Tue, 5 Mar 2030, 15:40–16:00" in page
    assert meeting.venue.name in page


CLOSINGS = [(None, "15:40"), (timedelta(minutes=10), "15:10"), (timedelta(hours=2), "15:40")]


@pytest.mark.parametrize(("after", "clock"), CLOSINGS)
def test_the_page_says_until_when_a_slot_can_be_had(
    client: FlaskClient, registration_database: Database, after: timedelta | None, clock: str
) -> None:
    start = datetime(2030, 3, 5, 14, tzinfo=UTC)
    closes = start + after if after else None
    publish_talk_day(registration_database, start, registration_closes_at=closes)
    page = client.get("/meetings/treffen").text
    assert re.search(rf"registration until [^<]*, {clock}<", page), page


@pytest.mark.parametrize("field", ["people", "remove"])
def test_a_number_of_any_length_is_no_fault_of_ours(
    client: FlaskClient, registration_database: Database, settings: Settings, field: str
) -> None:
    meeting = publish(registration_database)
    done = sign(registration_database, meeting)
    manage = f"/registrations/manage/{Links(settings).token('manage', done.id, 1)}"
    sent = form_for(meeting, add="1") | {field: "9" * 5000}

    assert client.post("/meetings/treffen/register", data=sent).status_code == 200
    sent = {"people": "1", "remove": "1", field: "9" * 5000}
    assert client.post(manage, data=sent).status_code == 200
    assert (
        client.post("/meetings/treffen/register", data=form_for(meeting) | sent).status_code == 200
    )


def test_a_second_sign_up_sees_the_same_page(
    client: FlaskClient, registration_database: Database
) -> None:
    meeting = publish(registration_database)
    pages = []
    for _ in range(2):
        answer = client.post("/meetings/treffen/register", data=form_for(meeting))
        text = client.get(answer.location).text
        pages.append(re.sub(r"\d\d:\d\d|/registrations/\S+", "", text))
    assert pages[0] == pages[1]


def test_a_district_is_asked_for_where_the_postcode_does_not_tell(
    client: FlaskClient, registration_database: Database
) -> None:
    network = save_network(registration_database)
    meeting = publish(registration_database, network_id=network.network_id, admission="districts")
    sent = form_for(meeting, company_postcode="44379")
    page = client.post("/meetings/treffen/register", data=sent).text
    assert "Innenstadt-West, Lütgendortmund" in page
    sent["company-district"] = "Lütgendortmund"
    assert client.post("/meetings/treffen/register", data=sent).status_code == 303
    assert only_registration(registration_database).district == "Lütgendortmund"


def test_a_company_from_outside_waits_for_a_decision(
    client: FlaskClient, registration_database: Database
) -> None:
    network = save_network(registration_database)
    meeting = publish(registration_database, network_id=network.network_id, admission="districts")
    answer = client.post(
        "/meetings/treffen/register", data=form_for(meeting, company_postcode="50667")
    )
    assert "A coordinator decides" in client.get(answer.location).text
    assert only_registration(registration_database).state == "pending_approval"


def test_a_company_from_outside_is_not_asked_to_choose_a_wrong_district(
    client: FlaskClient, registration_database: Database
) -> None:
    districts = [
        District(district_id=new_id(), name=name, postcodes=postcodes)
        for name, postcodes in {"Mengede": [], "Innenstadt-West": ["44137"]}.items()
    ]
    network = save_network(registration_database, districts=districts)
    meeting = publish(registration_database, network_id=network.network_id, admission="districts")
    sent = form_for(meeting, company_postcode="10115")
    page = client.post("/meetings/treffen/register", data=sent).text
    assert '<option value="outside">None of these</option>' in page
    answer = client.post("/meetings/treffen/register", data=sent | {"company-district": "outside"})
    assert "A coordinator decides" in client.get(answer.location).text
    row = only_registration(registration_database)
    assert (row.state, row.district) == ("pending_approval", "")
    with registration_database.reading() as session:
        assert session.scalars(select(Company.district)).one() == ""


def test_a_mistyped_address_is_corrected_and_the_old_link_ends(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database)
    answer = client.post("/meetings/treffen/register", data=form_for(meeting))
    sent = {"action": "address", "email": "kim@bakery.example"}
    page = client.post(answer.location, data=sent, follow_redirects=True).text
    assert "kim@bakery.example" in page
    row = only_registration(registration_database)
    assert (row.email, row.link_version) == ("kim@bakery.example", 2)
    old = Links(settings).token("confirm", row.id, 1)
    assert client.post(f"/registrations/confirm/{old}").status_code == 410


def test_the_manage_page_changes_people_and_gives_up_seats(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database)
    done = sign(registration_database, meeting, seats=2)
    url = f"/registrations/manage/{Links(settings).token('manage', done.id, 1)}"
    page = client.get(url).text
    ids = re.findall(r'name="attendees-\d-id" value="([^"]+)"', page)
    seen = re.findall(r'name="revision" value="(\d+)"', page)[0]
    sent = {"people": "1", "attendees-1-id": ids[0], "attendees-1-name": "Neuer Name"}
    sent["revision"] = seen
    saved = client.post(url, data=sent, follow_redirects=True).text
    assert "changes are saved" in saved
    assert "1 seat is free for others now." in saved
    assert slot_of(registration_database, meeting).taken == 1
    client.post(url, data={"action": "cancel"})
    assert claim(registration_database, done).state == "cancelled"


def test_seats_are_given_up_by_the_second_press(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    done = sign(registration_database, publish(registration_database), seats=2)
    url = f"/registrations/manage/{Links(settings).token('manage', done.id, 1)}"
    assert 'href="?step=give-up"' in client.get(url).text

    asked = client.get(f"{url}?step=give-up").text

    assert "Give up 2 seats?" in asked
    assert claim(registration_database, done).state == "held"
    field = re.findall(r'type="hidden" name="(\w+)" value="(\w+)"', asked)
    client.post(url, data=dict(field))
    assert claim(registration_database, done).state == "cancelled"
    assert client.get(f"{url}?step=give-up").location == url


def test_an_attendee_is_asked_before_her_seat_is_given_up(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    done = sign(registration_database, publish(registration_database), seats=2)
    with registration_database.reading() as session:
        seat = session.get_one(Registration, done.id).attendees[1].id
    url = f"/registrations/manage/{Links(settings).token('seat', seat, 1)}"
    assert 'href="?step=give-up"' in client.get(url).text

    assert "Give up 1 seat?" in client.get(f"{url}?step=give-up").text
    assert claim(registration_database, done).seats == 2
    client.post(url, data={"action": "cancel"})
    assert claim(registration_database, done).seats == 1


def test_links_of_a_seat_that_was_given_up_say_so(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    done = sign(registration_database, publish(registration_database), seats=2)
    with registration_database.reading() as session:
        seat = session.get_one(Registration, done.id).attendees[1].id
    links = Links(settings)
    urls = (
        f"/registrations/manage/{links.token('seat', seat, 1)}",
        f"/check-in/{links.token('ticket', seat, 1)}",
    )

    client.post(urls[0])

    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 404
        assert "This seat was given up" in answer.text
        assert "break long links" not in answer.text


def test_who_waits_is_told_her_number_and_offered_to_leave_the_waitlist(
    client: FlaskClient, registration_database: Database, settings: Settings
) -> None:
    meeting = publish(registration_database, capacity=1)
    for _ in range(2):
        sign(registration_database, meeting)
    done = sign(registration_database, meeting, seats=2)
    url = f"/registrations/manage/{Links(settings).token('manage', done.id, 1)}"

    page = client.get(url).text

    assert "You are number 2 on the waitlist" in page
    assert "Leave the waitlist" in page
    assert "free for others" not in page
    assert "Leave the waitlist?" in client.get(f"{url}?step=give-up").text


def test_unknown_links_lead_to_a_friendly_page(client: FlaskClient, settings: Settings) -> None:
    links = Links(settings)
    token = links.token("manage", UUID(int=1), 1)
    for url in ("confirm/x", f"confirm/{token}", f"manage/{token}", "manage/x", "signed-up/x"):
        answer = client.get(f"/registrations/{url}")
        assert answer.status_code == 404
        assert "We do not know this link" in answer.text
