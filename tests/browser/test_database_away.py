"""PostgreSQL stops and comes back: pages say so, and then work again by themselves."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import factories
from tests.browser.conftest import Visitors
from tests.browser.people import see
from tests.office import Office
from tests.offices import office_of
from tests.stack import Stack
from tests.wait import wait_until
from treffpunkt.embedded.processes import started

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

OURS = (
    "web",
    "relay",
    "mailer",
    "beat",
    "worker-registration",
    "worker-scheduling",
    "worker-notifications",
)


def away(stack: Stack) -> None:
    """Stop PostgreSQL, and keep its supervisor from starting it anew for now."""
    assert stack.process is not None
    pid = stack.pid("postgres")
    os.kill(stack.process.pid, signal.SIGSTOP)
    stack.kill("postgres", signal.SIGINT)
    wait_until(lambda: _is_over(pid), within=20)


def _is_over(pid: int) -> bool:
    # Its parent sleeps and cannot bury it.
    return started(pid) is None or _state(pid) == "Z"


def _state(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def back(stack: Stack) -> None:
    """Let the supervisor go on."""
    assert stack.process is not None
    os.kill(stack.process.pid, signal.SIGCONT)


def statuses(office: Office, meeting: dict[str, Any]) -> dict[str, int]:
    paths = [f"/meetings/{meeting['slug']}", f"/api/v1/meetings/{meeting['id']}", "/health/ready"]
    return {path: office.public.get(path).status for path in paths}


@pytest.fixture
def away_and_back(own_stack: Stack) -> Iterator[Stack]:
    """A running stack whose supervisor is awake in the end."""
    own_stack.start()
    yield own_stack
    back(own_stack)


def test_pages_say_that_the_database_is_away_and_work_again(
    away_and_back: Stack, visitor: Visitors
) -> None:
    stack, office = away_and_back, office_of(away_and_back)
    meeting, page, email = office.published(), visitor(locale="en-GB"), factories.address()
    pids = {name: stack.pid(name) for name in OURS}

    away(stack)
    wait_until(lambda: set(statuses(office, meeting).values()) == {503}, within=20)
    refused = office.try_to_sign_up(meeting["slots"][0]["id"], email=email)
    assert (refused.status, refused.headers["Retry-After"]) == (503, "5")
    answer = page.goto(f"{stack.url}/meetings/{meeting['slug']}/register")
    assert answer is not None
    assert (answer.status, answer.headers["retry-after"]) == (503, "5")

    back(stack)
    wait_until(lambda: set(statuses(office, meeting).values()) == {200}, within=30)
    page.reload()
    see(page, "Register seats")
    assert office.registered(meeting, email=email)["state"] == "confirmed"
    office.mail("registration_confirmed", email)
    assert {name: stack.pid(name) for name in OURS} == pids
