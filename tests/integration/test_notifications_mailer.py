"""The mailer against a real SMTP server that misbehaves on command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from sqlalchemy import select, text, update

from services.notifications import periodic
from services.notifications.mailer import Mailer
from services.notifications.models import Mail
from services.notifications.smtp import Courier, Patience
from shared.clock import now
from shared.database import Database
from shared.events import registration
from shared.messaging.tables import outbox_event
from shared.settings import Settings, parse_smtp_url
from tests import notices
from tests.notices import Desk
from tests.servers import free_port


class Scripted:
    """Answers DATA as told: a reply, or what happens to the connection."""

    def __init__(self) -> None:
        self.received: list[bytes] = []
        self.recipients: list[str] = []
        self.script: list[str] = []
        self.rcpt: list[str] = []

    async def handle_RCPT(  # noqa: N802, PLR0913, PLR0917, RUF100 - aiosmtpd's
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        reply = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(envelope.original_content)
        self.recipients += envelope.rcpt_tos
        reply = self.script.pop(0) if self.script else "250 OK"
        if reply == "cut":
            server.transport.abort()
            await asyncio.sleep(0.01)
        return reply


class CutsAtData(SMTP):
    """Hangs up when the client wants to send the message."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802, ARG002 - aiosmtpd's
        self.transport.abort()


@pytest.fixture
def server() -> Iterator[Scripted]:
    handler = Scripted()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port  # type: ignore[attr-defined]
    yield handler
    controller.stop()


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


@pytest.fixture
def make_mailer(settings: Settings) -> Iterator[Callable[..., Mailer]]:
    made: list[Mailer] = []

    def make(port: int, tls: str = "none") -> Mailer:
        courier = Courier(
            parse_smtp_url(f"smtp://127.0.0.1:{port}?tls={tls}"), Patience(final_reply=1)
        )
        made.append(Mailer(settings, courier))
        return made[-1]

    yield make
    for mailer in made:
        mailer.close()


@pytest.fixture
def mailer(server: Scripted, make_mailer: Callable[..., Mailer]) -> Mailer:
    return make_mailer(server.port)  # type: ignore[attr-defined]


def only(desk: Desk) -> Mail:
    (mail,) = desk.mails()
    return mail


def make_due(desk: Desk) -> None:
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(due_at=now() - timedelta(seconds=1)))


def test_a_confirmation_leaves_the_house(desk: Desk, server: Scripted, mailer: Mailer) -> None:
    desk.hear(notices.confirmed())

    assert mailer.turn() == 2

    assert sorted(server.recipients) == ["anna@betrieb.example", "berta@betrieb.example"]
    assert {mail.state for mail in desk.mails()} == {"sent"}
    parsed = message_from_bytes(server.received[0], policy=policy.default)
    assert parsed["X-Treffpunkt-Kind"] == "registration_confirmed"
    assert [part.defects for part in parsed.walk()] == [[]] * 8


def test_what_is_stored_is_what_was_sent(desk: Desk, server: Scripted, mailer: Mailer) -> None:
    desk.hear(notices.held())
    mailer.turn()

    assert only(desk).message == server.received[0]


def test_a_mail_that_waited_while_its_address_was_corrected_goes_nowhere(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    right = replace(notices.held().contact, email="neu@betrieb.example")
    desk.hear(notices.held())
    desk.hear(
        notices.registered(
            registration.RegistrationChanged,
            "held",
            changes=["address"],
            removed_attendees=[],
            contact=right,
            link_version=2,
        )
    )

    mailer.turn()

    assert server.recipients == ["neu@betrieb.example"]
    assert [mail.state for mail in desk.mails()] == ["suppressed", "sent"]


def test_nothing_is_sent_before_the_meeting_is_known(
    notifications_database: Database, server: Scripted, mailer: Mailer
) -> None:
    desk = Desk(notifications_database)
    desk.hear(notices.network(revision=1), notices.held())
    assert mailer.turn() == 0

    desk.hear(notices.published())

    assert mailer.turn() == 1


@pytest.mark.parametrize(
    ("reply", "state", "attempts"),
    [("450 try again", "retry", 1), ("550 no such user", "failed", 1), ("421 closing", "retry", 1)],
)
def test_refused_recipients(
    desk: Desk, server: Scripted, mailer: Mailer, reply: str, state: str, attempts: int
) -> None:
    server.rcpt = [reply]
    desk.hear(notices.held())

    mailer.turn()

    mail = only(desk)
    assert (mail.state, mail.attempts, mail.smtp_code) == (state, attempts, int(reply[:3]))


@pytest.mark.parametrize(("reply", "state"), [("451 later", "retry"), ("552 too big", "failed")])
def test_refused_messages(
    desk: Desk, server: Scripted, mailer: Mailer, reply: str, state: str
) -> None:
    server.script = [reply]
    desk.hear(notices.held())

    mailer.turn()

    assert only(desk).state == state


def test_refusal_for_good_is_told(desk: Desk, server: Scripted, mailer: Mailer) -> None:
    server.rcpt = ["550 no such user"]
    desk.hear(notices.held())

    mailer.turn()

    with desk.database.reading() as session:
        (fact,) = session.execute(select(outbox_event).where(outbox_event.c.name == "MailFailed"))
    assert fact.payload["recipient"] == "anna@betrieb.example"


def test_after_a_refusal_the_same_connection_serves(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    server.rcpt = ["550 no such user"]
    desk.hear(notices.confirmed())

    mailer.turn()

    assert sorted(mail.state for mail in desk.mails()) == ["failed", "sent"]


def test_cut_after_the_final_dot_is_ambiguous_and_repeated_once(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    server.script = ["cut", "cut"]
    desk.hear(notices.held())

    for _ in range(3):
        mailer.turn()
        make_due(desk)
        periodic.settle_mails(desk.database, now())

    assert len(server.received) == 2
    assert server.received[0] == server.received[1]
    assert (only(desk).state, only(desk).repeated) == ("ambiguous", True)


def test_an_ambiguous_reminder_is_never_repeated(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    desk.hear(notices.confirmed())
    with desk.database.transaction() as session:
        session.execute(text("update planned_mail set due_at = now()"))
        session.execute(text("update registration set confirmed_at = now() - interval '1 day'"))
    periodic.make_due_mails(desk.database, now())
    while mailer.turn():
        pass
    assert {mail.state for mail in desk.mails("reminder")} == {"sent"}
    with desk.database.transaction() as session:
        session.execute(
            update(Mail)
            .where(Mail.kind == "reminder")
            .values(state="sending", claimed_until=now() - timedelta(seconds=1))
        )

    periodic.settle_mails(desk.database, now())
    make_due(desk)
    periodic.settle_mails(desk.database, now())

    assert {mail.state for mail in desk.mails("reminder")} == {"ambiguous"}


def test_cut_before_the_final_dot_is_safe_to_send_again(
    desk: Desk, make_mailer: Callable[..., Mailer]
) -> None:
    controller = Controller(Scripted(), hostname="127.0.0.1", port=free_port())
    controller.factory = lambda: CutsAtData(controller.handler)  # type: ignore[method-assign]
    controller.start()
    try:
        desk.hear(notices.held())
        make_mailer(controller.port).turn()
    finally:
        controller.stop()

    assert (only(desk).state, only(desk).attempts) == ("retry", 1)


def test_nothing_is_lost_while_the_server_is_away(
    desk: Desk, server: Scripted, mailer: Mailer, make_mailer: Callable[..., Mailer]
) -> None:
    desk.hear(notices.held())

    assert make_mailer(free_port()).turn() == 0
    assert (only(desk).state, only(desk).attempts) == ("queued", 0)

    assert mailer.turn() == 1
    assert only(desk).state == "sent"


def test_nothing_is_sent_in_the_clear_where_tls_is_required(
    desk: Desk, server: Scripted, make_mailer: Callable[..., Mailer]
) -> None:
    desk.hear(notices.held())

    make_mailer(server.port, "starttls").turn()  # type: ignore[attr-defined]

    assert server.received == []
    assert only(desk).state == "queued"


def test_stuck_mails_are_ambiguous(desk: Desk) -> None:
    desk.hear(notices.held())
    with desk.database.transaction() as session:
        past = now() - timedelta(seconds=1)
        session.execute(update(Mail).values(state="sending", claimed_until=past))

    periodic.settle_mails(desk.database, now())

    assert only(desk).state == "ambiguous"


def test_transactional_goes_before_bulk(desk: Desk, server: Scripted, mailer: Mailer) -> None:
    desk.hear(notices.invited(), notices.held())

    mailer.turn()

    assert server.recipients == ["anna@betrieb.example", "gerda@betrieb.example"]


def test_a_mail_that_makes_no_sense_any_more_is_not_sent(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    desk.hear(notices.held(), notices.registration_cancelled(attendees=[notices.CONTACT]))

    mailer.turn()

    assert [mail.state for mail in desk.mails()] == ["suppressed", "sent"]


def test_two_mailers_send_each_mail_once(
    desk: Desk, server: Scripted, mailer: Mailer, make_mailer: Callable[..., Mailer]
) -> None:
    other = make_mailer(server.port)  # type: ignore[attr-defined]
    desk.hear(*(notices.invited(invitation_id=notices.new_id()) for _ in range(25)))

    while mailer.turn() + other.turn():
        pass

    assert len(server.received) == 25


def organizers(server: Scripted) -> list[tuple[str, str]]:
    """Of each mail that was sent: whose date it is in the calendar, and where answers go."""
    seen = []
    for source in server.received:
        mail = message_from_bytes(source, policy=policy.default)
        (entry,) = [p for p in mail.walk() if p.get_content_type() == "text/calendar"][:1]
        lines = entry.get_content().replace("\r\n ", "").splitlines()
        (organizer,) = [line for line in lines if line.startswith("ORGANIZER")]
        seen.append((organizer.partition("mailto:")[2], str(mail["Reply-To"])))
    return seen


def test_whoever_sent_a_date_stays_its_sender_when_the_network_changes(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    one = {"attendees": [notices.CONTACT]}
    desk.hear(notices.confirmed(**one))
    mailer.turn()

    desk.hear(notices.network(contact_email="neu@stadt.example"))
    desk.hear(notices.network(contact_email="neuer@stadt.example"))
    moved = notices.starts_at() + timedelta(days=7)
    desk.hear(notices.changed("starts_at", start=moved))
    mailer.turn()
    desk.hear(notices.meeting_cancelled(start=moved))
    mailer.turn()

    addresses = [(date, answers.partition("<")[2][:-1]) for date, answers in organizers(server)]
    assert addresses == [
        ("netzwerk@stadt.example", "netzwerk@stadt.example"),
        ("netzwerk@stadt.example", "neuer@stadt.example"),
        ("netzwerk@stadt.example", "neuer@stadt.example"),
    ]


def test_a_last_mail_to_somebody_erased_comes_from_whoever_sent_the_date(
    desk: Desk, server: Scripted, mailer: Mailer
) -> None:
    desk.hear(notices.confirmed(attendees=[notices.CONTACT]))
    desk.hear(notices.network(contact_email="neu@stadt.example"))
    mailer.turn()
    desk.hear(notices.registration_cancelled(reason="erased", attendees=[]))
    mailer.turn()

    assert [date for date, _answers in organizers(server)] == ["netzwerk@stadt.example"] * 2
