"""What does not hold, as tests ask for it: in one database, or in all three at rest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from sqlalchemy import text

from shared.clock import now
from shared.database import Database
from shared.settings import Settings
from treffpunkt.invariants import INVARIANTS, examine, holds, seats
from treffpunkt.invariants.books import FAR_FUTURE, Books


def broken_in_registration(database: Database, at: datetime | None = None) -> dict[str, list[Any]]:
    """What breaks the invariants that registration can be judged by alone; empty when all is well."""
    with database.engine.connect() as connection:
        books = Books(
            now=at or now(),
            settled=FAR_FUTURE,
            at_rest=True,
            connections={"registration": connection},
        )
        found = {
            name: list(judge(books))
            for name, judge in (seats.INVARIANTS | holds.INVARIANTS).items()
        }
    return {name: breaks for name, breaks in found.items() if breaks}


def broken_at_rest(settings: Settings, at: datetime | None = None) -> dict[str, list[str]]:
    """Everything that does not hold once nothing is on its way, by name; empty when all is well."""
    return {
        result.name: [f"{one.thing} {one.id}: {one.says}" for one in result.breaks]
        for result in examine(settings, at or now(), at_rest=True)
        if not result.holds
    }


def adds_up(database: Database, at: datetime | None = None) -> bool:
    """True; otherwise the failure says which invariants of registration are broken."""
    broken = broken_in_registration(database, at)
    assert not broken, broken
    return True


def broken_by(
    databases: Mapping[str, Database], service: str, statement: str
) -> tuple[str, dict[str, list[str]]]:
    """The id that *statement* returns, and what it breaks; afterwards nothing has happened."""
    with ExitStack() as stack:
        connections = {
            name: stack.enter_context(database.engine.connect())
            for name, database in databases.items()
        }
        if service == "registration":  # what the third line is for: the second one gone
            drop = "alter table slot drop constraint ck_slot_never_oversold"
            connections[service].execute(text(drop))
        culprit = connections[service].execute(text(statement)).first()
        books = Books(now=now(), settled=FAR_FUTURE, at_rest=True, connections=connections)
        found = {name: [one.id for one in judge(books)] for name, judge in INVARIANTS.items()}
        stack.callback(connections[service].rollback)
    assert culprit is not None
    return str(culprit[0]), {name: ids for name, ids in found.items() if ids}
