"""One connection both works and is woken: no notification is lost, and a dead connection is replaced."""

from __future__ import annotations

import select
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.database import Database
from shared.listening import Listening

PID = text("select pg_backend_pid()")
NOTIFY = text("notify bell")


@pytest.fixture
def listening(scheduling_database: Database) -> Iterator[Listening]:
    ear = Listening(scheduling_database, "bell")
    with ear.connection():
        ear.is_woken()  # every connection starts awake: something may have come before it listened
    yield ear
    ear.close()


def ring(database: Database) -> None:
    with database.single_statement() as connection:
        connection.execute(NOTIFY)


def test_notification_makes_the_socket_readable_and_wakes_once(
    listening: Listening, scheduling_database: Database
) -> None:
    assert not listening.is_woken()
    ring(scheduling_database)
    assert select.select([listening], [], [], 5)[0]
    assert [listening.is_woken(), listening.is_woken()] == [True, False]


def test_notification_that_comes_with_the_answer_to_a_statement_wakes_too(
    listening: Listening, scheduling_database: Database
) -> None:
    ring(scheduling_database)
    with listening.connection() as connection:
        connection.execute(PID)
    assert not select.select([listening], [], [], 0)[0]  # the socket would have slept
    assert listening.is_woken()


def test_dead_connection_is_noticed_and_replaced(
    listening: Listening, scheduling_database: Database
) -> None:
    with listening.connection() as connection:
        first = connection.scalar(PID)
    with scheduling_database.single_statement() as other:
        other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": first})
    with pytest.raises(DBAPIError), listening.connection() as connection:
        connection.execute(PID)
    with listening.connection() as connection:
        assert connection.scalar(PID) != first
    assert listening.is_woken()


def test_nothing_to_wait_for_while_not_connected(scheduling_database: Database) -> None:
    with pytest.raises(OSError, match="not connected"):
        Listening(scheduling_database, "bell").fileno()
