"""The canary on a running stack: erased while a service stands still, she is nowhere; nor in its logs or dump."""

from __future__ import annotations

import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.clock import now
from shared.database import Database
from shared.settings import SERVICES
from tests import canary, factories
from tests.office import Office
from tests.stack import Stack
from tests.wait import wait_until
from treffpunkt.services import messaging_service

SOON = 30  # seconds
MANAGE = "/api/v1/registrations/manage"
PEOPLE = [{"name": canary.NAME, "email": canary.EMAIL}, {"name": "Berta Brücke"}]


@contextmanager
def standing_still(stack: Stack, name: str) -> Iterator[None]:
    """The process with its children hears nothing meanwhile."""
    group = stack.pid(name)
    os.killpg(group, signal.SIGSTOP)
    try:
        yield
    finally:
        os.killpg(group, signal.SIGCONT)


def signed_up(office: Office) -> tuple[dict[str, Any], str]:
    """She is registered with a colleague; the meeting, and the token of her mail."""
    meeting = office.published(capacity=7)
    contact = {"name": canary.NAME, "email": canary.EMAIL, "phone": canary.PHONE}
    done = office.registered(meeting, email=canary.EMAIL, contact=contact, attendees=PEOPLE)
    office.wait_for_roster(meeting["id"], done["id"], "confirmed")
    return meeting, office.mail("registration_confirmed", canary.EMAIL).token(
        "/registrations/manage/"
    )


def traces(stack: Stack, *services: str) -> set[str]:
    """The tables of these services that name her."""
    found = set()
    for name in services:
        database = Database(stack.settings.database_url(name), "canary", pool_size=1)
        found |= {f"{name}.{table}" for table in canary.in_tables(database)}
        database.close()
    return found


def settled(stack: Stack) -> bool:
    """Whether nothing names her after what happens some minutes later."""
    for name in SERVICES:
        database = Database(stack.settings.database_url(name), "canary", pool_size=1)
        jobs = {job.name: job for job in messaging_service(name).periodic}
        jobs["settle_erasures"].run(database, now() + timedelta(minutes=10))
        database.close()
    return not traces(stack, *SERVICES)


def in_dump(stack: Stack, folder: Path) -> bool:
    """Whether a backup made now names her."""
    file = folder / f"{factories.number()}.backup"
    stack.run("backup", str(file))
    return bool(canary.in_backup(file))


def erase(stack: Stack, token: str) -> None:
    """She presses the button."""
    address = f"{stack.url}/registrations/manage/{token}/erase"
    with urllib.request.urlopen(urllib.request.Request(address, method="POST"), timeout=20) as done:
        assert done.status == 200


def test_the_canary_is_nowhere_after_an_erasure_with_a_service_down(
    office: Office, stack: Stack, tmp_path: Path
) -> None:
    meeting, token = signed_up(office)
    assert in_dump(stack, tmp_path)
    with standing_still(stack, "worker-notifications"):
        # The first message may go to the socket of a worker that had asked for one; the next stays in Redis.
        for seats in (1, 2):
            office.public.having(token).patch(MANAGE, {"seats": seats}).expect(200)
        wait_until(lambda: canary.in_redis(stack.settings.redis_url), within=SOON)
        erase(stack, token)
        wait_until(lambda: not office.roster(meeting["id"]), within=SOON)
        wait_until(lambda: not traces(stack, "registration", "scheduling"), within=SOON)
        assert traces(stack, "notifications")

    office.mail("registration_cancelled", canary.EMAIL)
    wait_until(lambda: settled(stack), within=SOON)

    assert canary.in_redis(stack.settings.redis_url) == set()
    assert canary.in_files(stack.data_dir / "log") == set()
    assert not in_dump(stack, tmp_path)
    assert office.seen(meeting["id"])["slots"][0]["seats_left"] == 7
