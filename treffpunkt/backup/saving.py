"""Writing a backup while everything runs: each database as of one moment, all three within a breath."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from shared.database import Database
from treffpunkt.backup import tables
from treffpunkt.backup.archive import Archive, Saved, create
from treffpunkt.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from shared.settings import Settings

# A large table takes longer than any statement of the service may.
PATIENCE = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0"
_SNAPSHOT = "select version_num, now() as moment from alembic_version"


def save(settings: Settings, path: Path) -> dict[str, Saved]:
    """Save all databases that are set into *path*; what was saved, by service."""
    if not settings.database_urls:
        settings.database_url("registration")  # says what is missing
    with ExitStack() as stack:
        connections = {
            service: stack.enter_context(_snapshot(url))
            for service, url in settings.database_urls.items()
        }
        saved = {}
        with create(path) as archive:
            for service, connection in connections.items():
                saved[service] = _save(connection, archive, service)
            archive.finish(saved)
    return saved


@contextmanager
def _snapshot(url: str) -> Iterator[Connection]:
    database = Database(url, "treffpunkt-backup", pool_size=1)
    engine = database.engine.execution_options(
        isolation_level="REPEATABLE READ", postgresql_readonly=True
    )
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(PATIENCE)
            connection.execute(text("select 1 from pg_class limit 1"))  # from here on nothing moves
            yield connection
            connection.rollback()
    finally:
        database.close()


def _save(connection: Connection, archive: Archive, service: str) -> Saved:
    if connection.scalar(text("select to_regclass('public.alembic_version')")) is None:
        raise Refusal(f"the database of {service} is empty: nothing to save")
    row = connection.exec_driver_sql(_SNAPSHOT).one()
    columns, rows = tables.save(connection, archive, service)
    return Saved(taken_at=row.moment, revision=row.version_num, columns=columns, rows=rows)
