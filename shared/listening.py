"""One database connection of a process that works off a table: for its statements and to be woken by NOTIFY."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

import psycopg
from sqlalchemy.exc import DBAPIError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from shared.database import Database


class Listening:
    """Kept open, since a second connection only for waiting would cost PostgreSQL a process of 3 MB.

    Every statement is a transaction of its own. After an error the connection is dropped; the next use
    opens a new one. It can be waited for with ``select.select``.
    """

    def __init__(self, database: Database, channel: str) -> None:
        self._database = database
        self._channel = channel
        self._connection: Connection | None = None
        self._woken = False

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """The connection. Raises sqlalchemy.exc.OperationalError while PostgreSQL is away."""
        if self._connection is None:
            self._connection = self._opened()
        try:
            yield self._connection
        except DBAPIError:
            self.close()
            raise

    def _opened(self) -> Connection:
        connection = self._database.autocommit_engine.connect()
        driver = _driver(connection)
        # A notification that comes together with the answer to a statement never makes the socket readable.
        driver.add_notify_handler(self._wake)
        driver.execute(f"listen {self._channel}")
        self._woken = True  # what came before it listened
        return connection

    def _wake(self, _notify: psycopg.Notify) -> None:
        self._woken = True

    def fileno(self) -> int:
        """The socket to wait for. Raises OSError while there is no connection."""
        if self._connection is None:
            message = "not connected"
            raise OSError(message)
        return _driver(self._connection).fileno()

    def is_woken(self) -> bool:
        """Whether NOTIFY came since the last call. A connection found dead is dropped."""
        if self._connection is not None:
            pgconn = _driver(self._connection).pgconn
            try:
                pgconn.consume_input()
                while pgconn.notifies():
                    self._woken = True
            except psycopg.OperationalError:
                self.close()
        woken, self._woken = self._woken, False
        return woken

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


def _driver(connection: Connection) -> psycopg.Connection[Any]:
    return cast("psycopg.Connection[Any]", connection.connection.driver_connection)
