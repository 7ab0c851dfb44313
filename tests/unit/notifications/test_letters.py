"""What letters say: words and order that golden files alone would not explain."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from icalendar import Calendar

from services.notifications.domain.letter import Letter
from services.notifications.domain.letters import ACCOUNT_KINDS, compose, differences
from services.notifications.domain.scene import Scene
from services.notifications.use_cases.rendering.bodies import Bodies
from shared.language import LANGUAGES, speaking
from tests import golden, golden_cases, notices


def case_of(kind: str, **given: Any) -> golden_cases.Case:
    values: dict[str, Any] = {"name": kind, "details": {}, "claim": {}, "meeting": {}} | given
    return golden_cases.Case(kind=kind, **values)


def letter(scene: Scene, language: str = "de") -> Letter:
    with speaking(language):
        return compose(scene)


def written(kind: str, language: str = "de", **given: Any) -> Letter:
    return letter(golden.scene_of(case_of(kind, **given)), language)


OF_MEETINGS = [case for case in golden_cases.CASES if case.kind not in ACCOUNT_KINDS]
WAITING = [
    case_of("waitlisted", name=f"waitlisted-{reason}", state="waitlisted", claim={"reason": reason})
    for reason in ("full", "late", "linked", "company_cap")
]


@pytest.mark.parametrize("case", [*OF_MEETINGS, *WAITING], ids=lambda case: case.name)
def test_after_the_greeting_english_begins_anew_and_german_goes_on(case: golden_cases.Case) -> None:
    scene = golden.scene_of(case)
    claim, guest = scene.claim, scene.guest
    names = (claim.company, claim.contact.name) if claim else (guest.name if guest else "",)
    names = (*names, scene.details.get("on_recommendation_of"))
    begun = ("„", "Plätze ", "Mails ", *(name for name in names if name))

    assert not letter(scene, "en").lead[1][0].islower()
    german = letter(scene, "de").lead[1]
    assert german.startswith(begun) or german[0].islower()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", [*OF_MEETINGS, *WAITING], ids=lambda case: case.name)
def test_what_stands_beside_the_subject_begins_as_a_sentence(
    case: golden_cases.Case, language: str
) -> None:
    assert not letter(golden.scene_of(case), language).preheader[:1].islower()


def test_tickets_without_a_name_are_numbered_as_the_list_of_those_who_come() -> None:
    nobody = replace(notices.COLLEAGUE, attendee_id=UUID(int=13), name="N. N.", email=None)
    found = written(
        "registration_confirmed",
        claim={"attendees": [notices.CONTACT, notices.COLLEAGUE, nobody], "seats": 3},
    )

    assert found.people is not None
    assert found.people.rows[2] == ("3", "Name folgt")
    assert [ticket.name for ticket in found.tickets] == ["Anna Ampel", "Platz 3 (Name folgt)"]


def test_the_reason_of_a_cancelled_meeting_keeps_its_paragraphs() -> None:
    reason = "Die Schule ist geschlossen.\n\nIm Mai ist das nächste Treffen."
    found = written("meeting_cancelled", meeting={"state": "cancelled", "reason": reason})

    assert found.lead[2:4] == ("Die Schule ist geschlossen.", "Im Mai ist das nächste Treffen.")


def test_nobody_is_told_the_way_to_a_cancelled_meeting() -> None:
    found = written("meeting_cancelled", meeting={"state": "cancelled"})

    assert [row[0] for row in found.facts] == ["Wann", "Wo"]
    assert found.shared == ()
    assert "openstreetmap" not in str(found)


def test_the_programme_stands_in_the_mails_that_carry_it_alone() -> None:
    bodies = Bodies()
    letters = [written("waitlisted", state="waitlisted"), written("meeting_cancelled")] * 2
    network = notices.sender()

    parts = [
        bodies.render(one, network=network, base_url="", leaf=None, cids=[]) for one in letters
    ]

    assert ["Begrüßung" in text for text, _ in parts] == [True, False] * 2
    assert ["Begrüßung" in html for _, html in parts] == [True, False] * 2


@pytest.mark.parametrize(("method", "told"), [("REQUEST", True), ("CANCEL", False)])
def test_only_an_entry_that_stays_tells_the_way(method: str, *, told: bool) -> None:
    case = next(case for case in golden_cases.CASES if case.details.get("method") == method)
    source = dict(golden.mails())[f"{case.name}.de"]
    (event,) = Calendar.from_ical(str(golden.calendar_of(source), "utf-8")).walk("VEVENT")

    assert ("Eingang am Hof" in event["DESCRIPTION"]) == told
    assert "Telefon" in event["DESCRIPTION"]


@pytest.mark.parametrize(
    ("given", "ask", "button"),
    [
        (
            {"waiting": 1, "claim": {"seats": 1, "attendees": [notices.CONTACT]}},
            "1 Unternehmen wartet auf einen Platz. Verhindert? Dann melden Sie sich bitte ab.",
            "Vom Treffen abmelden",
        ),
        (
            {"waiting": 3},
            (
                "3 Unternehmen warten auf einen Platz."
                " Verhindert? Dann melden Sie bitte die Plätze ab, die Sie nicht brauchen."
            ),
            "Plätze abmelden",
        ),
        (
            {"to": "attendee"},
            "Verhindert? Dann melden Sie sich bitte ab.",
            "Vom Treffen abmelden",
        ),
    ],
)
def test_a_reminder_says_who_waits_and_its_button_only_what_it_does(
    given: dict[str, Any], ask: str, button: str
) -> None:
    found = written("reminder", **given)

    assert found.lead[-1] == ask
    assert found.button is not None
    assert found.button.label == button


@pytest.mark.parametrize(
    ("state", "verified", "label", "leads_to"),
    [
        ("held", False, "Anmeldung bestätigen", "/confirm/"),
        ("pending_approval", False, "Adresse bestätigen", "/confirm/"),
        ("pending_approval", True, "Anmeldung ändern oder abmelden", "/manage/"),
        ("waitlisted", False, "Wartelistenplatz bestätigen", "/confirm/"),
        ("waitlisted", True, "Warteliste ansehen oder verlassen", "/manage/"),
        ("confirmed", True, "Anmeldung ändern oder abmelden", "/manage/"),
        ("confirmed", False, "Anmeldung ändern oder abmelden", "/manage/"),
    ],
)
def test_a_change_of_the_meeting_asks_for_what_is_still_to_be_done(
    state: str, *, verified: bool, label: str, leads_to: str
) -> None:
    claim = {"verified_at": golden_cases.WRITTEN if verified else None}
    found = written("meeting_changed", state=state, claim=claim, details={"fields": ["time"]})

    assert found.button is not None
    assert found.button.label == label
    assert leads_to in found.button.url
    assert (found.people is not None) == (state == "confirmed")


def test_a_change_of_the_meeting_says_how_long_seats_are_held() -> None:
    found = written("meeting_changed", state="held", claim=golden_cases.UNPROVED)

    assert "noch nicht bestätigt" in found.lead[-1]
    assert "Fr, 22.01.2027" in found.lead[-1]


KNOWN = differences.as_known(notices.read(notices.published(start=golden_cases.BEGIN)))
EARLIER = golden_cases.BEGIN - timedelta(days=7)
LATER = (golden_cases.BEGIN + timedelta(minutes=30)).isoformat()


@pytest.mark.parametrize(
    ("known", "row"),
    [
        ({"title": "Treffen"}, ("Titel", "Treffen", "Netzwerktreffen: Praktika, die passen")),
        ({"focus_topic": ""}, ("Schwerpunkt", "", "Praktika")),
        (
            {"description": "Wir planen.\nMit Kaffee."},
            ("Beschreibung", "Wir planen.\nMit Kaffee.", "Wir planen gemeinsam."),
        ),
        (
            {"description": "Wir planen gemeinsam.\n\nMit Kaffee."},
            ("Beschreibung", "Mit Kaffee.", "entfällt"),
        ),
        ({"agenda": []}, ("Programm", "", "15:00 Begrüßung (Eva Expertin)")),
        (
            {"agenda": [*KNOWN["agenda"], {"starts_at": LATER, "title": "Ende", "speaker": ""}]},
            ("Programm", "15:30 Ende", "entfällt"),
        ),
    ],
)
def test_news_name_what_is_new(known: dict[str, Any], row: tuple[str, str, str]) -> None:
    found = written("meeting_changed", details={"before": KNOWN | known})

    assert [(change.label, change.old, change.new) for change in found.changes] == [row]
    assert found.preheader == f"{row[0]}: {row[2]}"


def test_news_of_the_way_into_the_same_building_are_named() -> None:
    venue = asdict(notices.venue(arrival_note="Eingang am Tor."))
    found = written("meeting_changed", details={"before": {"venue": venue}})

    (change,) = found.changes
    assert (change.label, change.old) == ("Anfahrt", "Eingang am Tor.")


def test_a_programme_that_moves_with_its_meeting_is_no_news() -> None:
    earlier = differences.as_known(notices.read(notices.published(start=EARLIER)))
    found = written("meeting_changed", details={"fields": ["time"], "before": earlier})

    assert [change.label for change in found.changes] == ["Wann"]


def test_news_that_cannot_be_compared_stand_below() -> None:
    found = written("meeting_changed")

    assert found.changes == ()
    assert "Alles Weitere lesen Sie unten." in found.lead


def test_the_room_is_said_once() -> None:
    found = written("registration_confirmed")

    assert "Aula" in found.facts[1][1]
    assert "Aula" not in str(found.shared)


@pytest.mark.parametrize(("number", "rows"), [(1, [1]), (2, [2]), (3, [2, 1]), (5, [2, 2, 1])])
def test_tickets_stand_two_in_a_row(number: int, rows: list[int]) -> None:
    others = [
        replace(notices.COLLEAGUE, attendee_id=UUID(int=50 + index), email=None)
        for index in range(number - 1)
    ]
    found = written("registration_confirmed", claim={"attendees": [notices.CONTACT, *others]})
    cids = [str(index) for index in range(number)]

    _, html = Bodies().render(found, network=None, base_url="", leaf=None, cids=cids)

    lines = [line.count('src="cid:') for line in html.splitlines()]
    assert [line for line in lines if line] == rows
