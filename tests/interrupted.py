"""Something else happens amid what somebody does: between two statements, or while a lock is waited for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain, repeat
from typing import Any, TypeVar

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.database import Database, Executor
from tests.wait import wait_until

R = TypeVar("R")


def _nothing() -> None:
    pass


def overtaken(database: Database, first: Callable[[Session], object], then: Callable[[], R]) -> R:
    """What becomes of *then* when it begins before *first* is committed, and has to wait for it."""
    with ThreadPoolExecutor(1) as somebody, database.transaction() as session:
        first(session)
        result = somebody.submit(then)
        wait_until(lambda: _waits_for_a_row(database), within=10)
        session.commit()
        return result.result()


def _waits_for_a_row(database: Database) -> bool:
    with database.reading() as session:
        return bool(session.scalar(text("select count(*) from pg_locks where not granted")))


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
