"""A mailer killed at exact points: what it left is known at once, and repeated as the policy of its kind says."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from services.notifications import periodic
from services.notifications.mailer import Mailer
from services.notifications.models import Mail
from services.notifications.smtp import Courier
from shared.clock import now
from shared.database import Database
from shared.settings import Settings, parse_smtp_url
from tests import notices
from tests.notices import Desk
from tests.scripted_smtp import Pause, ScriptedServer, serving
from tests.stopping_mailer import (
    BEFORE_RECORDING,
    BEFORE_THE_SOCKET,
    CLAIMED,
    mailer_process,
)
from tests.wait import wait_until

AFTER_THE_DOT = "after the final dot"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with serving() as server:
        yield server


@pytest.fixture
def successor(settings: Settings, server: ScriptedServer) -> Iterator[Mailer]:
    mailer = Mailer(settings, Courier(parse_smtp_url(f"smtp://127.0.0.1:{server.port}")))
    yield mailer
    mailer.close()


@pytest.fixture
def desk(notifications_database: Database) -> Desk:
    return Desk(notifications_database).opened()


def only(desk: Desk) -> Mail:
    (mail,) = desk.mails()
    return mail


def hear_reminder(desk: Desk) -> None:
    """One mail of a kind that is rather not sent than sent twice."""
    desk.hear(notices.confirmed(attendees=[notices.CONTACT]))
    with desk.database.transaction() as session:
        session.execute(text("delete from mail"))
        session.execute(text("update planned_mail set due_at = now()"))
        session.execute(text("update registration set confirmed_at = now() - interval '1 day'"))
    periodic.make_due_mails(desk.database, now())
    with desk.database.transaction() as session:
        session.execute(
            text("delete from mail where id > (select id from mail order by id limit 1)")
        )


def kill_at(point: str, settings: Settings, server: ScriptedServer) -> None:
    """Start a mailer, and kill -9 exactly there."""
    pause = Pause()
    if point == AFTER_THE_DOT:
        server.script["dot"].append(pause)
    with mailer_process(settings, server.port, point) as process:
        if point == AFTER_THE_DOT:
            assert pause.reached.wait(20)
        else:
            process.wait()
        process.kill()
    pause.over.set()


def settle(desk: Desk) -> str:
    periodic.settle_mails(desk.database, now())
    return only(desk).state


def later(desk: Desk) -> None:
    """The pause before a repetition is over."""
    with desk.database.transaction() as session:
        session.execute(update(Mail).values(due_at=now() - timedelta(seconds=1)))
    periodic.settle_mails(desk.database, now())


@pytest.mark.parametrize(
    ("point", "copies"), [(BEFORE_THE_SOCKET, 1), (AFTER_THE_DOT, 2), (BEFORE_RECORDING, 2)]
)
def test_what_somebody_waits_for_is_repeated_with_the_same_bytes(
    desk: Desk,
    settings: Settings,
    server: ScriptedServer,
    successor: Mailer,
    *,
    point: str,
    copies: int,
) -> None:
    desk.hear(notices.held())
    kill_at(point, settings, server)
    wait_until(lambda: settle(desk) == "ambiguous", within=5)
    assert successor.turn() == 0  # not before the stated pause is over

    later(desk)

    assert successor.turn() == 1
    assert (only(desk).state, only(desk).repeated) == ("sent", True)
    assert server.received == [only(desk).message] * copies


@pytest.mark.parametrize(
    ("point", "copies"), [(BEFORE_THE_SOCKET, 0), (AFTER_THE_DOT, 1), (BEFORE_RECORDING, 1)]
)
def test_what_only_reminds_is_not_repeated(
    desk: Desk,
    settings: Settings,
    server: ScriptedServer,
    successor: Mailer,
    *,
    point: str,
    copies: int,
) -> None:
    hear_reminder(desk)
    kill_at(point, settings, server)
    wait_until(lambda: settle(desk) == "ambiguous", within=5)

    later(desk)

    assert successor.turn() == 0
    assert only(desk).state == "ambiguous"
    assert len(server.received) == copies


def test_what_was_only_claimed_is_sent_at_once(
    desk: Desk, settings: Settings, server: ScriptedServer, successor: Mailer
) -> None:
    desk.hear(notices.held())
    kill_at(CLAIMED, settings, server)

    wait_until(lambda: successor.turn() == 1, within=5)

    assert (only(desk).state, only(desk).attempts, only(desk).repeated) == ("sent", 1, False)
    assert len(server.received) == 1


def test_the_next_mailer_settles_by_itself(
    desk: Desk, settings: Settings, server: ScriptedServer, successor: Mailer
) -> None:
    desk.hear(notices.held())
    kill_at(BEFORE_RECORDING, settings, server)

    wait_until(lambda: successor.turn() or only(desk).state == "ambiguous", within=15)

    assert len(server.received) == 1


def test_the_mail_of_a_living_mailer_is_left_alone_even_if_it_is_stopped(
    desk: Desk, settings: Settings, server: ScriptedServer, successor: Mailer
) -> None:
    desk.hear(notices.held())
    with mailer_process(settings, server.port, BEFORE_RECORDING) as process:
        process.wait()
        os.kill(process.process.pid or 0, signal.SIGSTOP)

        assert settle(desk) == "sending"
        assert successor.turn() == 0
        assert settle(desk) == "sending"


def test_a_mailer_that_lost_its_database_still_says_what_it_knows(
    desk: Desk, settings: Settings, server: ScriptedServer
) -> None:
    pause = Pause()
    server.script["dot"].append(pause)
    desk.hear(notices.held())
    with mailer_process(settings, server.port):
        assert pause.reached.wait(20)
        with desk.database.transaction() as session:
            session.execute(
                text(
                    "select pg_terminate_backend(pid) from pg_stat_activity"
                    " where application_name like 'treffpunkt-mailer%'"
                )
            )
        wait_until(lambda: settle(desk) == "ambiguous", within=5)

        pause.over.set()

        wait_until(lambda: only(desk).state == "sent", within=10)
    assert (len(server.received), only(desk).repeated) == (1, False)
