"""The mailbox: what goes in by SMTP is shown whole and harmless."""

from __future__ import annotations

import multiprocessing
import smtplib
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from tests.wait import wait_until
from treffpunkt.mailbox import server
from treffpunkt.mailbox.pages import create_app
from treffpunkt.mailbox.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
INVITATION = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    "UID:abc@treffpunkt.example\r\nSEQUENCE:2\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20260202T140000Z\r\n"
    "SUMMARY:Netzwerktreffen\\, Aula\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def letter(number: int = 1, *, html: str = "<p>Grüße <img src='cid:qr'></p>") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Treffpunkt <treffpunkt@network.example>"
    message["To"] = f"jana{number}@betrieb.example"
    message["Subject"] = f"Di 02.02., 15 Uhr: Ihre 2 Plätze ({number})"
    message["X-Treffpunkt-Kind"] = "registration_confirmed"
    message.set_content("Guten Tag, http://treffpunkt.example/x\n")
    message.add_alternative(html, subtype="html")
    message.get_payload()[1].add_related(b"\x89PNG", "image", "png", cid="<qr>")
    message.add_attachment(INVITATION.encode(), "text", "calendar", filename="termin.ics")
    return message


def keep(store: Store, message: EmailMessage) -> str:
    return store.add("bounce@network.example", [message["To"]], message.as_bytes())


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def client(store: Store) -> FlaskClient:
    app = create_app(store, language="de", time_zone=BERLIN, hosts=["localhost"])
    return app.test_client()


@pytest.fixture
def running(tmp_path: Path) -> Iterator[dict[str, Any]]:
    smtp, web = (socket.create_server(("127.0.0.1", 0)) for _ in range(2))
    process = multiprocessing.get_context("fork").Process(
        target=server.process(tmp_path, smtp, web, language="de", time_zone=BERLIN)
    )
    process.start()
    yield {"smtp": smtp.getsockname()[1], "web": web.getsockname()[1], "folder": tmp_path}
    process.terminate()
    process.join(5)
    smtp.close()
    web.close()


def test_what_smtp_takes_is_on_the_page(running: dict[str, Any]) -> None:
    with smtplib.SMTP("127.0.0.1", running["smtp"], timeout=10) as connection:
        connection.send_message(letter())

    store = Store(running["folder"])
    wait_until(lambda: len(store.summaries()) == 1, within=5)
    assert store.summaries()[0].recipients == ("jana1@betrieb.example",)


def test_the_list_is_newest_first_and_filters_by_recipient(
    store: Store, client: FlaskClient
) -> None:
    for number in (1, 2, 3):
        keep(store, letter(number))

    found = client.get("/api/mails?recipient=JANA2@").get_json()
    everything = client.get("/api/mails").get_json()

    assert [mail["recipients"] for mail in found] == [["jana2@betrieb.example"]]
    assert [mail["subject"][-2] for mail in everything] == ["3", "2", "1"]


def test_html_comes_with_its_images_and_without_any_power(
    store: Store, client: FlaskClient
) -> None:
    name = keep(store, letter())

    answer = client.get(f"/mails/{name}/html")

    assert "data:image/png;base64,iVBORw==" in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_calendar_part_is_readable(store: Store, client: FlaskClient) -> None:
    name = keep(store, letter())

    page = client.get(f"/mails/{name}?view=calendar").text

    assert "REQUEST" in page
    assert "Netzwerktreffen, Aula" in page


@pytest.mark.parametrize("view", ["html", "text", "calendar", "headers"])
def test_every_view_of_a_mail_is_a_page(store: Store, client: FlaskClient, view: str) -> None:
    name = keep(store, letter())

    answer = client.get(f"/mails/{name}?view={view}", headers={"Accept-Language": "de"})

    assert answer.status_code == 200
    assert "Ihre 2 Plätze" in answer.text


def test_attachments_are_downloads(store: Store, client: FlaskClient) -> None:
    name = keep(store, letter())
    part = client.get(f"/api/mails/{name}").get_json()["parts"][0]

    answer = client.get(f"/mails/{name}/parts/{part['number']}")

    assert answer.headers["Content-Disposition"] == "attachment; filename=termin.ics"
    assert answer.data.decode() == INVITATION


@pytest.mark.parametrize(
    "path", ["/mails/..%2fx", "/mails/20260101T000000000000-abcd1234", "/nothing"]
)
def test_unknown_mails_are_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_other_host_names_are_refused(client: FlaskClient) -> None:
    assert client.get("/", headers={"Host": "evil.example"}).status_code == 400


def test_broken_mails_are_shown_as_far_as_they_go(store: Store, client: FlaskClient) -> None:
    content = (
        b"Subject: =?utf-8?b?bad\r\nContent-Type: text/calendar; charset=nonsense\r\n\r\nBEGIN:\xff"
    )
    name = store.add("", ["x@y.example"], content)

    assert client.get("/").status_code == 200
    assert all(
        client.get(f"/mails/{name}?view={view}").status_code == 200
        for view in ("calendar", "headers")
    )


def test_five_thousand_mails_are_listed_in_pages(store: Store, client: FlaskClient) -> None:
    content = letter().as_bytes()
    for _ in range(5000):
        store.add("a@b.example", ["c@d.example"], content)

    page = client.get("/?page=100")

    assert "Seite 100 von 100" in page.text
    assert page.text.count("<tr>") == 51
