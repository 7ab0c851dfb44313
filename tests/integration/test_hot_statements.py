"""What a sign-up and its confirmation ask the database is taken apart once, not for every visitor."""

from __future__ import annotations

import psycopg._queries
import pytest

from services.registration.use_cases.confirmation import confirm_link
from shared.clock import now
from shared.database import Database
from tests.integration.registration_stories import publish, sign


def test_the_driver_knows_the_statements_of_the_second_visitor(
    registration_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_apart: list[bytes] = []
    original = psycopg._queries._query2pg_nocache

    def watched(query: bytes, encoding: str) -> object:
        taken_apart.append(query)
        return original(query, encoding)

    meeting = publish(registration_database)
    sign(registration_database, meeting)

    # Statements that are too long, or given too many values, go here each time.
    monkeypatch.setattr(psycopg._queries, "_query2pg_nocache", watched)
    done = sign(registration_database, meeting)
    confirm_link(registration_database, done.id, 1, now())

    assert not taken_apart
