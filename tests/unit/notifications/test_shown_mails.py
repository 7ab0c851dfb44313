"""Whoever is shown a mail that was sent to somebody else gets nothing by which to act in her name."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from uuid import UUID

import pytest

from services.notifications.domain import calendars
from services.notifications.pages import content
from services.notifications.use_cases.rendering import message
from shared.links import HIDDEN, PATHS, Links
from tests import factories, golden

WRITTEN = datetime(2027, 1, 20, 9, 30, tzinfo=UTC)
PICTURE = b"the picture of a ticket"
CASES = [(name, mail) for name, mail in golden.mails() if not name.startswith("password_link")]


def urls(base_url: str) -> list[str]:
    links = Links(factories.make_settings(base_url=base_url))
    return [links.url(purpose, UUID(int=7), 1) for purpose in sorted(PATHS)]  # type: ignore[arg-type]


def mail_with(links: list[str]) -> bytes:
    """A mail with these links in each of its parts, and in a header too."""
    mailbox = calendars.Mailbox(name="Kora", email="kora@stadt.example")
    appointment = calendars.Appointment(
        uid="1@treffpunkt.example",
        sequence=0,
        stamp=WRITTEN,
        starts_at=WRITTEN,
        ends_at=WRITTEN,
        summary="Treffen",
        location="Kley",
        description="\n".join(links),
        url=links[0],
        organizer=mailbox,
        attendee=mailbox,
    )
    parts = message.Parts(
        sender_name="Netzwerk",
        sender="a@treffpunkt.example",
        recipient_name="Anna",
        recipient="anna@betrieb.example",
        reply_to_name="",
        reply_to="",
        subject="Treffen",
        date=WRITTEN,
        message_id="<1@treffpunkt.example>",
        in_reply_to="",
        references=[],
        language="de",
        kind="registration_confirmed",
        registration="",
        boundary="b1",
        text="\n".join(links),
        html="".join(f'<a href="{link}">{link}</a>' for link in links) + '<img src="cid:t0.1@x">',
        pictures=[message.Picture(cid="t0.1@x", data=PICTURE)],
        calendar=calendars.write(appointment, calendars.REQUEST),
        method=calendars.REQUEST,
    )
    return f"List-Unsubscribe: <{links[0]}>\r\n".encode() + message.write(parts)


def all_of(source: bytes) -> str:
    """Everything in a mail that somebody could put together again: decoded, whole lines."""
    found = []
    for part in message_from_bytes(source, policy=policy.default).walk():
        found += [str(value) for value in part.values()]
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            found.append(payload.decode("utf-8").replace("\r\n ", ""))
    return "\n".join(found)


def views(source: bytes) -> list[str]:
    """The mail as it is shown, and as a file."""
    shown = content.read(source)
    page = [shown.text, shown.html, shown.calendar, *(value for _, value in shown.headers)]
    whole = [text.replace("\r", "").replace("\n ", "") for text in page]
    return ["\n".join(whole), all_of(content.write(shown))]


@pytest.mark.parametrize("length", range(1, calendars.LINE + 1))
def test_a_link_is_hidden_wherever_a_line_of_it_is_folded(length: int) -> None:
    links = urls(f"https://{'t' * length}.example")
    source = mail_with(links)
    assert all(link in all_of(source) for link in links)

    for view in views(source):
        for link in links:
            assert link.rpartition("/")[2] not in view
            assert link.rpartition("/")[0] + "/" + HIDDEN in view


def test_the_picture_of_a_ticket_is_left_out() -> None:
    source = mail_with(urls("https://treffpunkt.example"))
    assert PICTURE.decode() in all_of(source)

    for view in views(source):
        assert PICTURE.decode() not in view
        assert "data:" not in view


@pytest.mark.parametrize(("name", "source"), CASES, ids=[name for name, _ in CASES])
def test_no_mail_of_ours_is_shown_with_a_link_that_acts(name: str, source: bytes) -> None:
    del name
    for view in views(source):
        for path in PATHS.values():
            assert view.count(path) == view.count(path + HIDDEN)


@pytest.mark.parametrize(("name", "source"), CASES, ids=[name for name, _ in CASES])
def test_the_file_says_what_the_page_says(name: str, source: bytes) -> None:
    del name
    page, file = content.read(source), content.read(content.write(content.read(source)))

    assert [name for name, _ in file.headers] == [name for name, _ in page.headers]
    assert dict(file.headers)["Subject"] == dict(page.headers)["Subject"]
    for part in ("text", "html", "calendar"):
        assert getattr(file, part).splitlines() == getattr(page, part).splitlines()
