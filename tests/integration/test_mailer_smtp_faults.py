"""Each wrong answer, cut and silence of an SMTP server leads to the right state, repetition or end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.notifications import periodic
from services.notifications.domain.retries import BACKOFF, BROKEN_OFF, Outcome
from services.notifications.mailer import Mailer
from services.notifications.models import Mail
from services.notifications.smtp import Courier, Patience, ServerAwayError
from shared.clock import now
from shared.database import Database
from shared.messaging.tables import outbox_event
from shared.settings import Settings, parse_smtp_url
from tests import notices
from tests.notices import Desk
from tests.scripted_smtp import CUT, Pause, ScriptedServer, serving
from tests.stopping_mailer import mailer_process
from tests.wait import wait_until

# What follows: the state, whether the attempt counts, whether it is told as failed for good.
AWAY, LATER, FAILED = ("retry", 0), ("retry", 1), ("failed", 1)
UNTOUCHED, PERHAPS = ("queued", 0), ("ambiguous", 1)
# No reply, and replies to something else.
GARBLED, DONE, GO_ON = "what?", "250 done", "354 go on"
CASES: list[tuple[str, str, tuple[str, int]]] = [
    ("greeting", "421 busy", UNTOUCHED),
    ("greeting", "554 not you", UNTOUCHED),
    ("greeting", CUT, UNTOUCHED),
    ("ehlo", "421 busy", UNTOUCHED),
    ("ehlo", CUT, UNTOUCHED),
    # What the server has against us as the sender is not the recipient's fault.
    ("mail", "421 closing", AWAY),
    ("mail", "450 later", LATER),
    ("mail", "550 not you", LATER),
    ("mail", "552 full", LATER),
    ("mail", CUT, AWAY),
    ("mail", GARBLED, AWAY),
    ("rcpt", "421 closing", LATER),
    ("rcpt", "450 greylisted", LATER),
    ("rcpt", "550 no such user", FAILED),
    ("rcpt", "552 mailbox full", FAILED),
    ("rcpt", CUT, LATER),
    ("rcpt", GARBLED, LATER),
    ("data", "421 closing", LATER),
    ("data", "450 later", LATER),
    ("data", "550 no", FAILED),
    ("data", "552 no", FAILED),
    ("data", CUT, LATER),
    ("data", GARBLED, LATER),
    ("data", DONE, LATER),
    ("dot", "421 closing", LATER),
    ("dot", "450 later", LATER),
    ("dot", "550 spam", FAILED),
    ("dot", "552 too big", FAILED),
    ("dot", CUT, PERHAPS),
    ("dot", GARBLED, PERHAPS),
    ("dot", GO_ON, PERHAPS),
]


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as server:
        yield server


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


@pytest.fixture
def make_mailer(settings: Settings) -> Iterator[Callable[..., Mailer]]:
    made: list[Mailer] = []

    def make(port: int, tls: str = "none", **patience: float) -> Mailer:
        url = f"smtp://user:secret@127.0.0.1:{port}?tls={tls}"
        courier = Courier(
            parse_smtp_url(url if tls != "none" else url.replace("user:secret@", "")),
            Patience(**patience),
        )
        made.append(Mailer(settings, courier))
        return made[-1]

    yield make
    for mailer in made:
        mailer.close()


def only(desk: Desk) -> Mail:
    (mail,) = desk.mails()
    return mail


def later(desk: Desk) -> None:
    """Every pause is over."""
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(due_at=now() - timedelta(seconds=1)))
    periodic.settle_mails(desk.database, now())


def told_as_failed(desk: Desk) -> int:
    with desk.database.reading() as session:
        told = session.execute(select(outbox_event).where(outbox_event.c.name == "MailFailed"))
        return len(told.all())


@pytest.mark.parametrize(("phase", "answer", "follows"), CASES)
def test_what_follows_a_wrong_answer(
    desk: Desk,
    server: ScriptedServer,
    make_mailer: Callable[..., Mailer],
    *,
    phase: str,
    answer: str,
    follows: tuple[str, int],
) -> None:
    server.script[phase] = [answer]
    desk.hear(notices.held())

    make_mailer(server.port).turn()

    mail = only(desk)
    assert (mail.state, mail.attempts) == follows
    assert mail.smtp_code == (
        int(answer[:3])
        if phase in {"mail", "rcpt", "data", "dot"} and answer not in {CUT, GARBLED, DONE, GO_ON}
        else None
    )
    assert told_as_failed(desk) == (follows == FAILED)


@pytest.mark.parametrize(
    ("phase", "answer"),
    [
        ("greeting", CUT),
        ("rcpt", "450 greylisted"),
        ("data", CUT),
        ("dot", "421 closing"),
        ("dot", "450 later"),
        ("dot", CUT),
    ],
)
def test_when_the_server_is_well_again_the_same_bytes_go_out(
    desk: Desk,
    server: ScriptedServer,
    make_mailer: Callable[..., Mailer],
    *,
    phase: str,
    answer: str,
) -> None:
    server.script[phase] = [answer]
    desk.hear(notices.held())
    make_mailer(server.port).turn()
    later(desk)

    assert make_mailer(server.port).turn() == 1

    mail = only(desk)
    assert (mail.state, mail.repeated) == ("sent", (phase, answer) == ("dot", CUT))
    assert server.received == [mail.message] * (1 + (phase == "dot"))


@pytest.mark.parametrize("phase", ["greeting", "ehlo", "mail", "rcpt", "data", "dot"])
def test_silence_is_waited_for_no_longer_than_stated(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer], *, phase: str
) -> None:
    server.script[phase] = [Pause()]
    desk.hear(notices.held())

    make_mailer(server.port, connect=0.3, command=0.3, final_reply=0.3).turn()

    expected = {"greeting": UNTOUCHED, "ehlo": UNTOUCHED, "mail": AWAY, "dot": PERHAPS}
    assert (only(desk).state, only(desk).attempts) == expected.get(phase, LATER)


def test_an_answer_that_comes_late_is_waited_for(
    desk: Desk, settings: Settings, server: ScriptedServer
) -> None:
    pause = Pause()
    server.script["dot"] = [pause]
    desk.hear(notices.held())
    with mailer_process(settings, server.port):
        assert pause.reached.wait(20)
        later(desk)
        assert only(desk).state == "sending"

        pause.over.set()

        wait_until(lambda: only(desk).state == "sent", within=10)
    assert len(server.received) == 1


def test_a_mail_refused_for_now_too_often_fails_and_is_told(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer]
) -> None:
    server.script["rcpt"] = ["450 greylisted"] * 6
    desk.hear(notices.held())
    mailer = make_mailer(server.port)

    states = []
    for _ in range(6):
        assert mailer.turn() == 1
        states.append(only(desk).state)
        later(desk)

    assert states == [*["retry"] * 5, "failed"]
    assert (mailer.turn(), told_as_failed(desk)) == (0, 1)


@pytest.mark.parametrize("answer", ["450 quota", "550 not you"])
def test_a_refusal_of_our_sender_ends_a_mail_and_speaks_against_no_address(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer], *, answer: str
) -> None:
    server.script["mail"] = [answer] * 6
    desk.hear(notices.held())
    mailer = make_mailer(server.port)

    for _ in range(6):
        assert mailer.turn() == 1
        later(desk)

    mail = only(desk)
    assert (mail.state, mail.attempts, mail.smtp_code) == ("failed", 6, int(answer[:3]))
    assert mail.smtp_text == f"sender refused: {answer[4:]}"
    assert told_as_failed(desk) == 0


@pytest.mark.parametrize("phase", ["mail", "rcpt", "dot"])
@pytest.mark.parametrize("answer", ["450", "550"])
def test_a_refusal_without_words_is_a_reason_too(
    desk: Desk,
    server: ScriptedServer,
    make_mailer: Callable[..., Mailer],
    *,
    phase: str,
    answer: str,
) -> None:
    server.script[phase] = [answer]
    desk.hear(notices.held())

    make_mailer(server.port).turn()

    assert (only(desk).smtp_text or "").endswith("without a word")


def test_one_bad_recipient_stops_no_other(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer]
) -> None:
    server.script["rcpt"] = ["550 no such user"]
    desk.hear(notices.confirmed())

    make_mailer(server.port).turn()

    assert sorted(mail.state for mail in desk.mails()) == ["failed", "sent"]
    assert server.heard.count("ehlo") == 1


@pytest.mark.parametrize(
    ("phase", "answer"),
    [("rcpt", "421 closing"), ("rcpt", CUT), ("data", CUT), ("dot", "421 closing")],
)
def test_a_mail_at_which_the_server_always_breaks_off_ends_and_holds_up_no_other(
    desk: Desk,
    server: ScriptedServer,
    make_mailer: Callable[..., Mailer],
    *,
    phase: str,
    answer: str,
) -> None:
    desk.hear(notices.held(), notices.invited())
    mailer = make_mailer(server.port)

    seen = []
    for _ in range(len(BACKOFF) + 1):
        server.script[phase] = [answer]
        assert mailer.turn() > 0
        seen.append([(mail.state, mail.attempts) for mail in desk.mails()])
        later(desk)

    poison = [*(("retry", number) for number in range(1, 6)), ("failed", 6)]
    assert seen == [[state, ("sent", 1)] for state in poison]
    assert (mailer.turn(), told_as_failed(desk)) == (0, 0)


def test_a_mail_at_which_the_server_breaks_off_waits_longer_and_longer(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer]
) -> None:
    server.script["data"] = [CUT] * len(BACKOFF)
    desk.hear(notices.held())
    mailer = make_mailer(server.port)

    for wait in BROKEN_OFF:
        before = now()
        mailer.turn()
        slept = only(desk).due_at - before
        assert wait <= slept < wait + timedelta(seconds=30)
        later(desk)


def test_a_server_that_dies_amid_a_batch_counts_for_one_mail_only(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer]
) -> None:
    server.script["data"] = [CUT]
    server.script["greeting"] = ["", CUT]
    desk.hear(notices.held(), notices.invited())

    make_mailer(server.port).turn()

    assert [(mail.state, mail.attempts) for mail in desk.mails()] == [LATER, AWAY]


def test_a_server_that_is_back_is_noticed_though_nobody_writes(
    desk: Desk, server: ScriptedServer, make_mailer: Callable[..., Mailer]
) -> None:
    server.script["greeting"] = [CUT, CUT]
    desk.hear(notices.held())
    mailer = make_mailer(server.port)

    def told() -> str | None:
        mailer.turn()
        return mailer.heart.trouble

    wait_until(lambda: told() == "smtp_away", within=10)
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(state="suppressed"))

    wait_until(lambda: told() is None, within=10)
    assert server.received == []


def test_a_login_outside_ascii_is_said_without_quoting_it(server: ScriptedServer) -> None:
    for login in ("us:s%C3%BC%C3%9F-secret", "%C3%BCs:secret"):
        courier = Courier(parse_smtp_url(f"smtp://{login}@127.0.0.1:{server.port}"))

        with pytest.raises(ServerAwayError, match=r"TREFFPUNKT_SMTP_URL.*ASCII") as raised:
            courier.connect()

        assert "secret" not in str(raised.value)
        assert (raised.value.__cause__, raised.value.__context__) == (None, None)


def test_a_server_name_that_is_none_is_a_server_that_is_away() -> None:
    with pytest.raises(ServerAwayError, match="TREFFPUNKT_SMTP_URL"):
        Courier(parse_smtp_url("smtp://mail..example:25")).connect()


def test_mails_wait_while_the_password_cannot_be_said(
    desk: Desk, settings: Settings, server: ScriptedServer
) -> None:
    desk.hear(notices.held())
    url = f"smtp://us:s%C3%BC%C3%9F@127.0.0.1:{server.port}"
    mailer = Mailer(settings, Courier(parse_smtp_url(url)))

    assert mailer.turn() == 0
    mailer.close()

    assert (only(desk).state, only(desk).attempts, "auth" in server.heard) == (*UNTOUCHED, False)


@pytest.mark.parametrize(
    "sender", ["tr\xe4ff@netz.example", "treff@st\xe4dte.example", "a\nb@c.example"]
)
def test_a_sender_that_smtp_does_not_carry_is_refused_for_good(
    server: ScriptedServer, *, sender: str
) -> None:
    courier = Courier(parse_smtp_url(f"smtp://127.0.0.1:{server.port}"))
    courier.connect()

    attempt = courier.send(sender, "anna@betrieb.example", b"Subject: x\r\n\r\nx\r\n")

    assert (attempt.outcome, attempt.code) == (Outcome.SENDER_UNUSABLE, None)
    assert "sender" in attempt.text
    assert "mail" not in server.heard
    courier.connect()
    assert courier.send("a@b.example", "c@d.example", b"x\r\n").outcome is Outcome.SENT
    courier.close()


def test_a_recipient_that_smtp_does_not_carry_is_refused_for_good(server: ScriptedServer) -> None:
    courier = Courier(parse_smtp_url(f"smtp://127.0.0.1:{server.port}"))
    courier.connect()

    attempt = courier.send("a@b.example", "ann\xe4@betrieb.example", b"x\r\n")

    assert (attempt.outcome, attempt.code) == (Outcome.REFUSED, None)
    assert "recipient" in attempt.text
    assert courier.send("a@b.example", "c@d.example", b"x\r\n").outcome is Outcome.SENT
    courier.close()
