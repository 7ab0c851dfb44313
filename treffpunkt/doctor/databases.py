"""The databases: reachable, in shape, on time, and nothing stuck in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from shared.clock import now
from shared.database import Database
from shared.language import speaking
from shared.messaging import condition, troubles
from shared.settings import SERVICES
from treffpunkt.doctor.finding import Finding, mend, note, ok

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shared.settings import Settings

OLDEST_SERVER = 170000
LARGEST_SKEW = timedelta(seconds=2)
CROWDED = 0.8
COUNTED = ("parked", "mails_failed", "check_broken")


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
        yield _room(connection, service)
        yield from _running(connection, service)


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


def _running(connection: Connection, service: str) -> Iterator[Finding]:
    """What readiness and the operations page name, too: processes, queues, parked events, mails, the last check."""
    own = import_module(f"services.{service}.app").OPERATIONS
    seen = condition.look(connection, service)
    found = [*condition.troubles(seen), *own.troubles(connection)]
    with speaking("en"):
        for trouble in found:
            number = f" ({trouble.number})" if trouble.code in COUNTED else ""
            sentence = troubles.what(trouble).rstrip(".") + number
            yield mend(service, sentence, troubles.remedy(trouble))
    if seen.canary_age is not None and seen.canary_took is not None and not found:
        took = f"{seen.canary_took * 1000:.0f} ms"
        yield ok(service, f"processes live; a test message took {took} through the queue")
    if seen.check is None:
        yield note(service, "the invariants were never checked", "treffpunkt check")
    elif seen.check.holds:
        yield ok(service, f"invariants held at {seen.check.checked_at:%Y-%m-%d %H:%M:%SZ}")


def _room(connection: Connection, service: str) -> Finding:
    """Connections that are left: a process that gets none answers 503."""
    used = _value(
        connection, "select count(*) from pg_stat_activity where backend_type = 'client backend'"
    )
    most = int(_value(connection, "select current_setting('max_connections')"))
    if used > CROWDED * most:
        remedy = "raise max_connections, or run fewer processes"
        return mend(service, f"{used} of {most} connections are taken", remedy)
    return ok(service, f"{used} of {most} connections are taken")


def _value(connection: Connection, statement: str) -> Any:
    return connection.execute(text(statement)).scalar()
