"""The databases of all services as they stood at one moment, for reading."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import text

from shared.database import Database
from shared.settings import SERVICES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from shared.settings import Settings

FAR_PAST = datetime(1900, 1, 1, tzinfo=UTC)
FAR_FUTURE = datetime(9000, 1, 1, tzinfo=UTC)
# Cleaning forgets sent events after 14 days and received ones after 30: judged is what is surely there.
REMEMBERED = timedelta(days=13)
# Rows held in memory at once.
CHUNK = 1000
# A nightly check may take its time; nobody waits behind it.
PATIENCE = "select set_config(name, '10min', true) from unnest(array["
PATIENCE += "'statement_timeout', 'idle_in_transaction_session_timeout']) as name"

Key = TypeVar("Key")


@dataclass(frozen=True, kw_only=True)
class Books:
    """One snapshot per service."""

    now: datetime
    settled: datetime  # what happened before this moment has arrived everywhere
    at_rest: bool
    connections: Mapping[str, Connection]

    @property
    def remembered(self) -> datetime:
        """Since when nothing was cleaned away."""
        return self.now - REMEMBERED

    def rows(self, service: str, statement: str, **parameters: Any) -> Iterator[Any]:
        """The rows of *statement* in chunks; it may use :now, :settled and :remembered."""
        given = {"now": self.now, "settled": self.settled, "remembered": self.remembered}
        query = text(statement)
        wanted = {name: value for name, value in given.items() if f":{name}" in statement}
        found = self.connections[service].execution_options(yield_per=CHUNK)
        return iter(found.execute(query, wanted | parameters))


@contextmanager
def open_books(
    settings: Settings, now: datetime, *, in_flight: timedelta | None
) -> Iterator[Books]:
    """Open all databases at once; *in_flight* None: nothing is on its way, everything is judged."""
    with ExitStack() as stack:
        connections = {}
        for service in SERVICES:
            database = Database(settings.database_url(service), "treffpunkt-check", pool_size=1)
            stack.callback(database.close)
            engine = database.engine.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            connections[service] = stack.enter_context(engine.connect())
        for connection in connections.values():
            # The first statement of each takes the snapshot.
            connection.execute(text(PATIENCE))
        yield Books(
            now=now,
            settled=FAR_FUTURE if in_flight is None else now - in_flight,
            at_rest=in_flight is None,
            connections=connections,
        )


def side_by_side(
    left: Iterable[Any], right: Iterable[Any], key: Callable[[Any], Key]
) -> Iterator[tuple[list[Any], list[Any]]]:
    """The rows of both sides that have the same key; both come sorted by it."""
    lefts, rights = _Grouped(left, key), _Grouped(right, key)
    while lefts.rows or rights.rows:
        if not rights.rows or (lefts.rows and lefts.key < rights.key):
            yield lefts.take(), []
        elif not lefts.rows or rights.key < lefts.key:
            yield [], rights.take()
        else:
            yield lefts.take(), rights.take()


class _Grouped:
    """Neighbouring rows of one key, one group ahead."""

    def __init__(self, rows: Iterable[Any], key: Callable[[Any], Any]) -> None:
        self._rest = iter(rows)
        self._key = key
        self._next = next(self._rest, None)
        self.rows: list[Any] = []
        self.key: Any = None
        self._gather()

    def take(self) -> list[Any]:
        taken = self.rows
        self._gather()
        return taken

    def _gather(self) -> None:
        self.rows = []
        if self._next is None:
            return
        self.key = self._key(self._next)
        while self._next is not None and self._key(self._next) == self.key:
            self.rows.append(self._next)
            self._next = next(self._rest, None)
