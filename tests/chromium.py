"""Browser tests need a Chromium: skipped with one loud line where there is none, failed where CI=true."""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = pytest.StashKey[int]()


def is_missing() -> bool:
    """Whether this machine has no Chromium."""
    return not any(map(shutil.which, NAMES))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what cannot run; on a build machine that is a failure, not an excuse."""
    wanted = [item for item in items if item.get_closest_marker("browser")]
    if not wanted or not is_missing():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError("browser tests need a Chromium, and this machine has none")
    config.stash[MISSING] = len(wanted)
    for item in wanted:
        item.add_marker(pytest.mark.skip(reason="no Chromium"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The loud line."""
    count = terminalreporter.config.stash.get(MISSING, 0)
    if count:
        terminalreporter.write_line(
            f"NO CHROMIUM: {count} BROWSER TESTS DID NOT RUN. Install chromium.",
            red=True,
            bold=True,
        )
