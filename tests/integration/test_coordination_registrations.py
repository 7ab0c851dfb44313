"""One registration in coordinators' pages: approved, declined, cancelled, corrected, made on somebody's behalf."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from services.registration.use_cases.sign_up import Terms
from shared.database import Database
from shared.settings import Settings
from tests.integration.registration_desk import Desk, open_desk
from tests.integration.registration_stories import HOLD, claim, confirmed, publish, sign


@pytest.fixture
def desk(registration_database: Database, settings: Settings) -> Iterator[Desk]:
    """An admin's browser."""
    with open_desk(registration_database, settings) as desk:
        yield desk


def test_a_registration_is_approved(desk: Desk) -> None:
    meeting = publish(desk.database, approval=True)
    done = sign(desk.database, meeting)
    confirmed(desk.database, done)
    url = f"/coordination/registrations/{done.id}"

    desk.get(url)
    desk.post(f"{url}/approve")

    assert claim(desk.database, done).state == "confirmed"
    page = desk.get(url)
    assert "chip-good" in page
    assert "Zugelassen. Die Bestätigung ist unterwegs." in page


def test_the_mails_of_a_registration_are_asked_for_as_the_log_of_mails_reads_it(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database))

    assert f'"/notifications/?registration={done.id}"' in desk.get(
        f"/coordination/registrations/{done.id}"
    )


def test_a_registration_is_declined_with_a_reason(desk: Desk) -> None:
    meeting = publish(desk.database, approval=True)
    done = sign(desk.database, meeting)
    url = f"/coordination/registrations/{done.id}"

    desk.get(url)
    desk.post(f"{url}/decline", reason="Leider nur für den Stadtbezirk.")

    assert claim(desk.database, done).reason == "Leider nur für den Stadtbezirk."
    page = desk.get(url)
    assert "Leider nur für den Stadtbezirk." in page
    assert "Abgelehnt. Kim Beispiel erhält eine Mail." in page


def test_a_cancelled_registration_frees_its_seat_and_again_changes_nothing(desk: Desk) -> None:
    meeting = publish(desk.database, capacity=1)
    first, second = sign(desk.database, meeting), sign(desk.database, meeting)
    confirmed(desk.database, first)
    confirmed(desk.database, second)
    url = f"/coordination/registrations/{first.id}"

    desk.get(url)
    desk.post(f"{url}/cancel")
    desk.post(f"{url}/cancel")

    assert claim(desk.database, first).state == "cancelled"
    assert claim(desk.database, second).state == "confirmed"


def test_who_was_signed_off_without_an_address_is_to_be_called(desk: Desk) -> None:
    terms = Terms(hold=HOLD, on_behalf=True, proved=True)
    meeting = publish(desk.database)
    done = sign(desk.database, meeting, terms=terms, email=None, phone="0231 555 01")
    url = f"/coordination/registrations/{done.id}"

    desk.get(url)
    desk.post(f"{url}/cancel")

    page = desk.get(url)
    assert "Abgemeldet. 1 Platz ist frei. Bitte rufen Sie Kim Beispiel an: 0231 555 01" in page


def test_a_seat_that_somebody_waited_for_is_not_told_as_free(desk: Desk) -> None:
    meeting = publish(desk.database, capacity=1)
    first, second = sign(desk.database, meeting), sign(desk.database, meeting)
    confirmed(desk.database, second)
    url = f"/coordination/registrations/{first.id}"

    desk.get(url)
    desk.post(f"{url}/cancel")

    page = desk.get(url)
    assert "Abgemeldet." in page
    assert "Platz ist frei" not in page


def test_sign_up_on_behalf_confirms_at_once_without_an_address(desk: Desk) -> None:
    meeting = publish(desk.database)
    url = f"/coordination/meetings/{meeting.meeting_id}/on-behalf"
    desk.get(url)
    values = {"company-name": "Sturm Dach", "contact-name": "Svenja Sturm", "note": "telefonisch"}

    answer = desk.post(url, **values, seats="2", people="Svenja Sturm")

    page = desk.get(answer.location)
    assert "Svenja Sturm" in page
    assert "N. N." in page
    assert "telefonisch" in page
    assert "chip-good" in page


def test_sign_up_on_behalf_shows_errors_at_the_field_and_keeps_what_was_typed(desk: Desk) -> None:
    meeting = publish(desk.database)
    url = f"/coordination/meetings/{meeting.meeting_id}/on-behalf"
    desk.get(url)
    values = {"company-name": "Sturm & Drang", "contact-name": "", "contact-email": "kein"}

    page = desk.post(url, status=422, **values).text

    assert "Sturm &amp; Drang" in page
    assert 'href="#f-contact-name"' in page
    assert 'href="#f-contact-email"' in page


def test_errors_of_a_sign_up_on_behalf_name_their_fields_and_no_optional_one(desk: Desk) -> None:
    url = f"/coordination/meetings/{publish(desk.database).meeting_id}/on-behalf"
    desk.get(url)

    page = desk.post(url, status=422, **{"company-name": "", "contact-name": ""}).text

    assert re.findall(r'href="#f-([\w-]+)">([^<]+)</a>', page) == [
        ("company-name", "Unternehmen: Bitte füllen Sie dieses Feld aus."),
        ("contact-name", "Ansprechperson: Bitte füllen Sie dieses Feld aus."),
    ]


@pytest.mark.parametrize(
    ("waitlist", "offered"),
    [("strict", ["1", "2", "3 (Warteliste)", "4 (Warteliste)"]), ("off", ["1", "2"])],
)
def test_no_more_seats_are_offered_on_behalf_than_there_are(
    desk: Desk, waitlist: str, offered: list[str]
) -> None:
    meeting = publish(desk.database, capacity=4, waitlist=waitlist)
    sign(desk.database, meeting, seats=2)

    page = desk.get(f"/coordination/meetings/{meeting.meeting_id}/on-behalf")

    found = page.split('name="seats"')[1].split("</select>")[0]
    assert re.findall(r"<option[^>]*>([^<]+)</option>", found) == offered


def test_another_name_behind_a_known_address_is_a_hint_to_settle(desk: Desk) -> None:
    first, second = publish(desk.database), publish(desk.database, slug="zwei")
    confirmed(desk.database, sign(desk.database, first, name="Alt GmbH", email="a@alt.example"))
    done = sign(desk.database, second, name="Neu KG", email="b@alt.example")
    known = claim(desk.database, done).company_id
    url = f"/coordination/registrations/{done.id}"

    desk.get(url)
    desk.post(f"{url}/company", company="other")

    assert "Vermerkt: Es ist ein eigenes Unternehmen." in desk.get(url)
    settled = claim(desk.database, done)
    assert settled.company_id != known
    assert settled.hint == ""


def test_a_corrected_address_ends_the_old_link(desk: Desk) -> None:
    done = sign(desk.database, publish(desk.database), email="tippfehler@aehre.example")
    url = f"/coordination/registrations/{done.id}/address"
    desk.get(url)

    desk.post(url, status=422, email="kein")
    desk.post(url, email="richtig@aehre.example")

    corrected = claim(desk.database, done)
    assert (corrected.email, corrected.link_version) == ("richtig@aehre.example", 2)
