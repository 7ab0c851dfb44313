"""What an operator sees of a service: readiness that names what is wrong, figures, and the pages for admins."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import text

from shared.clock import now
from shared.database import Database
from shared.identifiers import new_id
from shared.messaging import signs
from shared.messaging.signs import Heart
from shared.settings import Settings
from tests.integration.registration_desk import Desk, close, desk_of

PAGE = "/coordination/operations"
PROCESSES = ("worker-registration", "relay", "beat")
# What happens, by the code under which it is named.
WRONG = {
    "process_silent": "update heartbeat set at = at - interval '5 minutes' where process = 'relay'",
    "redis_away": "update heartbeat set trouble = 'redis_away' where process = 'relay'",
    "canary_late": "update canary set sent_at = sent_at - interval '5 minutes'",
    "outbox_late": """
        with event as (
            insert into outbox_event values (gen_random_uuid(), 'X', 1, gen_random_uuid(), 1,
                now() - interval '5 minutes', 'c', '{}') returning id)
        insert into outbox_delivery select id, 'scheduling', 'pending', 0, 0, now() from event
    """,
    "receipts_late": """
        with event as (
            insert into outbox_event values (gen_random_uuid(), 'X', 1, gen_random_uuid(), 1,
                now() - interval '10 minutes', 'c', '{}') returning id)
        insert into outbox_delivery select id, 'scheduling', 'published', 0, 0, now() from event
    """,
    "inbox_late": """
        insert into inbox values (gen_random_uuid(), 'scheduling', 'X', gen_random_uuid(), 1, 'c', '{}',
            'new', 2, now(), now() - interval '5 minutes')
    """,
    "check_broken": """
        insert into invariant_check values (gen_random_uuid(), 'seats-counted', now(), 'nightly', 1,
            '[{"thing": "slot", "id": "1", "says": "2 taken, 3 counted"}]')
    """,
    "check_overdue": """
        insert into invariant_check values (gen_random_uuid(), 'seats-counted',
            now() - interval '3 days', 'nightly', 0, '[]')
    """,
}

LONG_AGO = {
    "outbox_event": """
        insert into outbox_event values (gen_random_uuid(), 'X', 1, gen_random_uuid(), 1,
            now() - interval '2 days', 'c', '{}')
    """,
    "inbox": """
        insert into inbox values (gen_random_uuid(), 'scheduling', 'X', gen_random_uuid(), 1, 'c', '{}',
            'done', 1, now(), now() - interval '2 days', now())
    """,
}


@pytest.fixture
def signed_in(
    settings: Settings, registration_database: Database
) -> Iterator[Callable[[str], Desk]]:
    """Somebody of a role, in front of a browser."""
    with ExitStack() as stack:

        def sign_in(role: str) -> Desk:
            desk = desk_of(registration_database, settings, new_id(), role=role)
            stack.callback(close, desk)
            return desk

        yield sign_in


@pytest.fixture
def app(signed_in: Callable[[str], Desk]) -> Flask:
    return signed_in("viewer").app


def execute(database: Database, statement: str, **values: Any) -> None:
    with database.transaction() as session:
        session.execute(text(statement), values)


def all_alive(database: Database) -> None:
    """Every process has just given a sign, and a canary has come through."""
    with database.single_statement() as connection:
        for process in PROCESSES:
            Heart(process).beat(connection, more={"redis_policy": "noeviction", "queue_length": 0})
        signs.canary_arrived(connection, "registration", signs.canary_text(now()))


def park(database: Database, name: str = "NetworkSaved") -> UUID:
    event_id = new_id()
    execute(
        database,
        "insert into inbox (event_id, publisher, name, aggregate_id, revision, correlation_id, envelope, state,"
        " attempts, due_at, received_at, last_error) values (:id, 'scheduling', :name, :id, 1, 'c', '{}', 'parked',"
        " 5, now(), now(), 'ValueError: as the test wishes')",
        id=event_id,
        name=name,
    )
    return event_id


def codes(app: Flask) -> tuple[int, set[str]]:
    """The status of readiness, and the troubles it names."""
    answer = app.test_client().get("/health/ready")
    return answer.status_code, {trouble["code"] for trouble in answer.get_json()["troubles"]}


def state_of(database: Database, event_id: UUID) -> Any:
    with database.reading() as session:
        query = text("select state, attempts, last_error from inbox where event_id = :id")
        return session.execute(query, {"id": event_id}).one()


def test_a_service_that_is_well_has_no_troubles(
    app: Flask, registration_database: Database
) -> None:
    all_alive(registration_database)

    assert codes(app) == (200, set())


def test_a_process_never_heard_of_is_named(app: Flask) -> None:
    assert codes(app) == (200, {"process_unseen"})


@pytest.mark.parametrize("named", WRONG)
def test_readiness_names_what_is_wrong_and_stays_ready(
    app: Flask, registration_database: Database, named: str
) -> None:
    all_alive(registration_database)
    execute(registration_database, WRONG[named].replace(":", r"\:"))

    assert codes(app) == (200, {named})


@pytest.mark.parametrize("table", ["outbox_event", "inbox"])
def test_a_check_that_was_never_made_is_overdue_like_any_other(
    app: Flask, registration_database: Database, table: str
) -> None:
    all_alive(registration_database)
    execute(registration_database, LONG_AGO[table].replace(":", r"\:"))

    assert codes(app) == (200, {"check_overdue"})
    told = app.test_client().get("/metrics").text
    (age,) = re.findall(r"^treffpunkt_check_age_seconds (\S+)$", told, re.MULTILINE)
    assert float(age) > 36 * 3600


def test_an_event_left_parked_hides_no_other_that_is_stuck(
    app: Flask, registration_database: Database
) -> None:
    all_alive(registration_database)
    park(registration_database)
    execute(registration_database, WRONG["inbox_late"])

    assert codes(app) == (200, {"parked", "inbox_late"})


def test_what_waits_behind_a_parked_event_is_no_trouble_of_its_own(
    app: Flask, registration_database: Database
) -> None:
    all_alive(registration_database)
    event_id = park(registration_database)
    execute(
        registration_database,
        "insert into inbox values (gen_random_uuid(), 'scheduling', 'X', :id, 2, 'c', '{}',"
        " 'new', 0, now(), now() - interval '3 days')",
        id=event_id,
    )

    assert codes(app) == (200, {"parked"})
    told = app.test_client().get("/metrics").text
    assert 'treffpunkt_inbox_age_seconds{state="new"} 0.0' in told


def test_an_event_waits_behind_no_parked_one_of_another_publisher(
    app: Flask, registration_database: Database
) -> None:
    all_alive(registration_database)
    event_id = park(registration_database)
    execute(
        registration_database,
        "insert into inbox values (gen_random_uuid(), 'notifications', 'X', :id, 2, 'c', '{}',"
        " 'new', 0, now(), now() - interval '3 days')",
        id=event_id,
    )

    assert codes(app) == (200, {"parked", "inbox_late"})


def test_a_redis_that_throws_queues_away_makes_the_service_unready(
    app: Flask, registration_database: Database
) -> None:
    all_alive(registration_database)
    execute(
        registration_database,
        "update heartbeat set trouble = 'redis_evicts',"
        """ figures = figures || '{"redis_policy"\\: "allkeys-lru"}' where process = 'relay'""",
    )

    answer = app.test_client().get("/health/ready")

    assert answer.status_code == 503
    assert "allkeys-lru" in answer.get_json()["problem"]


def test_an_older_shape_of_the_tables_makes_the_service_unready(
    app: Flask, registration_database: Database
) -> None:
    execute(registration_database, "update alembic_version set version_num = '0001'")
    try:
        answer = app.test_client().get("/health/ready")
    finally:
        execute(registration_database, "update alembic_version set version_num = '0002'")

    assert (answer.status_code, "migrate" in answer.get_json()["problem"]) == (503, True)


def test_metrics_tell_of_every_process_and_of_requests(
    app: Flask, registration_database: Database
) -> None:
    all_alive(registration_database)
    park(registration_database)
    client = app.test_client()
    client.get("/imprint")

    told = client.get("/metrics").text

    for process in PROCESSES:
        assert f'treffpunkt_processes{{process="{process}"}} 1.0' in told
    assert 'treffpunkt_inbox_events{state="parked"} 1.0' in told
    assert 'treffpunkt_canary_age_seconds{queue="registration"}' in told
    assert 'route="/imprint",service="registration",status="2xx"} 1.0' in told
    assert 'treffpunkt_seats{kind="taken"} 0.0' in told


@pytest.mark.parametrize("role", ["viewer", "coordinator"])
def test_only_admins_see_operations(
    signed_in: Callable[[str], Desk], registration_database: Database, role: str
) -> None:
    event_id = park(registration_database)
    desk = signed_in(role)

    desk.get(PAGE, status=403)
    desk.get(f"{PAGE}/parked/{event_id}", status=403)


def test_a_parked_event_is_seen_and_tried_again(
    signed_in: Callable[[str], Desk], registration_database: Database
) -> None:
    event_id = park(registration_database)
    desk = signed_in("admin")
    assert "ValueError: as the test wishes" in desk.get(PAGE)

    desk.post(f"{PAGE}/parked/{event_id}/retry")

    assert state_of(registration_database, event_id)[:2] == ("new", 0)
    assert "ValueError" not in desk.get(PAGE)


def test_a_parked_event_is_given_up_only_with_a_reason(
    signed_in: Callable[[str], Desk], registration_database: Database
) -> None:
    event_id = park(registration_database)
    desk = signed_in("admin")
    url = f"{PAGE}/parked/{event_id}"
    desk.get(url)

    desk.post(f"{url}/drop", status=422, reason="  ")
    assert state_of(registration_database, event_id).state == "parked"
    desk.post(f"{url}/drop", reason="obsolete")

    assert state_of(registration_database, event_id).state == "dropped"
    assert "dropped: obsolete | ValueError" in desk.get(PAGE)


@pytest.mark.parametrize("deed", ["retry", "drop"])
def test_nothing_happens_without_the_token_of_the_form(
    signed_in: Callable[[str], Desk], registration_database: Database, deed: str
) -> None:
    event_id = park(registration_database)

    signed_in("admin").post(f"{PAGE}/parked/{event_id}/{deed}", status=400, reason="foreign")

    assert state_of(registration_database, event_id).state == "parked"
