"""A database where something else happens between the first two statements of whoever uses it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any

from shared.database import Database, Executor


def _nothing() -> None:
    pass


class Interrupted:
    """The statements that commit by themselves, with *meanwhile* before the second one."""

    def __init__(self, database: Database, meanwhile: Callable[[], object]) -> None:
        self.transaction = database.transaction
        self._direct = database.direct
        self._between = chain([_nothing, meanwhile], repeat(_nothing))

    @contextmanager
    def direct(self) -> Iterator[Executor]:
        """A connection as the database gives it."""
        with self._direct() as connection:
            self._connection = connection
            yield self

    def exec_driver_sql(self, statement: str, parameters: Any = None, /) -> Any:
        """The statement, after what happens before it."""
        next(self._between)()
        return self._connection.exec_driver_sql(statement, parameters)
