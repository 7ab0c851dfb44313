"""Where TLS is demanded nothing of a mail, and no password, is said in the clear, whatever the server does."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from services.notifications.mailer import Mailer
from services.notifications.smtp import Courier, Patience
from shared.database import Database
from shared.settings import Settings, parse_smtp_url
from tests import notices
from tests.certificates import certificate
from tests.notices import Desk
from tests.scripted_smtp import ScriptedServer, serving

HERE = "127.0.0.1"


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


@pytest.fixture
def turn(settings: Settings) -> Iterator[Callable[[ScriptedServer, str], int]]:
    """One turn of a mailer with a password towards a server."""
    made: list[Mailer] = []

    def turn(server: ScriptedServer, tls: str) -> int:
        url = f"smtp://us:secret@127.0.0.1:{server.port}?tls={tls}"
        made.append(Mailer(settings, Courier(parse_smtp_url(url), Patience(connect=3))))
        return made[-1].turn()

    yield turn
    for mailer in made:
        mailer.close()


@pytest.fixture
def make_server() -> Iterator[Callable[..., ScriptedServer]]:
    with ExitStack() as servers:

        def make(
            context: ssl.SSLContext | None = None, *, implicit: bool = False
        ) -> ScriptedServer:
            return servers.enter_context(serving(context, implicit=implicit))

        yield make


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """The context of a server whose certificate is for it, and trusted here."""
    file, context = certificate(tmp_path, HERE)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    return context


def untouched(desk: Desk, server: ScriptedServer) -> bool:
    (mail,) = desk.mails()
    secrets = {"mail", "rcpt", "data", "auth"} & {*server.heard}
    return (mail.state, mail.attempts) == ("queued", 0) and not secrets and not server.received


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_with_the_right_certificate_mails_leave(
    desk: Desk,
    make_server: Callable[..., ScriptedServer],
    turn: Callable[..., int],
    trusted: ssl.SSLContext,
    *,
    tls: str,
) -> None:
    server = make_server(trusted, implicit=tls == "implicit")
    desk.hear(notices.held())

    assert turn(server, tls) == 1

    assert len(server.received) == 1
    assert {*server.heard_in_the_clear} <= {"ehlo", "starttls"}


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize(
    ("name", "days", "is_trusted"),
    [
        (HERE, 1, False),
        ("mail.elsewhere.example", 1, True),
        (HERE, -1, True),
    ],
    ids=["unknown issuer", "other name", "expired"],
)
def test_with_a_wrong_certificate_nothing_is_said(
    desk: Desk,
    make_server: Callable[..., ScriptedServer],
    turn: Callable[..., int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    tls: str,
    name: str,
    days: int,
    is_trusted: bool,
) -> None:
    file, context = certificate(tmp_path, name, days=days)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    server = make_server(context, implicit=tls == "implicit")
    desk.hear(notices.held())

    assert turn(server, tls) == 0

    assert untouched(desk, server)


def test_where_starttls_was_stripped_nothing_is_said(
    desk: Desk, make_server: Callable[..., ScriptedServer], turn: Callable[..., int]
) -> None:
    server = make_server()
    desk.hear(notices.held())

    assert turn(server, "starttls") == 0

    assert untouched(desk, server)


@pytest.mark.parametrize("answer", ["454 not now", "500 what", "250 OK", "cut"])
def test_where_starttls_is_offered_and_then_refused_nothing_is_said(
    desk: Desk,
    make_server: Callable[..., ScriptedServer],
    turn: Callable[..., int],
    trusted: ssl.SSLContext,
    *,
    answer: str,
) -> None:
    server = make_server(trusted)
    server.script["starttls"] = [answer]
    desk.hear(notices.held())

    assert turn(server, "starttls") == 0

    assert untouched(desk, server)


def test_what_was_held_up_by_a_wrong_certificate_goes_once_it_is_right(
    desk: Desk,
    make_server: Callable[..., ScriptedServer],
    turn: Callable[..., int],
    trusted: ssl.SSLContext,
) -> None:
    stripped, right = make_server(), make_server(trusted)
    desk.hear(notices.held())
    turn(stripped, "starttls")

    assert turn(right, "starttls") == 1

    assert len(right.received) == 1
