"""Names, waits, states, changes, audiences."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.scheduling.domain import lifecycle, roster
from services.scheduling.domain.audience import Audience, audience
from services.scheduling.domain.changes import Change, Picture, SlotPicture, changes_between
from services.scheduling.domain.names import SLUG, password_problem, slug_of, sort_key
from services.scheduling.domain.throttle import LONGEST_WAIT, wait
from services.scheduling.domain.visits import HOME, device_name, safe_path
from shared.events.states import State

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2025, 11, 18, 14, tzinfo=UTC)
SLOT, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Frühjahrstreffen 2026", "fruehjahrstreffen-2026"),
        ("  Straße & Café! ", "strasse-cafe"),
        ("日本", ""),
    ],
)
def test_slug_is_readable(text: str, slug: str) -> None:
    assert slug_of(text) == slug


@given(st.text(max_size=300))
def test_slug_is_empty_or_well_formed(text: str) -> None:
    slug = slug_of(text)
    assert not slug or SLUG.fullmatch(slug)


def test_a_with_dots_sorts_as_a() -> None:
    assert sorted(["Zimmer", "Ärzte", "Adler", "ameise"], key=sort_key) == [
        "Adler",
        "ameise",
        "Ärzte",
        "Zimmer",
    ]


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("elfzeichen1", "short"),
        ("x" * 201, "long"),
        ("aaaaaaaaaaaaaa", "simple"),
        ("Passwort123456789", "simple"),
        ("kora.dinator@stadt", "simple"),
        ("vier Worte im Regen", None),
    ],
)
def test_weak_passwords_are_known(password: str, problem: str | None) -> None:
    assert password_problem(password, email="kora.dinator@stadt.example", name="Kora") == problem


@given(st.integers(0, 10**6), st.integers(0, 7200))
def test_waits_are_bounded_and_end(failures: int, seconds: int) -> None:
    left = wait(failures, START, START + timedelta(seconds=seconds))
    assert timedelta(0) <= left <= LONGEST_WAIT
    assert wait(failures, START, START + LONGEST_WAIT) == timedelta(0)


def test_every_move_from_every_state_is_decided() -> None:
    possible = {}
    moves = {move for _state, move in lifecycle.TRANSITIONS}
    for state, move in product(lifecycle.STATES, moves):
        try:
            possible[state, move] = lifecycle.after(state, move)
        except lifecycle.ImpossibleMoveError:
            possible[state, move] = ""
    assert {key for key, state in possible.items() if not state} == {
        ("cancelled", "publish"),
        ("cancelled", "edit"),
    }


def picture(**changed: object) -> Picture:
    times = {
        "starts_at": START,
        "ends_at": START + timedelta(hours=2),
        "registration_opens_at": None,
    }
    texts = {"title": "Treffen", "room": "Aula"}
    slot = SlotPicture("", START, START + timedelta(hours=2), 40)
    return Picture(
        texts=texts | {k: v for k, v in changed.items() if k in texts},
        times=times,
        slots={SLOT: slot},
    )  # type: ignore[dict-item]


def test_same_pictures_have_no_changes() -> None:
    assert changes_between(picture(), picture(), BERLIN) == []


def test_room_is_material_and_title_is_not() -> None:
    (room,) = changes_between(picture(), picture(room="Mensa"), BERLIN)
    (title,) = changes_between(picture(), picture(title="Anders"), BERLIN)
    assert (room, room.material) == (Change("room", "Aula", "Mensa"), True)
    assert title.material is False


def test_times_are_told_with_the_offset_of_the_place() -> None:
    after = picture()
    later = SlotPicture("", START + timedelta(minutes=30), START + timedelta(hours=2), 40)
    (change,) = changes_between(picture(), Picture(after.texts, after.times, {SLOT: later}), BERLIN)
    assert change.after == "2025-11-18T15:30:00+01:00/2025-11-18T17:00:00+01:00"
    assert change.slot_id == SLOT


def test_moved_slot_reaches_only_its_own_people() -> None:
    people = {
        SLOT: Audience(mails=3, calendar_entries=2),
        OTHER: Audience(mails=5, calendar_entries=5),
    }
    moved = [Change("slot", "a", "b", SLOT)]
    assert audience(moved, people) == people[SLOT]
    assert audience([Change("title", "a", "b")], people).mails == 0
    assert audience([Change("ends_at", "a", "b")], people).mails == 0
    assert audience([], people, notify=True) == Audience(mails=8, calendar_entries=0)
    assert audience(moved, people, notify=True) == Audience(mails=8, calendar_entries=2)
    assert audience([Change("room", "a", "b"), *moved], people).mails == 8


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/scheduling/meetings?page=2", "/scheduling/meetings?page=2"),
        ("//evil.example", HOME),
        ("/\\evil.example", HOME),
        ("https://evil.example", HOME),
        ("/a\tb", HOME),
        ("", HOME),
        (None, HOME),
    ],
)
def test_next_page_is_one_of_ours(target: str | None, path: str) -> None:
    assert safe_path(target) == path


@given(st.text(max_size=40))
def test_next_page_never_has_a_host(target: str) -> None:
    path = safe_path(target)
    assert path.startswith("/")
    assert path[1:2] not in {"/", "\\"}


def test_device_has_a_name() -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
    assert device_name(agent) == "Firefox, Windows"
    assert device_name("curl/8") == ""


states = st.sampled_from([*State, ""])
claims = st.builds(
    roster.Claim,
    state=states,
    seats=st.integers(0, 9),
    mails=st.integers(0, 9),
    calendar_entries=st.integers(0, 9),
)


@given(st.lists(claims, min_size=1, max_size=8))
def test_differences_add_up_to_the_last_claim(history: list[roster.Claim]) -> None:
    counters = dict.fromkeys(roster.COUNTERS, 0)
    before = roster.numbers(roster.Claim(state="", seats=0, mails=0, calendar_entries=0))
    for claim in history:
        after = roster.numbers(claim)
        for name, delta in roster.difference(before, after).items():
            counters[name] += delta
        before = after
    assert counters == roster.numbers(history[-1])


def test_same_address_is_told_once() -> None:
    assert roster.people_told("confirmed", "A@x.example", ["a@x.example", "b@x.example", None]) == 2
    assert roster.people_told("held", "a@x.example", ["b@x.example"]) == 1
    assert roster.people_told("cancelled", "a@x.example", []) == 0
