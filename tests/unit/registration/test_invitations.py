"""Pasted lists of contacts and the time in which an answer counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from services.registration.domain.invitations import (
    InvitedContact,
    LineProblem,
    can_answer,
    read_lines,
)
from services.registration.schemas.invitations import InvitedContactSchema

START = datetime(2025, 11, 18, 14, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Metallbau Krüger; Ayşe Demir; a.demir@krueger.example",
        "Metallbau Krüger\tAyşe Demir\ta.demir@krueger.example\t\t",
        "Metallbau Krüger; Ayşe Demir <a.demir@krueger.example>",
        "Firma; Name; E-Mail\n\n  Metallbau Krüger;Ayşe Demir;a.demir@krueger.example;  \r\n",
    ],
)
def test_a_pasted_line_is_a_contact(text: str) -> None:
    contacts = [line.contact for line in read_lines(text)]

    assert contacts == [InvitedContact("Metallbau Krüger", "Ayşe Demir", "a.demir@krueger.example")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("Metallbau Krüger", LineProblem.FIELDS),
        ("a; b; c; d@e.example", LineProblem.FIELDS),
        ("; Ayşe Demir; a@b.example", LineProblem.COMPANY),
        ("Krüger; Ayşe Demir; a.demir(at)krueger.example", LineProblem.EMAIL),
        ("Krü\u202eger; Ayşe Demir; a@b.example", LineProblem.CHARACTERS),
        ("a" + "\u0301" * 17 + "; Ayşe Demir; a@b.example", LineProblem.ACCENTS),
        ("K" * 201 + "; Ayşe Demir; a@b.example", LineProblem.LENGTH),
        ("Krüger; " + "A" * 121 + "; a@b.example", LineProblem.LENGTH),
    ],
)
def test_a_line_that_is_no_contact_says_why(text: str, problem: LineProblem) -> None:
    (line,) = read_lines(text)

    assert (line.number, line.contact, line.problem) == (1, None, problem)


def test_the_same_address_twice_is_told() -> None:
    first, second = read_lines("A; Eva; eva@a.example\nB; Eva; EVA@a.example")

    assert first.contact
    assert second.problem is LineProblem.REPEATED


@given(st.text(min_size=1, max_size=150), st.text(min_size=1, max_size=150))
@example("Krü\u00adger", "Ay\u200dşe")
@example("Krü\u2060ger", "A" * 121)
@example("Kru\u0308ger", "\u200e")
def test_a_pasted_line_is_taken_if_the_interface_takes_it_and_as_the_same(
    company: str, name: str
) -> None:
    pasted = f"{company};{name};A@B.example"
    assume(len(pasted.splitlines()) == 1 and not set(company + name) & set(";\t<>"))
    (line,) = read_lines(pasted)
    assume(line.contact is None or line.contact.name)  # may be missing in a list only

    sent = {"company": company, "name": name, "email": "A@B.example"}
    errors = InvitedContactSchema().validate(sent)

    assert bool(errors) is (line.contact is None)
    assert errors or vars(line.contact) == InvitedContactSchema().load(sent)


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert all((line.contact is None) != (line.problem is None) for line in read_lines(text))


@pytest.mark.parametrize(
    ("state", "before", "closes", "expected"),
    [
        ("published", timedelta(hours=1), None, True),
        ("published", timedelta(0), None, False),
        ("published", timedelta(hours=1), timedelta(hours=2), False),
        ("cancelled", timedelta(days=1), None, False),
    ],
)
def test_an_answer_counts_until_closing(
    state: str, before: timedelta, closes: timedelta | None, *, expected: bool
) -> None:
    closes_at = START - closes if closes else None

    assert expected is can_answer(
        meeting_state=state, starts=[START], closes_at=closes_at, now=START - before
    )


def test_an_answer_counts_until_the_last_slot_begins() -> None:
    starts = [START, START + timedelta(hours=2)]
    expected = {timedelta(hours=1): True, timedelta(hours=2): False}
    for after, answerable in expected.items():
        assert answerable is can_answer(
            meeting_state="published", starts=starts, closes_at=None, now=START + after
        )
