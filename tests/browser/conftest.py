"""A browser per module and a visitor per test; of a test that fails, a trace of everything is kept."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.screenshots import chromium

FAILED = pytest.StashKey[bool]()
Visitors = Callable[..., Page]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember on the test whether it failed."""
    report = yield
    item.stash[FAILED] = item.stash.get(FAILED, False) or report.failed
    return report


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def visitor(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitors]:
    """Makes people in front of a browser of their own, German if nothing else is said."""
    with ExitStack() as stack:

        def come(**options: Any) -> Page:
            settings = {"locale": "de-DE", "timezone_id": "Pacific/Chatham"} | options
            context = stack.enter_context(browser.new_context(**settings))
            context.set_default_timeout(15_000)
            context.tracing.start(screenshots=True, snapshots=True)
            stack.callback(_end, context, request.node)
            return context.new_page()

        yield come


def _end(context: BrowserContext, node: pytest.Item) -> None:
    if not node.stash.get(FAILED, False):
        context.tracing.stop()
        return
    name = re.sub(r"\W+", "-", node.name)
    folder = Path(tempfile.mkdtemp(prefix="treffpunkt-trace-"))
    context.tracing.stop(path=folder / f"{name}.zip")
    for number, page in enumerate(context.pages):
        page.screenshot(path=folder / f"{name}-{number}.png", full_page=True)
    node.add_report_section("teardown", "browser", f"playwright show-trace {folder}/{name}.zip")
