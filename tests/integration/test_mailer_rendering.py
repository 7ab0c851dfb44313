"""What the mailer reads for a mail: kept in memory, read anew, and what follows where it cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from services.notifications import periodic
from services.notifications.domain.retries import BACKOFF
from services.notifications.mailer import Mailer
from services.notifications.models import Mail
from services.notifications.smtp import Courier
from services.notifications.use_cases.scenes import KEPT
from shared.clock import now
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging.tables import outbox_event
from shared.settings import Settings, parse_smtp_url
from tests import notices
from tests.notices import Desk
from tests.scripted_smtp import CUT, ScriptedServer, serving

BREAK = """
    update registration set data = data - 'attendees' || jsonb_build_object('kept', data->'attendees')
"""
MEND = "update registration set data = data || jsonb_build_object('attendees', data->'kept')"
# Copies of the only meeting.
MORE_MEETINGS = f"""
    insert into meeting
    select (jsonb_populate_record(original, jsonb_build_object(
        'id', id, 'data', data || jsonb_build_object('meeting_id', id)))).*
    from (select meeting as original, data, gen_random_uuid() as id
          from meeting, generate_series(1, {KEPT})) copies
"""
# All meetings, in the words of claimed rows.
MEETINGS = text("""
    select meeting.id as meeting_id, meeting.revision as meeting_revision,
        network.id as network_id, network.revision as network_revision
    from meeting join network on network.id = meeting.network_id
""")


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as server:
        yield server


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


@pytest.fixture
def mailer(settings: Settings, server: ScriptedServer) -> Iterator[Mailer]:
    mailer = Mailer(settings, Courier(parse_smtp_url(f"smtp://127.0.0.1:{server.port}")))
    yield mailer
    mailer.close()


def execute(desk: Desk, statement: str) -> None:
    with desk.database.transaction() as session:
        session.execute(text(statement))


def later(desk: Desk) -> None:
    """Every pause is over."""
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(due_at=now() - timedelta(seconds=1)))


def told_as_failed(desk: Desk) -> list[str]:
    """The recipients of the mails that MailFailed tells of."""
    query = select(outbox_event).where(outbox_event.c.name == "MailFailed")
    with desk.database.reading() as session:
        return [fact.payload["recipient"] for fact in session.execute(query)]


def held_mail(desk: Desk) -> Mail:
    (mail,) = desk.mails("confirm_address")
    return mail


def test_a_mail_that_cannot_be_written_fails_in_the_end_and_speaks_against_no_address(
    desk: Desk, mailer: Mailer
) -> None:
    desk.hear(notices.held())
    execute(desk, BREAK)

    seen = []
    for _ in range(len(BACKOFF) + 1):
        assert mailer.turn() == 1
        seen.append((held_mail(desk).state, held_mail(desk).attempts))
        later(desk)

    assert seen == [*(("retry", number) for number in range(1, 6)), ("failed", 6)]
    assert held_mail(desk).smtp_text == "not rendered: KeyError"
    assert (mailer.turn(), told_as_failed(desk)) == (0, [])


def test_an_address_that_no_mail_reaches_is_told_at_once(desk: Desk, mailer: Mailer) -> None:
    desk.hear(notices.held(contact=replace(notices.held().contact, email="ännä@betrieb.example")))

    mailer.turn()

    assert held_mail(desk).state == "failed"
    assert told_as_failed(desk) == ["ännä@betrieb.example"]


def test_a_bad_address_of_ours_speaks_against_no_recipient(
    desk: Desk, settings: Settings, server: ScriptedServer
) -> None:
    desk.hear(notices.held())
    ours = replace(settings, mail_from="träff@netz.example")
    courier = Courier(parse_smtp_url(f"smtp://127.0.0.1:{server.port}"))
    mailer = Mailer(ours, courier)

    for _ in range(len(BACKOFF) + 1):
        mailer.turn()
        later(desk)
    mailer.close()

    assert (held_mail(desk).state, held_mail(desk).attempts) == ("failed", 6)
    assert "not rendered: sender or reply address" in (held_mail(desk).smtp_text or "")
    assert told_as_failed(desk) == []


def test_a_mail_that_cannot_be_written_waits_longer_and_longer(desk: Desk, mailer: Mailer) -> None:
    desk.hear(notices.held())
    execute(desk, BREAK)

    for wait in BACKOFF:
        before = now()
        mailer.turn()
        slept = held_mail(desk).due_at - before
        assert wait <= slept < wait + timedelta(seconds=30)
        later(desk)


def test_a_mail_that_cannot_be_written_stops_no_other(desk: Desk, mailer: Mailer) -> None:
    desk.hear(notices.held(), notices.invited())
    execute(desk, BREAK)

    mailer.turn()

    assert [(mail.state, mail.attempts) for mail in desk.mails()] == [("retry", 1), ("sent", 1)]


def test_once_it_can_be_written_it_goes_out(desk: Desk, mailer: Mailer) -> None:
    desk.hear(notices.held())
    execute(desk, BREAK)
    mailer.turn()
    execute(desk, MEND)
    later(desk)

    mailer.turn()

    assert (held_mail(desk).state, held_mail(desk).attempts) == ("sent", 2)


def test_what_was_never_tried_does_not_count(
    desk: Desk, server: ScriptedServer, mailer: Mailer
) -> None:
    desk.hear(notices.held(), notices.registration_cancelled(attendees=[notices.CONTACT]))
    server.script["greeting"] = ["421 busy"]

    mailer.turn()
    assert [(mail.state, mail.attempts) for mail in desk.mails()] == [("queued", 0)] * 2

    mailer._away_until = 0.0
    mailer.turn()
    assert [(m.state, m.attempts) for m in desk.mails()] == [("suppressed", 0), ("sent", 1)]


def test_a_mailer_that_forgets_what_it_knew_reads_all_it_needs(desk: Desk, mailer: Mailer) -> None:
    desk.hear(notices.held())
    mailer.turn()
    execute(desk, MORE_MEETINGS)
    with desk.database.single_statement() as connection:
        mailer.scenes.learn(connection, connection.execute(MEETINGS).all())
    new = new_id()

    desk.hear(notices.published(meeting_id=new, slug="danach"))
    desk.hear(notices.invited(invitation_id=new_id(), meeting_id=new))
    desk.hear(notices.invited(invitation_id=new_id()))
    mailer.turn()

    assert [(mail.state, mail.smtp_code) for mail in desk.mails()] == [("sent", 250)] * 3


def test_a_meeting_that_cannot_be_read_stops_no_mail_of_another(desk: Desk, mailer: Mailer) -> None:
    broken = new_id()
    desk.hear(notices.published(meeting_id=broken, slug="kaputt"), notices.held())
    desk.hear(notices.invited(invitation_id=new_id(), meeting_id=broken))
    execute(desk, f"update meeting set data = data - 'slots' where id = '{broken}'")

    mailer.turn()

    assert [(mail.state, mail.attempts) for mail in desk.mails()] == [("sent", 1), ("retry", 1)]


def refused_for_now(desk: Desk, server: ScriptedServer, mailer: Mailer) -> list[Mail]:
    """All that is due is written and put off by the server; the pauses are over."""
    server.script["rcpt"] += ["450 later"] * len(desk.mails())
    while mailer.turn():
        pass
    later(desk)
    return list(desk.mails())


def test_a_reminder_put_off_beyond_the_meeting_is_not_sent(
    desk: Desk, server: ScriptedServer, mailer: Mailer
) -> None:
    desk.hear(notices.confirmed(signed_up_at=now() - timedelta(days=40)))
    mailer.turn()
    server.received.clear()
    execute(desk, "update registration set confirmed_at = now() - interval '1 day'")
    execute(desk, "update planned_mail set due_at = now()")
    periodic.make_due_mails(desk.database, now())
    refused_for_now(desk, server, mailer)
    assert {(mail.state, mail.attempts) for mail in desk.mails("reminder")} == {("retry", 1)}

    desk.hear(notices.changed("starts_at", start=now() - timedelta(days=1)))
    while mailer.turn():
        pass

    reasons = {(mail.state, mail.smtp_text) for mail in desk.mails("reminder")}
    assert (reasons, server.received) == ({("suppressed", "the meeting is over")}, [])


def test_what_was_put_off_is_not_sent_after_its_reason_is_gone(
    desk: Desk, server: ScriptedServer, mailer: Mailer
) -> None:
    desk.hear(notices.held(attendees=[notices.CONTACT]))
    refused_for_now(desk, server, mailer)

    desk.hear(notices.confirmed(attendees=[notices.CONTACT]))
    mailer.turn()

    (asked, said) = desk.mails()
    assert (asked.state, asked.smtp_text) == ("suppressed", "the address is confirmed")
    assert said.state == "sent"


def test_what_was_put_off_and_still_holds_goes_out_as_it_was_written(
    desk: Desk, server: ScriptedServer, mailer: Mailer
) -> None:
    desk.hear(notices.held())
    (written,) = refused_for_now(desk, server, mailer)

    mailer.turn()

    assert (held_mail(desk).state, server.received) == ("sent", [written.message])


def test_what_was_perhaps_delivered_goes_out_once_more_whatever_happened_since(
    desk: Desk, server: ScriptedServer, mailer: Mailer
) -> None:
    desk.hear(notices.held(attendees=[notices.CONTACT]))
    server.script["dot"] = [CUT]
    mailer.turn()
    later(desk)
    periodic.settle_mails(desk.database, now())

    desk.hear(notices.registration_cancelled(attendees=[notices.CONTACT]))
    mailer.turn()

    assert (held_mail(desk).state, held_mail(desk).repeated) == ("sent", True)
    assert server.received[0] == server.received[1]
