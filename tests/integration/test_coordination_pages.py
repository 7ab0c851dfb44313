"""Coordinators' pages: today, participants, companies; each sees her networks only."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import pytest
from openpyxl import load_workbook

from services.registration.models import FailingAddress, Meeting
from services.registration.pages.coordination.participants import SPARE_ROWS
from services.registration.use_cases.sign_up import Person, Terms
from shared.clock import now
from shared.database import Database
from shared.identifiers import new_id
from shared.settings import Settings
from tests.integration.registration_desk import Desk, close, desk_of
from tests.integration.registration_stories import (
    HOLD,
    claim,
    confirmed,
    publish,
    save_network,
    sign,
)

OpenDesk = Callable[..., Desk]


@pytest.fixture
def open_desk(registration_database: Database, settings: Settings) -> Iterator[OpenDesk]:
    """Browsers of coordinators: ``open_desk(network_id, role="viewer")``."""
    with ExitStack() as opened:

        def make(*network_ids: UUID, role: str = "coordinator") -> Desk:
            made = desk_of(registration_database, settings, *network_ids, role=role)
            opened.callback(close, made)
            return made

        yield make


@pytest.fixture
def desk(open_desk: OpenDesk) -> Desk:
    """An admin's browser."""
    return open_desk()


def test_today_without_meetings_says_how_to_begin(desk: Desk) -> None:
    page = desk.get("/coordination/")

    assert "/scheduling/meetings/new" in page


def test_today_shows_the_next_meeting_and_what_is_new(desk: Desk) -> None:
    meeting = publish(desk.database, title="Herbsttreffen")
    confirmed(desk.database, sign(desk.database, meeting, name="Metallbau Krüger", seats=2))
    sign(desk.database, meeting, name="Bäckerei Ähre")

    page = desk.get("/coordination/")

    assert "Herbsttreffen" in page
    assert "+2" in page
    assert "Metallbau Krüger" in page
    assert f"/coordination/meetings/{meeting.meeting_id}/list" in page


def test_today_and_the_participants_count_seats_and_companies(desk: Desk) -> None:
    meeting = publish(desk.database)
    confirmed(desk.database, sign(desk.database, meeting, seats=3))
    confirmed(desk.database, sign(desk.database, meeting))
    sign(desk.database, meeting, seats=2)
    registered = re.compile(
        r'stat-value">4</p><p class="stat-label"><a [^>]*>Plätze angemeldet</a></p>'
        r'<p class="stat-note">2 Unternehmen'
    )

    today = desk.get("/coordination/")
    tab = desk.get(f"/coordination/meetings/{meeting.meeting_id}")

    assert registered.search(today)
    assert registered.search(tab)
    assert "+4 Plätze" in today
    assert "4 Personen angemeldet, höchstens 6. Einlass" in tab


def test_nothing_is_told_to_the_caretaker_of_a_cancelled_meeting(desk: Desk) -> None:
    meeting = publish(desk.database)
    sign(desk.database, meeting)
    url = f"/coordination/meetings/{meeting.meeting_id}"
    assert "Einlass" in desk.get(url)
    with desk.database.transaction() as session:
        session.get_one(Meeting, meeting.meeting_id).state = "cancelled"

    assert "Einlass" not in desk.get(url)


def test_pending_and_failing_stand_on_today(desk: Desk) -> None:
    meeting = publish(desk.database, approval=True)
    done = sign(desk.database, meeting, name="Sturm Dach")
    with desk.database.transaction() as session:
        session.add(
            FailingAddress(
                email_key=claim(desk.database, done).email_key or "",
                kind="confirm_address",
                mail_id=new_id(),
                failed_at=now(),
                registration_id=done.id,
            )
        )

    page = desk.get("/coordination/")

    assert "Sturm Dach" in page
    assert f"/coordination/registrations/{done.id}/address" in page


def test_a_coordinator_sees_her_networks_only(
    registration_database: Database, open_desk: OpenDesk
) -> None:
    hers = publish(registration_database, title="Meins")
    other = publish(registration_database, title="Fremdes", slug="fremd")
    done = sign(registration_database, other)
    desk = open_desk(hers.network_id)

    assert "Fremdes" not in desk.get("/coordination/")
    desk.get(f"/coordination/meetings/{hers.meeting_id}")
    desk.get(f"/coordination/meetings/{other.meeting_id}", status=404)
    desk.get(f"/coordination/meetings/{other.meeting_id}/participants.csv", status=404)
    desk.get(f"/coordination/registrations/{done.id}", status=404)
    desk.get(f"/coordination/companies/{claim(registration_database, done).company_id}", status=404)


def test_what_a_company_told_another_network_is_not_found_and_not_shown(
    registration_database: Database, open_desk: OpenDesk
) -> None:
    hers = publish(registration_database)
    other = publish(registration_database, slug="fremd")
    carl = {"contact_name": "Carl Chef", "phone": "0231 4711", "email": "chef@ziel.example"}
    colleague = {"contact_name": "Ada Ley", "email": "ada@ziel.example"}
    for known in (carl, colleague):
        confirmed(registration_database, sign(registration_database, other, name="Ziel", **known))
    desk = open_desk(hers.network_id)
    by_telephone = {"name": "Ziel", "contact_name": "Bo", "email": "chef@ziel.example"}
    terms = Terms(hold=HOLD, on_behalf=True, proved=True)
    done = sign(registration_database, hers, terms=terms, **by_telephone)

    company = f"/coordination/companies/{claim(registration_database, done).company_id}"
    pages = [desk.get(path) for path in (company, "/coordination/companies")]

    assert all("Bo" in page and "chef@ziel" in pages[0] for page in pages)
    for secret in ("Carl", "4711", "Ada"):
        assert not any(secret in page for page in pages)
    for word in ("Carl", "ada@ziel.example"):
        assert company not in desk.get(f"/coordination/companies?q={word}")
    assert company in desk.get("/coordination/companies?q=Bo")
    everything = open_desk(role="admin").get(company)
    assert all(text in everything for text in ("Carl Chef", "Ada Ley", "0231 4711"))


def test_a_viewer_changes_nothing(registration_database: Database, open_desk: OpenDesk) -> None:
    meeting = publish(registration_database)
    done = sign(registration_database, meeting)
    desk = open_desk(meeting.network_id, role="viewer")

    page = desk.get(f"/coordination/registrations/{done.id}")

    assert "<form" not in page
    desk.get(f"/coordination/meetings/{meeting.meeting_id}/on-behalf", status=403)
    desk.get(f"/coordination/meetings/{meeting.meeting_id}/invitations/add", status=403)


def test_a_refused_page_of_a_meeting_has_the_number_of_its_network(
    registration_database: Database, open_desk: OpenDesk
) -> None:
    save_network(registration_database, name="Aplerbeck", slug="a", contact_phone="0231 1")
    network = save_network(registration_database, contact_phone="0231 2")
    meeting = publish(registration_database, network_id=network.network_id)
    desk = open_desk(network.network_id, role="viewer")
    page = desk.get(f"/coordination/meetings/{meeting.meeting_id}/on-behalf", status=403)
    assert 'href="tel:02312"' in page


def test_participants_are_found_by_word_state_and_in_german_order(desk: Desk) -> None:
    meeting = publish(desk.database, capacity=20)
    for name in ("Zimmerei Adler", "Äpfel & Birnen", "Bäckerei Öz"):
        sign(desk.database, meeting, name=name)
    confirmed(desk.database, sign(desk.database, meeting, name="Apotheke West"))
    base = f"/coordination/meetings/{meeting.meeting_id}"

    page = desk.get(base)
    names = ["Äpfel &amp; Birnen", "Apotheke West", "Bäckerei Öz", "Zimmerei Adler"]
    assert sorted(names, key=page.index) == names
    assert "Zimmerei" not in desk.get(f"{base}?q=backerei")
    assert "Bäckerei" not in desk.get(f"{base}?state=confirmed")
    assert "Apotheke" in desk.get(f"{base}?state=confirmed&sort=-company&page=1")


@pytest.mark.parametrize("query", ["?page=x", "?page=-1", "?q=%27%3B%3A*&sort=x&state=y&slot=z"])
def test_odd_filters_are_no_error(desk: Desk, query: str) -> None:
    meeting = publish(desk.database)

    desk.get(f"/coordination/meetings/{meeting.meeting_id}{query}")


def test_a_long_list_has_pages_that_keep_the_filters(desk: Desk) -> None:
    meeting = publish(desk.database, capacity=100)
    for number in range(52):
        sign(desk.database, meeting, name=f"Betrieb {number:03}")
    base = f"/coordination/meetings/{meeting.meeting_id}"

    first = desk.get(f"{base}?state=held")
    second = desk.get(f"{base}?state=held&page=2")

    assert "state=held&amp;page=2" in first
    assert "Betrieb 049" in first
    assert "Betrieb 050" in second
    assert "Betrieb 049" not in second


def test_the_list_shows_who_is_active_and_the_export_the_same_rows(desk: Desk) -> None:
    meeting = publish(desk.database)
    sign(desk.database, meeting, name="Bleibfirma")
    gone = sign(desk.database, meeting, name="Gehfirma")
    desk.get(f"/coordination/registrations/{gone.id}")
    desk.post(f"/coordination/registrations/{gone.id}/cancel")
    base = f"/coordination/meetings/{meeting.meeting_id}"

    page, everybody = desk.get(base), desk.get(f"{base}?state=all")

    assert ("Bleibfirma" in page, "Gehfirma" in page) == (True, False)
    assert ("Bleibfirma" in everybody, "Gehfirma" in everybody) == (True, True)
    assert f"{base}/participants.csv?state=active" in page
    assert b"Gehfirma" not in desk.download(f"{base}/participants.csv?state=active").data
    assert b"Gehfirma" in desk.download(f"{base}/participants.csv").data


def test_exports_open_right_and_carry_no_formulas(desk: Desk) -> None:
    meeting = publish(desk.database)
    people = (Person("=HYPERLINK(1)"), Person("Eva"))
    sign(desk.database, meeting, name="@Ärger", phone="+49 231 555", attendees=people)
    base = f"/coordination/meetings/{meeting.meeting_id}/participants"

    answer = desk.download(f"{base}.csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert rows[1][0] == "'@Ärger"
    assert "'+49 231 555" in rows[1]
    book = load_workbook(io.BytesIO(desk.download(f"{base}.xlsx").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "+49 231 555" in [cell.value for cell in cells]
    assert all(cell.data_type != "f" for cell in cells)
    assert "=HYPERLINK(1)" in [cell.value for cell in book.worksheets[1]["B"]]


def test_the_printed_list_has_a_line_for_every_expected_person(desk: Desk) -> None:
    meeting = publish(desk.database)
    people = (Person("Eva Eins"), Person("Nils Zwei"))
    confirmed(desk.database, sign(desk.database, meeting, attendees=people))
    sign(desk.database, meeting, attendees=(Person("Unbestätigt"),))

    page = desk.get(f"/coordination/meetings/{meeting.meeting_id}/list")

    assert "Eva Eins" in page
    assert page.count('class="sign"') == 2 + SPARE_ROWS
    assert "2 Personen" in page
    assert "Unbestätigt" not in page


def test_companies_show_how_often_they_came(desk: Desk) -> None:
    network = save_network(desk.database)
    past = now() - timedelta(days=40)
    held = publish(
        desk.database, network_id=network.network_id, starts_at=past, slug="damals", capacity=5
    )
    terms = Terms(hold=HOLD, on_behalf=True, proved=True)
    came = sign(desk.database, held, at=past - timedelta(days=9), terms=terms, name="Bäckerei Ähre")

    page = desk.get("/coordination/companies?q=ahre")
    company = desk.get(f"/coordination/companies/{claim(desk.database, came).company_id}")

    assert "1 von 1" in page or "1 of 1" in page
    assert "Netzwerktreffen" in company
    assert "Bäckerei Ähre" not in desk.get("/coordination/companies?q=metall")
