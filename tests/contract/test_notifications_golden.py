"""Mails are what they were: every kind in both languages against files that were looked at."""

from __future__ import annotations

import re
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from services.notifications.domain.letters import ACCOUNT_KINDS, KINDS
from tests import golden, golden_cases

MAILS = dict(golden.mails())
LINK = re.compile(r"https?://[^\s<>\"')]+")
CALENDARS = {name: found for name, mail in MAILS.items() if (found := golden.calendar_of(mail))}


def test_every_kind_is_golden() -> None:
    assert {case.kind for case in golden_cases.CASES} == set(KINDS) | set(ACCOUNT_KINDS)


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in golden.FOLDER.glob("*.eml")} == set(MAILS)


@pytest.mark.parametrize("name", sorted(MAILS))
def test_mail_is_as_it_was(name: str) -> None:
    path = golden.FOLDER / f"{name}.eml"

    assert golden.read(MAILS[name]) == golden.read(path.read_bytes())


@pytest.mark.parametrize("name", sorted(CALENDARS))
def test_calendar_is_as_it_was(name: str) -> None:
    assert CALENDARS[name] == (golden.FOLDER / f"{name}.ics").read_bytes()


@pytest.mark.parametrize("name", sorted(CALENDARS))
def test_calendar_is_read_by_others(name: str) -> None:
    calendar = Calendar.from_ical(CALENDARS[name].decode())
    (event,) = calendar.walk("VEVENT")

    assert calendar["METHOD"] in {"REQUEST", "CANCEL"}
    assert (event["STATUS"] == "CANCELLED") == (calendar["METHOD"] == "CANCEL")
    assert all(len(line) <= 75 for line in CALENDARS[name].split(b"\r\n"))
    assert b"\n" not in CALENDARS[name].replace(b"\r\n", b"")


@pytest.mark.parametrize("name", sorted(MAILS))
def test_mail_is_well_formed(name: str) -> None:
    message = message_from_bytes(MAILS[name], policy=policy.default)

    assert [part.defects for part in message.walk() if part.defects] == []
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == name.rpartition(".")[2]
    assert all(len(line) <= 998 for line in MAILS[name].split(b"\r\n"))
    assert MAILS[name].isascii()


@pytest.mark.parametrize("name", sorted(MAILS))
def test_text_and_html_lead_to_the_same_places(name: str) -> None:
    message = message_from_bytes(MAILS[name], policy=policy.default)
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None

    in_html = set(LINK.findall(html.get_content().replace("&amp;", "&")))

    assert set(LINK.findall(text.get_content())) <= in_html
    assert f'lang="{name.rpartition(".")[2]}"' in html.get_content()


@pytest.mark.parametrize("name", sorted(MAILS))
def test_no_line_of_html_ends_within_a_span_of_time(name: str) -> None:
    message = message_from_bytes(MAILS[name], policy=policy.default)
    html = message.get_body(("html",))
    assert html is not None

    assert re.findall(r"\d\d:\d\d–", html.get_content()) == []
    assert re.findall(r"–\u2060\d\d:\d\d Uhr", html.get_content()) == []


@pytest.mark.parametrize("name", sorted(MAILS))
def test_pictures_are_told_in_words_that_can_be_listened_to(name: str) -> None:
    message = message_from_bytes(MAILS[name], policy=policy.default)
    html = message.get_body(("html",))
    assert html is not None

    assert [
        alt for alt in re.findall(r'alt="([^"]*)"', html.get_content()) if LINK.search(alt)
    ] == []
