"""The databases: reachable, in shape, on time, and nothing stuck in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.clock import now
from shared.database import Database
from shared.settings import SERVICES
from treffpunkt.doctor.finding import Finding, mend, note, ok

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shared.settings import Settings

OLDEST_SERVER = 170000
LARGEST_SKEW = timedelta(seconds=2)
LATE = timedelta(minutes=2)


def examine(settings: Settings) -> Iterator[Finding]:
    """Findings about every database this process was given."""
    for service in SERVICES:
        if service not in settings.database_urls:
            yield note(service, "no database given to this process")
            continue
        database = Database(settings.database_url(service), "treffpunkt-doctor", pool_size=1)
        try:
            with database.single_statement() as connection:
                yield from _look(connection, service)
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            yield mend(service, f"database: {reason}", "start PostgreSQL, or correct the address")
        finally:
            database.close()


def _look(connection: Connection, service: str) -> Iterator[Finding]:
    yield _server(connection, service)
    yield _clock(connection, service)
    shape = _shape(connection, service)
    yield shape
    if shape.grade == "ok":
        yield _parked(connection, service)
        yield _undelivered(connection, service)


def _server(connection: Connection, service: str) -> Finding:
    version = int(_value(connection, "select current_setting('server_version_num')"))
    shown = _value(connection, "select current_setting('server_version')")
    if version < OLDEST_SERVER:
        return mend(service, f"PostgreSQL {shown}", "use PostgreSQL 17 or newer")
    return ok(service, f"PostgreSQL {shown}")


def _clock(connection: Connection, service: str) -> Finding:
    begin = now()
    there: datetime = _value(connection, "select clock_timestamp()")
    skew = abs(there - begin - (now() - begin) / 2)
    if skew > LARGEST_SKEW:
        remedy = "let both machines follow a time server"
        return mend(service, f"clocks differ by {skew.total_seconds():.1f} s", remedy)
    return ok(service, "clock agrees")


def _shape(connection: Connection, service: str) -> Finding:
    config = Config()
    config.set_main_option("script_location", f"services.{service}:migrations")
    newest = ScriptDirectory.from_config(config).get_current_head()
    present = MigrationContext.configure(connection).get_current_revision()
    if present != newest:
        text = f"tables are at {present or 'nothing'}, newest is {newest}"
        return mend(service, text, f"treffpunkt migrate {service}")
    return ok(service, "tables are up to date")


def _parked(connection: Connection, service: str) -> Finding:
    count = _value(connection, "select count(*) from inbox where state = 'parked'")
    if count:
        return mend(service, f"{count} parked events", "treffpunkt parked list")
    return ok(service, "no parked events")


def _undelivered(connection: Connection, service: str) -> Finding:
    since: datetime | None = _value(
        connection,
        "select min(event.occurred_at) from outbox_delivery delivery "
        "join outbox_event event on event.id = delivery.event_id where delivery.state <> 'received'",
    )
    if since is not None and now() - since > LATE:
        waiting = f"an event waits for its receipt since {since:%Y-%m-%d %H:%M:%SZ}"
        return mend(service, waiting, "see that relay and all workers run and reach Redis")
    return ok(service, "events arrive")


def _value(connection: Connection, statement: str) -> Any:
    return connection.execute(text(statement)).scalar()
