"""One service's database: engine, sessions, migrations. The only commit() for web, tasks and command line."""

from __future__ import annotations

import select
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import DateTime, MetaData, create_engine, event, func, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Engine, PoolProxiedConnection
    from sqlalchemy.engine import Connection

# Constraint names by rule, so that a migration can name what it changes.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
# No statement hangs a web thread, no forgotten transaction holds a row.
SERVER_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=15s -c lock_timeout=5s "
    "-c idle_in_transaction_session_timeout=30s"
)
MIGRATION_LOCK = 7_268_001
# Leases and due times of rows that several processes work off go by the clock of their database,
# so that processes need not agree on the time. In plain SQL: statement_timestamp().
DATABASE_NOW = func.statement_timestamp(type_=DateTime(timezone=True))


class Database:
    """The pool of one service. Forked children call dispose() before the first use."""

    def __init__(self, url: str, name: str, *, pool_size: int = 8) -> None:
        self.url = url
        self.engine: Engine = create_engine(
            make_url(url).set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            max_overflow=4,
            pool_timeout=5,
            hide_parameters=True,  # the text of an error quotes nobody's data
            connect_args={
                "options": SERVER_OPTIONS,
                "application_name": name,
                "connect_timeout": 5,
                "prepare_threshold": 1,
            },
        )
        event.listen(self.engine, "checkout", _refuse_dead_connection)
        # Spares BEGIN and COMMIT where one statement is the whole transaction, or only reads.
        self.autocommit_engine: Engine = self.engine.execution_options(isolation_level="AUTOCOMMIT")

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed as a whole, or not at all when the block raises."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for reading: each statement sees what is committed when it starts."""
        with Session(self.autocommit_engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def single_statement(self) -> Iterator[Connection]:
        """A connection on which every statement is a transaction of its own (for hot paths)."""
        with self.autocommit_engine.connect() as connection:
            yield connection

    @contextmanager
    def direct(self) -> Iterator[Direct]:
        """The same without SQLAlchemy in between, which costs more than a short statement itself.

        Only for exec_driver_sql() with prebuilt statements. Errors are SQLAlchemy's all the same.
        """
        try:
            with _in_autocommit(self.engine.raw_connection()) as driver:
                yield Direct(driver)
        except psycopg.Error as error:
            raise _as_sqlalchemys(error) from error

    def dispose(self) -> None:
        """Forget all connections without closing those that a parent process still uses."""
        self.engine.dispose(close=False)

    def close(self) -> None:
        """Close all idle connections."""
        self.engine.dispose()


class Direct:
    """A psycopg connection with the one method of SQLAlchemy's that prebuilt statements use."""

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._driver = driver

    def exec_driver_sql(self, statement: str, parameters: Any = None) -> _Rows:
        """Run *statement*, a transaction of its own; its rows have names."""
        cursor = self._driver.cursor(row_factory=namedtuple_row)
        return _Rows(cursor.execute(statement, parameters))


class _Rows:
    def __init__(self, cursor: psycopg.Cursor[Any]) -> None:
        self._cursor = cursor

    def first(self) -> Any:
        return self._cursor.fetchone()

    def all(self) -> list[Any]:
        return self._cursor.fetchall()


class Executor(Protocol):
    """What runs prebuilt statements: a Direct, or SQLAlchemy's Connection inside a transaction."""

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Any:
        """Run *statement*; ``first()`` and ``all()`` of the result are its rows."""


@contextmanager
def _in_autocommit(pooled: PoolProxiedConnection) -> Iterator[psycopg.Connection[Any]]:
    driver: Any = pooled.driver_connection
    try:
        driver.autocommit = True
        yield driver
        driver.autocommit = False
    except BaseException as error:
        if driver.closed:
            pooled.invalidate(error)
        else:
            driver.autocommit = False
        raise
    finally:
        pooled.close()


def _as_sqlalchemys(error: psycopg.Error) -> BaseException:
    lost = isinstance(error, psycopg.OperationalError) and not error.sqlstate
    return DBAPIError.instance(None, None, error, psycopg.Error, connection_invalidated=lost)


def _refuse_dead_connection(dbapi_connection: Any, _record: object, _proxy: object) -> None:
    # A server that went away has left bytes or end-of-file in the socket: one system call tells,
    # where the usual ping costs a round trip per request.
    poll = select.poll()
    poll.register(dbapi_connection.fileno(), select.POLLIN | select.POLLERR | select.POLLHUP)
    if poll.poll(0):
        raise DisconnectionError("the server closed this connection")


def is_unavailable(error: BaseException) -> bool:
    """Whether *error* means that the database is away or overloaded (so: try again later)."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None) or ""
        # Deadlocks and lock timeouts too: nothing was done, and a second try goes through.
        busy = state in {"40001", "40P01", "55P03"}
        lost = error.connection_invalidated or busy or state[:2] in {"08", "53", "57"}
        return lost or (type(error.orig).__name__ == "OperationalError" and not state)
    return type(error).__name__ == "TimeoutError" and "QueuePool" in str(error)


def newest_revision(service: str) -> str:
    """The shape that this code wants the database of *service* to have, or a newer one."""
    folder = files(f"services.{service}") / "migrations" / "versions"
    numbers = (path.name.partition("_")[0] for path in folder.iterdir())
    return max(number for number in numbers if number.isdigit())


def migrate(service: str, url: str) -> None:
    """Bring the database of *service* to the newest shape; safe to call from several processes."""
    database = Database(url, f"treffpunkt-{service}-migrate", pool_size=1)
    try:
        with database.engine.begin() as connection:
            connection.execute(text("set local statement_timeout = 0"))
            connection.execute(text("set local lock_timeout = 0"))
            connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            migrate_within(connection, service)
    finally:
        database.close()


def migrate_within(connection: Connection, service: str, revision: str = "head") -> None:
    """Migrate inside the transaction of *connection*."""
    # Here and below: 9 MB that no process needs but the one that migrates.
    from alembic import command  # noqa: PLC0415

    command.upgrade(_alembic_config(service, connection), revision)


def _alembic_config(service: str, connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", f"services.{service}:migrations")
    config.attributes["connection"] = connection
    return config


def run_migrations(*metadata: MetaData) -> None:
    """The body of each service's migrations/env.py."""
    from alembic import context  # noqa: PLC0415

    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=list(metadata),
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
