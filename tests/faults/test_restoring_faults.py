"""A database that is lost or set back, and people who sign up while it happens."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from tests import factories
from tests.faults import invariants
from tests.restored import Place, half_saved

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """Half of its story is in the backup."""
    with half_saved() as place:
        yield place


def lose(place: Place, service: str) -> None:
    """A disk died: the database is there again, empty."""
    with psycopg.connect(place.stack.settings.database_url(service)) as connection:
        connection.execute("drop schema public cascade; create schema public")


@contextmanager
def people_signing_up(place: Place) -> Iterator[list[str]]:
    """Two people at a time, for as long as the block; the ids of what was acknowledged."""
    ids: list[str] = []
    over = threading.Event()

    def sign_up() -> None:
        slot = place.meeting["slots"][0]["id"]
        while not over.wait(0.1):
            answer: Any = place.office.try_to_sign_up(slot, seats=1, email=factories.address())
            if answer.status == 201:
                ids.append(answer.json["id"])

    threads = [threading.Thread(target=sign_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield ids
    finally:
        over.set()
        for thread in threads:
            thread.join(60)


def test_older_scheduling_alone_catches_up_and_repeats_no_mail(place: Place) -> None:
    truth, mails = place.truth(), place.mails()

    assert "could not" not in place.restore("--only", "scheduling")

    assert sorted(place.truth() ^ truth) == []
    assert place.mails() == mails
    assert place.broken() == {}


@pytest.mark.parametrize("service", ["scheduling", "registration"])
def test_lost_database_is_told_what_the_others_know(place: Place, service: str) -> None:
    truth, mails = place.truth(), place.mails()
    lose(place, service)

    said = place.restore("--only", service)

    assert "its database was empty" in said
    assert "could not" not in said
    assert sorted(place.truth() ^ truth) == []
    assert place.mails() == mails
    assert place.broken() == {}


def test_lost_mail_queue_holds_back_what_may_have_been_sent(place: Place) -> None:
    truth, mails = place.truth(), place.mails()
    lose(place, "notifications")

    said = place.restore("--only", "notifications")

    assert "its database was empty" in said
    assert [
        line
        for line in sorted(place.truth() ^ truth)
        if "_mail" not in line and " mail " not in line
    ] == []
    assert place.mails() == mails
    assert "held_back" in place.stack.run("mails", "list", "--state", "held_back")


@pytest.mark.parametrize("service", ["registration", "scheduling", "notifications"])
def test_no_acknowledged_sign_up_is_lost_while_a_database_is_set_back(
    place: Place, service: str
) -> None:
    with people_signing_up(place) as acknowledged:
        place.restore("--only", service)

    place.rest()
    found = invariants.rows(place.stack.settings, "registration", "select id from registration")
    assert set(acknowledged) - {str(row[0]) for row in found} == set()
    assert acknowledged
    assert place.broken() == {}


def test_backup_amid_sign_ups_agrees_with_itself(place: Place) -> None:
    file = place.file.with_name("amid.backup")
    with people_signing_up(place):
        place.stack.run("backup", str(file))

    place.restore(file=file)

    place.rest()
    assert place.broken() == {}
