"""Fields for what people type: trimmed, bounded, free of what cannot be seen."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from shared.web.fields import (
    EmailAddress,
    Line,
    Paragraphs,
    TimeZone,
    clean_email,
    clean_line,
    clean_lines,
)

CONTROLS = [chr(code) for code in (*range(9), *range(14, 32), *range(127, 160))]
HIDDEN = ["\u2028", "\u2029", "\u202e", "\u2066", "\ufeff", "\ufffa", "\ud800"]
any_text = st.text(st.characters(codec=None, exclude_categories=()))


@given(any_text)
def test_a_line_never_carries_what_could_break_a_header(text: str) -> None:
    try:
        line = clean_line(text)
    except ValidationError:
        return
    assert not any(unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} for letter in line)
    assert line == line.strip()
    assert clean_line(line) == line


@given(any_text)
def test_paragraphs_keep_line_feeds_and_nothing_else_unseen(text: str) -> None:
    try:
        kept = Paragraphs(most=10**6).deserialize(text)
    except ValidationError:
        return
    unseen = {letter for letter in kept if unicodedata.category(letter) in {"Cc", "Cs"}}
    assert unseen <= {"\n", "\t"}


@pytest.mark.parametrize("hidden", [*CONTROLS, *HIDDEN])
def test_hidden_characters_inside_a_line_are_refused(hidden: str) -> None:
    with pytest.raises(ValidationError, match=r"control characters|Steuerzeichen"):
        Line(most=200).deserialize(f"Anna{hidden}Schmidt")


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_a_line_end_inside_a_line_is_refused(end: str) -> None:
    with pytest.raises(ValidationError):
        Line(most=200).deserialize(f"Anna{end}Bcc: all@company.example")


def test_white_space_is_put_in_order() -> None:
    assert Line(most=200).deserialize("  Bäckerei\u00a0 Kley  ") == "Bäckerei Kley"


@pytest.mark.parametrize(
    "unseen", ["\u00ad", "\u061c", "\u200b", "\u200c", "\u200d", "\u200e", "\u2060"]
)
def test_what_nobody_sees_and_nobody_typed_is_left_out_of_a_line(unseen: str) -> None:
    assert clean_line(f"{unseen}An{unseen}na Schmidt{unseen}") == "Anna Schmidt"
    assert clean_line(f"u{unseen}\u0308") == "\u00fc"
    assert clean_email(f"anna{unseen}@betrieb.example") == "anna@betrieb.example"


def test_several_lines_keep_what_joins_letters() -> None:
    assert clean_lines("\U0001f469\u200d\U0001f527") == "\U0001f469\u200d\U0001f527"


def test_letters_are_compared_in_normal_form() -> None:
    assert Line(most=200).deserialize("Ba\u0308ckerei") == "B\u00e4ckerei"


@pytest.mark.parametrize("text", ["", "   ", "\u00a0"])
def test_empty_counts_as_missing_where_it_is_required(text: str) -> None:
    with pytest.raises(ValidationError):
        Line(most=200, required=True).deserialize(text)


@given(st.integers(min_value=1, max_value=300), st.integers(min_value=0, max_value=600))
def test_a_line_has_a_limit(most: int, length: int) -> None:
    field = Line(most=most)
    if length <= most:
        assert field.deserialize("x" * length) == "x" * length
    else:
        with pytest.raises(ValidationError):
            field.deserialize("x" * length)


@pytest.mark.parametrize("value", [None, 1, True, [], {}, ["x"], b"\xff"])
def test_what_is_no_text_is_refused(value: object) -> None:
    with pytest.raises(ValidationError):
        Line(most=200).deserialize(value)


@pytest.mark.parametrize(
    "text",
    [
        "anna.schmidt@betrieb.example",
        "a@b.example",
        "anna+treffpunkt@mail.betrieb.example",
        "o'neill@betrieb.example",
        " anna@betrieb.example ",
    ],
)
def test_addresses_of_people_are_taken(text: str) -> None:
    assert clean_email(text) == text.strip()


@pytest.mark.parametrize(
    "text",
    [
        "anna",
        "anna@",
        "@betrieb.example",
        "anna@betrieb",
        "anna@@betrieb.example",
        "anna..s@betrieb.example",
        ".anna@betrieb.example",
        "anna schmidt@betrieb.example",
        "anna@betrieb.example,b@betrieb.example",
        "Anna <anna@betrieb.example>",
        "anna@betrieb.example\r\nBcc: b@betrieb.example",
        "anna@-betrieb.example",
        "anna@betrieb..example",
        "anna@127.0.0.1",
        f"{'a' * 65}@betrieb.example",
        f"a@{'b' * 64}.example",
        f"a@{'b.' * 130}example",
    ],
)
def test_what_no_mail_can_reach_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        clean_email(text)


@given(any_text)
def test_any_text_as_an_address_is_taken_or_refused(text: str) -> None:
    try:
        address = clean_email(text)
    except ValidationError:
        return
    assert address.count("@") == 1
    assert address.isascii()


def test_only_the_domain_ignores_case() -> None:
    assert clean_email("Anna@Betrieb.EXAMPLE") == "Anna@betrieb.example"


def test_an_optional_address_may_be_empty() -> None:
    assert EmailAddress().deserialize("  ") == ""


@pytest.mark.parametrize("name", ["Mars/Base", "", "../../etc/passwd", "/etc/localtime", "x" * 300])
def test_unknown_time_zones_are_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        TimeZone().deserialize(name)


def test_time_zones_are_known_by_name() -> None:
    assert TimeZone().deserialize("Europe/Berlin") == "Europe/Berlin"


@pytest.mark.parametrize("clean", [clean_line, clean_lines, clean_email])
def test_heaps_of_accents_are_refused(clean: Callable[[str], str]) -> None:
    with pytest.raises(ValidationError, match=r"Akzente|accents"):
        clean("a" + "\u0301\u0316" * 9)


def test_words_of_any_language_keep_their_accents() -> None:
    assert clean_line("Nguye\u0302\u0303n Vie\u0323\u0302t") == "Nguy\u1ec5n Vi\u1ec7t"


def test_text_far_too_long_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(ValidationError, match=r"höchstens 10 Zeichen|at most 10 characters"):
        Line(most=10).deserialize("a" + "\u0301" * 40)
