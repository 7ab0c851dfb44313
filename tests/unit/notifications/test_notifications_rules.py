"""Small decisions: what follows an attempt, what changed for whom, which mail makes sense, codes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.domain import moves, relevance, retries
from services.notifications.domain.letters import ACCOUNT_KINDS, KINDS, compose
from services.notifications.domain.retries import BACKOFF, Outcome
from services.notifications.use_cases.rendering import qr
from services.notifications.use_cases.rendering.qr import TicketCodes
from shared.language import speaking
from tests import golden, golden_cases, notices


def test_every_kind_has_a_policy() -> None:
    assert set(retries.REPEATED_ONCE) == set(KINDS) | set(ACCOUNT_KINDS)


@pytest.mark.parametrize("kind", sorted(retries.REPEATED_ONCE))
def test_perhaps_delivered_is_repeated_once_or_never(kind: str) -> None:
    first = retries.after(Outcome.UNKNOWN, kind=kind, attempts=1, repeated=False)
    second = retries.after(Outcome.UNKNOWN, kind=kind, attempts=2, repeated=True)

    assert (first.state, first.wait is not None) == ("ambiguous", kind != "reminder")
    assert (second.state, second.wait) == ("ambiguous", None)


PASSING = [
    Outcome.REFUSED_FOR_NOW,
    Outcome.SENDER_REFUSED,
    Outcome.INTERRUPTED,
    Outcome.UNWRITTEN,
]


@pytest.mark.parametrize("outcome", PASSING)
def test_what_may_pass_waits_longer_and_longer_then_ends(outcome: Outcome) -> None:
    waits = [
        retries.after(outcome, kind="reminder", attempts=n, repeated=False).wait
        for n in range(1, len(BACKOFF) + 1)
    ]
    last = retries.after(outcome, kind="reminder", attempts=len(BACKOFF) + 1, repeated=False)

    first = 0.25 if outcome is Outcome.INTERRUPTED else 1
    assert waits == [timedelta(minutes=m) for m in (first, 5, 30, 120, 480)]
    assert last.state == "failed"


def test_only_what_was_said_about_the_recipient_is_told() -> None:
    ends = {
        outcome: retries.after(outcome, kind="reminder", attempts=6, repeated=False)
        for outcome in Outcome
    }

    failed = {outcome for outcome, end in ends.items() if end.state == "failed"}
    assert failed == {*PASSING, Outcome.REFUSED, Outcome.SENDER_UNUSABLE}
    told = {outcome for outcome, end in ends.items() if end.told}
    assert told == {Outcome.REFUSED, Outcome.REFUSED_FOR_NOW}
    for outcome in failed:
        assert retries.is_ours(retries.in_words(outcome, "why")) == (outcome not in told)


def test_a_server_that_is_away_refuses_nothing() -> None:
    following = retries.after(Outcome.UNDELIVERED, kind="reminder", attempts=99, repeated=False)

    assert (following.state, following.counts) == ("retry", False)


BEFORE = notices.read(notices.published())
LATER = BEFORE.starts_at + timedelta(hours=1)


@pytest.mark.parametrize(
    ("after", "fields"),
    [
        (notices.published(), []),
        (notices.published(start=LATER), ["time"]),
        (notices.published(venue=notices.venue(room="Mensa")), ["room"]),
        (notices.published(venue=notices.venue(name="Gesamtschule", room="X")), ["place"]),
        (notices.published(start=LATER, venue=notices.venue(room="Mensa")), ["time", "room"]),
        (notices.published(title="Anders"), []),
        (notices.published(venue=notices.venue(venue_id=notices.MEETING)), []),
    ],
)
def test_only_what_changed_is_named(after: Any, fields: list[str]) -> None:
    read = notices.read(after)

    assert moves.changed_fields(BEFORE, read, slot_id=notices.SLOT, named=[]) == fields


def test_what_comparison_cannot_see_is_named_by_the_fact() -> None:
    named = [("venue", None)]

    assert moves.changed_fields(BEFORE, BEFORE, slot_id=notices.SLOT, named=named) == ["place"]
    slot = [("slot", notices.SLOT)]
    assert moves.changed_fields(None, BEFORE, slot_id=notices.SLOT, named=slot) == ["time"]


@pytest.mark.parametrize("named", [("slot", notices.MEETING), ("starts_at", None)])
def test_times_of_others_are_not_named(named: moves.Named) -> None:
    assert moves.changed_fields(None, BEFORE, slot_id=notices.SLOT, named=[named]) == []


@pytest.mark.parametrize("case", golden_cases.CASES, ids=lambda case: case.name)
def test_golden_mails_make_sense(case: golden_cases.Case) -> None:
    if case.kind in KINDS:
        assert relevance.unneeded(golden.scene_of(case)) == ""


def test_nothing_but_endings_and_what_clears_calendars_is_sent_about_a_cancelled_meeting() -> None:
    for case in golden_cases.CASES:
        if case.kind in KINDS:
            scene = golden.scene_of(case)
            gone = replace(scene, meeting=replace(scene.meeting, state="cancelled"))
            ends = case.kind in relevance.ENDINGS and "linked_to" not in case.claim
            told = ends or case.kind == "undecided" or case.details.get("method") == "CANCEL"
            assert (relevance.unneeded(gone) == "") == told


def test_that_nobody_decided_is_news_until_two_days_after_the_meeting() -> None:
    (case,) = (case for case in golden_cases.CASES if case.kind == "undecided")
    scene = golden.scene_of(case)

    def told(days: int) -> bool:
        return not relevance.unneeded(
            replace(scene, now=scene.meeting.ends_at + timedelta(days=days))
        )

    assert [told(0), told(1), told(2)] == [True, True, False]


def test_a_move_is_not_told_to_somebody_removed_meanwhile() -> None:
    (case,) = (c for c in golden_cases.CASES if c.name == "registration_confirmed-attendee")
    scene = golden.scene_of(case)
    assert scene.claim
    assert scene.person
    gone = replace(
        scene,
        kind="meeting_changed",
        claim=replace(
            scene.claim,
            attendees=tuple(p for p in scene.claim.attendees if p.key != scene.person.key),
        ),
    )

    assert relevance.unneeded(replace(scene, kind="meeting_changed")) == ""
    assert relevance.unneeded(gone) == "the person is not coming any more"


@pytest.mark.parametrize("name", ["confirm_address", "registration_confirmed", "reminder"])
def test_a_mail_meant_for_an_address_of_before_is_not_written_with_the_links_of_the_new_one(
    name: str,
) -> None:
    (case,) = (case for case in golden_cases.CASES if case.name == name)
    scene = golden.scene_of(case)
    assert scene.claim

    def told(recipient: str) -> str:
        return relevance.unneeded(replace(scene, recipient=recipient))

    assert told(str(scene.claim.contact.email).upper()) == ""
    assert told("falsch@betrieb.example") == "mails go to another address now"


def test_a_former_address_hears_no_names() -> None:
    (case,) = (case for case in golden_cases.CASES if case.to == "stranger")
    mails = dict(golden.mails())

    for language in ("de", "en"):
        words = " ".join(text for _, text in golden.read(mails[f"{case.name}.{language}"]).parts)
        told = [name for name in ("Anna", "Ampel", "Berta", "Größmann", "neu@") if name in words]
        assert told == []


def test_an_attendee_reads_who_has_ended_her_seat() -> None:
    cases = {case.name: golden.scene_of(case) for case in golden_cases.CASES}
    with speaking("en"):
        lead = {
            who: compose(cases[f"registration_cancelled-attendee-{who}"]).lead[1]
            for who in ("contact", "coordinator")
        }

    assert lead["contact"].startswith("Bäckerei Größmann has signed off")
    assert lead["coordinator"].startswith("The network has ended the registration")


def test_one_person_who_waits_is_no_group() -> None:
    cases = {case.name: case for case in golden_cases.CASES}
    full = replace(cases["waitlisted"], claim={"seats": 1, "reason": "full"})

    with speaking("en"):
        leads = [
            " ".join(compose(golden.scene_of(case)).lead)
            for case in (cases["waitlisted-one"], full)
        ]

    assert ["group" in lead for lead in leads] == [False, False]
    assert ["one of these seats" in lead for lead in leads] == [True, False]


@pytest.mark.parametrize(
    ("position", "told"), [(1, "You are number 1 on"), (3, "You are number 3 on"), (0, "taken")]
)
def test_nobody_is_next_by_guessing(position: int, told: str) -> None:
    (case,) = (case for case in golden_cases.CASES if case.name == "waitlisted")

    with speaking("en"):
        letter = compose(golden.scene_of(replace(case, details={"position": position})))

    assert told in letter.lead[1]
    assert "next" not in letter.lead[1]


@pytest.mark.parametrize("kind", ["waitlisted", "waitlist_closed"])
def test_whoever_waits_for_more_seats_reads_that_her_own_stay(kind: str) -> None:
    cases = {case.name: golden.scene_of(case) for case in golden_cases.CASES}

    with speaking("en"):
        letter = compose(cases[f"{kind}-additional-1"])

    assert "dditional seat" in letter.subject
    assert "seats you have" in " ".join(letter.lead)
    assert "Seats" not in [row[0] for row in letter.facts]


@pytest.mark.parametrize(("seats", "words"), [(1, "sign off the seat"), (2, "sign off the seats")])
def test_a_confirmation_speaks_of_as_many_seats_as_there_are(seats: int, words: str) -> None:
    (case,) = (case for case in golden_cases.CASES if case.name == "registration_confirmed")

    with speaking("en"):
        letter = compose(golden.scene_of(replace(case, claim={"seats": seats})))

    assert f"{words} below." in " ".join(letter.lead)


@pytest.mark.parametrize("number", [0, 1])
def test_whoever_was_suggested_reads_where_her_address_comes_from(number: int) -> None:
    (case,) = (case for case in golden_cases.CASES if case.name == "invitation-colleague")
    details = case.details | {"reminder_number": number}

    with speaking("en"):
        letter = compose(golden.scene_of(replace(case, details=details)))

    assert "because Heike Haus suggested you for Dachdecker Kowalski" in letter.reason
    assert "Your name and address come from there" in letter.reason


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("confirm_address", "Confirm the registration"),
        ("confirm_address-approval", "Confirm the address"),
        ("waitlisted", "Confirm the place on the waitlist"),
    ],
)
def test_the_button_says_what_is_confirmed(name: str, label: str) -> None:
    (case,) = (case for case in golden_cases.CASES if case.name == name)

    with speaking("en"):
        letter = compose(golden.scene_of(case))

    assert letter.button is not None
    assert letter.button.label == label


ENDED = ("registration_cancelled", "registration_changed-removed", "registration_changed-former")
ENDED_WAITING = ("waitlist_closed.", "meeting_cancelled")


@pytest.mark.parametrize(
    "name",
    [
        f"{case.name}.de"
        for case in golden_cases.CASES
        if f"{case.name}.".startswith((*ENDED, *ENDED_WAITING))
    ],
)
def test_nobody_is_told_the_way_to_what_is_over(name: str) -> None:
    words = " ".join(text for _, text in golden.read(dict(golden.mails())[name]).parts)

    assert [
        told for told in ("openstreetmap", "Eingang am Hof", "Begrüßung") if told in words
    ] == []
    assert "Hauptschule Kley" in words


TOKEN = st.text("abcXYZ019_-.", min_size=47, max_size=47)
PREFIX = "https://treffpunkt.example/check-in/"


@pytest.fixture(scope="module")
def codes() -> TicketCodes:
    made = TicketCodes()
    made.prepare(PREFIX + "0" * 47)
    return made


@settings(max_examples=25, deadline=None)
@given(token=TOKEN)
def test_prepared_codes_are_those_of_the_library(codes: TicketCodes, token: str) -> None:
    assert codes.png(PREFIX + token) == TicketCodes().png(PREFIX + token)


def test_codes_of_other_links_are_made_by_the_library(codes: TicketCodes) -> None:
    size, modules = qr._modules("https://other.example/check-in/1")
    code = segno.make(
        "https://other.example/check-in/1", error="m", micro=False, mask=qr.MASK, boost_error=False
    )

    assert size == len(code.matrix)
    assert f"{modules:b}".count("1") == sum(sum(row) for row in code.matrix)
    assert codes.png("https://other.example/check-in/1").startswith(b"\x89PNG")
