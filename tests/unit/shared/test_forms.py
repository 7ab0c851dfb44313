"""Forms: local times across the changes of the clock, messages by field."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import Schema

from shared.language import speaking
from shared.web.fields import Line
from shared.web.forms import (
    LocalTimeError,
    flat_errors,
    load,
    local_text,
    parse_local,
    small_number,
)
from tests.factories import BERLIN, moments


class Person(Schema):
    """A form of one field."""

    name = Line(required=True, most=5)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-11-18T15:00", datetime(2025, 11, 18, 14, 0, tzinfo=UTC)),
        ("2025-07-18T15:00", datetime(2025, 7, 18, 13, 0, tzinfo=UTC)),
        ("2025-07-18T15:00:59", datetime(2025, 7, 18, 13, 0, tzinfo=UTC)),
        (" 2025-07-18T15:00 ", datetime(2025, 7, 18, 13, 0, tzinfo=UTC)),
    ],
)
def test_a_local_time_means_the_clock_of_the_place(text: str, moment: datetime) -> None:
    assert parse_local(text, BERLIN).astimezone(UTC) == moment


def test_of_an_hour_that_comes_twice_the_first_is_meant() -> None:
    assert parse_local("2026-10-25T02:30", BERLIN).astimezone(UTC) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_an_hour_that_does_not_exist_is_explained() -> None:
    with speaking("en"), pytest.raises(LocalTimeError, match="does not exist"):
        parse_local("2026-03-29T02:30", BERLIN)


@pytest.mark.parametrize("text", ["", "soon", "2025-02-30T10:00", "2025-11-18", "18.11.2025 15:00"])
def test_an_unreadable_time_is_explained_by_an_example(text: str) -> None:
    with speaking("en"), pytest.raises(LocalTimeError, match=r"18\.11\.2025, 15:00"):
        parse_local(text, BERLIN)


@given(st.text())
def test_any_text_as_a_time_is_taken_or_refused(text: str) -> None:
    try:
        assert parse_local(text, BERLIN).tzinfo is BERLIN
    except LocalTimeError as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@given(moments())
def test_what_the_form_shows_is_read_as_the_same_moment(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0)
    local = moment.astimezone(BERLIN)
    if local.fold:
        return  # the second of two equal hours: the form means the first

    # Compared in UTC: times of the hour that comes twice are equal in no two zones.
    assert parse_local(local_text(moment, BERLIN), BERLIN).astimezone(UTC) == moment.astimezone(UTC)


def test_no_moment_is_an_empty_field() -> None:
    assert local_text(None, BERLIN) == ""


def test_messages_of_nested_fields_get_one_flat_name() -> None:
    messages = {"attendees": {1: {"name": ["Missing."]}}, "_schema": ["Too much."]}

    assert flat_errors(messages) == {"attendees-1-name": ["Missing."], "form": ["Too much."]}


def test_a_form_gives_values_or_messages_never_both() -> None:
    assert load(Person(), {"name": " Anna "}) == ({"name": "Anna"}, {})
    values, errors = load(Person(), {"name": "Annabelle"})
    assert values == {}
    assert list(errors) == ["name"]


def test_unknown_fields_are_named() -> None:
    assert list(load(Person(), {"name": "Anna", "role": "admin"})[1]) == ["role"]


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("7", 7), ("999", 999), ("1000", 5), ("9" * 5000, 5), ("", 5), ("-1", 5), ("²", 5)],
)
def test_a_small_number_is_read_and_anything_else_is_not(text: str, number: int) -> None:
    assert small_number(text, 5) == number


def test_a_number_may_have_more_digits_where_it_has_to() -> None:
    assert small_number("1000", 5, digits=4) == 1000
    assert small_number("10000", 5, digits=4) == 5
