"""A link is pressed while the address it was sent to is being corrected."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import text

from services.registration.domain.refusals import LinkOutdatedError, RefusedError
from services.registration.use_cases.confirmation import confirm_link
from shared.clock import now
from shared.database import Database
from tests.integration.registration_stories import publish, sign
from tests.wait import wait_until

SOON = 20
CORRECT = text(
    "update registration set email = 'neu@betrieb.example', email_key = 'neu@betrieb.example',"
    " link_version = link_version + 1, revision = revision + 1 where id = :id"
)
WAITING = text("select count(*) from pg_locks where not granted")


def in_a_thread(work: Callable[[], object], said: list[RefusedError]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        except RefusedError as error:
            said.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_an_old_link_does_not_prove_the_address_that_was_corrected_meanwhile(
    registration_database: Database,
) -> None:
    held = sign(registration_database, publish(registration_database))
    said: list[RefusedError] = []

    def somebody_waits() -> bool:
        with registration_database.reading() as session:
            return bool(session.scalar(WAITING))

    with registration_database.transaction() as session:
        session.execute(CORRECT, {"id": held.id})
        thread = in_a_thread(lambda: confirm_link(registration_database, held.id, 1, now()), said)
        wait_until(somebody_waits, within=SOON)
    thread.join(SOON)

    with pytest.raises(LinkOutdatedError):
        raise said[0]
    with registration_database.reading() as session:
        verified = session.scalar(text("select verified_at from registration"))
    assert verified is None
