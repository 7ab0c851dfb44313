"""A restored inbox on real databases: what was unfinished in the backup, and what arrives while it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from redis import Redis
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from shared.messaging import inbox
from shared.messaging.tables import inbox as inbox_table
from shared.settings import Settings
from tests.carrier import SERVICES as WORKERS
from tests.carrier import Parcel
from tests.databases import Servers
from tests.trio import Trio, open_trio
from tests.wait import wait_until
from treffpunkt.backup.restoring import restore
from treffpunkt.backup.saving import save

RETRY = text(
    "update inbox set state = 'new', attempts = 0, due_at = now() where state in ('new', 'parked')"
)


@pytest.fixture
def trio(servers: Servers, settings: Settings, broker: str) -> Iterator[Trio]:
    """The three services in one process, with the empty queues that a restore flushes."""
    assert broker == settings.redis_url
    with open_trio(servers, settings) as trio:
        yield trio


def failing(_session: Any, _fact: Any, _envelope: Any) -> None:
    raise OSError("a disk is full")


def leave_unfinished(trio: Trio, parcel: Parcel, state: str) -> None:
    """Hand it over to a worker that cannot finish it: *new* is tried again, *parked* waits for a person."""
    service = WORKERS[parcel.subscriber]
    handlers = dict.fromkeys(service.handlers, failing) if state == "new" else {}
    broken = replace(service, handlers=handlers)
    inbox.receive(trio.carrier.databases[parcel.subscriber], broken, parcel.envelope)


def try_again(trio: Trio, service: str) -> None:
    """The cause is mended: what is unfinished is done, and its mails go out."""
    trio.carrier.run(service, RETRY)
    trio.settle()


def states(trio: Trio, service: str) -> set[str]:
    """In which states the events of *service* are."""
    with trio.carrier.databases[service].reading() as session:
        return set(session.scalars(select(inbox_table.c.state)))


def lose(settings: Settings, service: str) -> None:
    """A disk died: the database is there again, empty."""
    with psycopg.connect(settings.database_url(service)) as connection:
        connection.execute("drop schema public cascade; create schema public")


@pytest.fixture(params=["new", "parked"])
def unfinished(
    request: pytest.FixtureRequest, trio: Trio, tmp_path: Path, settings: Settings
) -> Path:
    """A backup with an event that notifications has not done; then it is done and its mail is out."""
    trio.signed_up(trio.publish())
    for parcel in trio.carrier.due():
        if parcel.subscriber == "notifications":
            leave_unfinished(trio, parcel, request.param)
    assert request.param in states(trio, "notifications")
    file = tmp_path / "unfinished.backup"
    save(settings, file)
    try_again(trio, "notifications")
    assert len(trio.sink.mails()) == 1
    return file


@pytest.mark.parametrize("only", [None, "notifications"])
def test_mail_of_an_event_that_was_unfinished_in_the_backup_goes_out_once(
    trio: Trio, settings: Settings, unfinished: Path, only: str | None
) -> None:
    restore(settings, unfinished, only=only)
    try_again(trio, "notifications")

    assert states(trio, "notifications") == {"done"}
    assert len(trio.sink.mails()) == 1


def test_mail_of_an_unfinished_event_is_held_back_if_nobody_knows_more(
    trio: Trio, settings: Settings, unfinished: Path
) -> None:
    lose(settings, "notifications")

    restore(settings, unfinished, only="notifications")
    try_again(trio, "notifications")

    assert len(trio.sink.mails()) == 1
    found = trio.carrier.run("notifications", text("select state from mail"))
    assert [row.state for row in found] == ["held_back"]


def test_meeting_fact_that_had_its_effect_is_done_in_the_restored_inbox(
    trio: Trio, settings: Settings, tmp_path: Path
) -> None:
    meeting = trio.publish()
    for title in ("Neuer", "Neu"):
        trio.desk.call("PATCH", f"/meetings/{meeting.id}", {"title": title, "notify": False})
    for parcel in trio.carrier.due():
        if parcel.subscriber == "registration":
            leave_unfinished(trio, parcel, "parked")
    save(settings, tmp_path / "unfinished.backup")
    try_again(trio, "registration")

    restore(settings, tmp_path / "unfinished.backup", only="registration")

    assert states(trio, "registration") == {"done"}
    titles = trio.carrier.run("registration", text("select title from meeting"))
    assert [row.title for row in titles] == ["Neu"]


def test_event_of_the_discarded_future_is_not_stored_after_the_commit(
    trio: Trio, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "before.backup"
    save(settings, file)
    trio.signed_up(trio.publish())
    (parcel,) = [one for one in trio.carrier.due() if one.subscriber == "notifications"]
    database = trio.carrier.databases["notifications"]
    with Redis.from_url(settings.redis_url) as redis, ThreadPoolExecutor(1) as command:
        redis.set("a message that was taken", "just now")
        restoring = command.submit(restore, settings, file)
        wait_until(lambda: restoring.done() or not redis.dbsize(), within=30)

        with pytest.raises(DBAPIError, match="lock timeout"):
            inbox.receive(database, WORKERS["notifications"], parcel.envelope)
        restoring.result(30)

    assert parcel.envelope.id not in stored(trio)


def test_cancellation_that_was_unfinished_takes_effect_if_nobody_knows_more(
    trio: Trio, settings: Settings, tmp_path: Path
) -> None:
    meeting = trio.publish()
    trio.confirmed(meeting)
    trio.settle()
    trio.desk.call("POST", f"/meetings/{meeting.id}/cancel", {"reason": "Wasser im Keller."})
    for parcel in trio.carrier.due():
        if parcel.subscriber == "registration":
            leave_unfinished(trio, parcel, "parked")
            receipt = f"update outbox_delivery set state = 'received' where event_id = '{parcel.envelope.id}'"
            trio.carrier.run("scheduling", text(receipt))
    save(settings, tmp_path / "unfinished.backup")
    lose(settings, "registration")

    restore(settings, tmp_path / "unfinished.backup", only="registration")
    try_again(trio, "registration")

    found = trio.carrier.run("registration", text("select state from registration"))
    assert [row.state for row in found] == ["cancelled"]


def stored(trio: Trio) -> set[UUID]:
    """The events that notifications knows."""
    with trio.carrier.databases["notifications"].reading() as session:
        return set(session.scalars(select(inbox_table.c.event_id)))
