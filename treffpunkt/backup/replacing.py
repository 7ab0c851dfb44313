"""One database put back to an older state inside one transaction; what it replaces stands beside it until then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg import sql
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from shared.database import Database, migrate_within
from treffpunkt.backup import tables
from treffpunkt.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from treffpunkt.backup.archive import Archive, Saved

REPLACED = "replaced"
LOCK_ATTEMPTS = 5
BUSY = {"40P01", "55P03"}  # a deadlock, a lock not had in time
PATIENCE = (
    "set local statement_timeout = 0",
    "set local idle_in_transaction_session_timeout = 0",
    "set local lock_timeout = '20s'",
)
_NEW_SCHEMA = """
alter schema public rename to replaced;
create schema public;
grant usage on schema public to public;
"""


@contextmanager
def opened(url: str) -> Iterator[Session]:
    """A session of one service's database, rolled back unless it was committed."""
    database = Database(url, "treffpunkt-restore", pool_size=1)
    try:
        with Session(database.engine, expire_on_commit=False) as session:
            be_patient(session)
            yield session
    finally:
        database.close()


def be_patient(session: Session) -> None:
    """No limit of the services' own holds for this transaction."""
    for statement in PATIENCE:
        session.execute(text(statement))


def replace(session: Session, archive: Archive, service: str, saved: Saved) -> bool:
    """Put the tables of *saved* in place of the present ones; False if there were none to look into.

    Nobody sees anything of it before the commit: whoever reads or writes meanwhile waits.
    """
    readable = _lock_all(session)
    connection = session.connection()
    if readable:
        migrate_within(connection, service)
    connection.exec_driver_sql(f"drop schema if exists {REPLACED} cascade")
    connection.exec_driver_sql(_NEW_SCHEMA)
    _make_tables(connection, service, saved.revision)
    tables.fill(connection, archive, service, saved)
    migrate_within(connection, service)
    return readable


def _make_tables(connection: Connection, service: str, revision: str) -> None:
    from alembic.util import CommandError  # noqa: PLC0415 - as in shared.database

    try:
        migrate_within(connection, service, revision)
    except CommandError as error:
        raise Refusal(f"this backup of {service} was made by a newer release") from error


def forget_replaced(session: Session) -> None:
    """Nothing of the replaced tables is left after the commit."""
    session.connection().exec_driver_sql(f"drop schema if exists {REPLACED} cascade")


def _lock_all(session: Session) -> bool:
    for attempt in range(1, LOCK_ATTEMPTS + 1):
        try:
            return _try_to_lock(session.connection())
        except DBAPIError as error:
            busy = getattr(error.orig, "sqlstate", "") in BUSY
            if not busy or attempt == LOCK_ATTEMPTS:
                raise
            session.rollback()
            be_patient(session)
    return False


def _try_to_lock(connection: Connection) -> bool:
    found = connection.scalars(
        text("select tablename from pg_tables where schemaname = 'public' order by 1")
    ).all()
    if tables.VERSION not in found or "inbox" not in found:
        return False
    names = sql.SQL(", ").join(sql.Identifier("public", name) for name in found)
    statement = sql.SQL("lock table {} in access exclusive mode").format(names)
    connection.exec_driver_sql(statement.as_string())
    return True
