"""Faults run on two stacks side by side; their rows are printed at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import ExitStack
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.report import KEPT, Row, dumped, table
from tests.faults.town import Town, town

TOWNS = 2
SHOWN, LONGEST = 5, 600  # violations per fault, and letters of each
ROWS = pytest.StashKey[list[Row]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[ROWS] = []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if rows := config.stash[ROWS]:
        terminalreporter.section("faults")
        terminalreporter.write(table(rows))
        for row in rows:
            for wrong in row.violations[:SHOWN]:
                terminalreporter.write_line(f"{row.fault}: {wrong[:LONGEST]}")
        if cache := getattr(config, "cache", None):  # where its plugin is on
            cache.set(KEPT, dumped(rows))


@pytest.fixture(scope="session")
def rows(pytestconfig: pytest.Config) -> list[Row]:
    """Where the rows of the table go."""
    return pytestconfig.stash[ROWS]


@pytest.fixture(scope="session")
def survived(request: pytest.FixtureRequest, rows: list[Row]) -> Iterator[Callable[[str], Row]]:
    """How a fault was survived; the chosen ones run on two stacks, each in the order of its queue."""
    names = [
        item.callspec.params["fault"]
        for item in request.session.items
        if "survived" in getattr(item, "fixturenames", ()) and hasattr(item, "callspec")
    ]
    futures: dict[str, Future[Row]] = {name: Future() for name in names}
    waiting: SimpleQueue[str] = SimpleQueue()
    for name in names:
        waiting.put(name)
    with ExitStack() as after:
        for number in range(min(TOWNS, len(names))):
            place = after.enter_context(town())
            thread = Thread(target=_live, args=(place, waiting, futures), name=f"town {number}")
            thread.start()
            after.callback(thread.join)
            after.callback(_empty, waiting)

        def result(name: str) -> Row:
            row = futures[name].result()
            rows.append(row)
            return row

        yield result


def _live(place: Town, waiting: SimpleQueue[str], futures: dict[str, Future[Row]]) -> None:
    while True:
        try:
            name = waiting.get_nowait()
        except Empty:
            return
        try:
            futures[name].set_result(place.survive(FAULTS[name]))
        except BaseException as error:  # noqa: BLE001 - it belongs to the test that waits
            futures[name].set_exception(error)


def _empty(waiting: SimpleQueue[str]) -> None:
    """So that an interrupted run ends with the fault at hand."""
    while not waiting.empty():
        waiting.get_nowait()
