"""PostgreSQL refuses in the middle of a work: no space, deadlock, serialisation, a transaction left open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from services.notifications.worker import SERVICE
from services.registration.app import create_app
from services.registration.models import Registration, Slot
from shared.database import Database, is_unavailable
from shared.messaging import inbox
from shared.messaging.tables import inbox as inbox_table
from shared.messaging.tables import outbox_delivery, outbox_event
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests import notices
from tests.integration.registration_stories import publish, slot_of
from tests.notices import Desk
from tests.wait import wait_until

NO_SPACE, DEADLOCK, CONFLICT = "53100", "40P01", "40001"
# As PostgreSQL says it: the extension of a table fails at the first row that needs a new page.
REFUSING = """
create sequence refusals;
create function refuse() returns trigger language plpgsql as $$ begin
  if nextval('refusals') <= {times} then raise exception 'refused by the test' using errcode = '{code}'; end if;
  return new;
end $$;
create trigger refusing before insert on {table} for each row execute function refuse();
"""
ALLOWING = """
drop function refuse() cascade;
drop sequence refusals;
"""


@contextmanager
def refusing(database: Database, table: str, code: str, *, times: int = 10_000) -> Iterator[None]:
    """The first inserts into a table end with this SQLSTATE."""
    with database.transaction() as session:
        session.execute(text(REFUSING.format(times=times, code=code, table=table)))
    try:
        yield
    finally:
        with database.transaction() as session:
            session.execute(text(ALLOWING))


@pytest.fixture
def client(registration_database: Database, settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    app.extensions[EXTENSION].database.close()


def sign_up(client: FlaskClient, slot_id: UUID) -> Any:
    body = {
        "slot_id": str(slot_id),
        "company": {"name": "Betrieb", "postcode": "44379"},
        "contact": {"name": "Kim Krüger", "email": "kim@betrieb.example"},
        "attendees": [{"name": "Kim Krüger"}],
        "consents": {"privacy": True},
    }
    return client.post("/api/v1/registrations", json=body, headers={"Idempotency-Key": "key"})


def rows_of(database: Database, *tables: Any) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize("table", ["outbox_event", "outbox_delivery", "attendee"])
@pytest.mark.parametrize("code", [NO_SPACE, DEADLOCK, CONFLICT])
def test_a_sign_up_that_is_refused_leaves_nothing_and_works_later(
    client: FlaskClient, registration_database: Database, *, table: str, code: str
) -> None:
    meeting = publish(registration_database)
    slot_id = meeting.slots[0].slot_id
    with refusing(registration_database, table, code):
        answer = sign_up(client, slot_id)
        assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
        assert "Retry-After" in answer.headers
        assert client.get("/api/v1/meetings").status_code == 200
    everything = (Registration, outbox_event, outbox_delivery)
    assert rows_of(registration_database, *everything) == [0, 0, 0]
    assert slot_of(registration_database, meeting).taken == 0

    assert sign_up(client, slot_id).status_code == 201

    assert rows_of(registration_database, Registration, outbox_event) == [1, 1]


@pytest.mark.parametrize("code", [NO_SPACE, DEADLOCK, CONFLICT])
@pytest.mark.parametrize("table", ["inbox", "mail", "registration"])
def test_a_fact_whose_handler_is_refused_once_has_its_effect_later_once(
    notifications_database: Database, *, table: str, code: str
) -> None:
    desk = Desk(notifications_database).opened()
    envelope = notices.envelope_of(notices.held())
    with refusing(notifications_database, table, code, times=1):
        # Where not even the envelope could be stored, the relay sends it again for want of a receipt.
        for _ in range(2):
            try:
                inbox.receive(desk.database, SERVICE, envelope)
            except DBAPIError as error:
                assert is_unavailable(error)  # noqa: PT017 - raised for one of the tables only
        with desk.database.transaction() as session:
            session.execute(update(inbox_table).values(due_at=func.now()))
        inbox.sweep(desk.database, SERVICE)

    assert desk.kinds() == [("confirm_address", "anna")]
    with desk.database.reading() as session:
        assert {*session.scalars(select(inbox_table.c.state))} == {"done"}


def test_a_transaction_left_open_is_ended_by_the_server_and_its_rows_are_free_again(
    registration_database: Database,
) -> None:
    meeting = publish(registration_database)
    with pytest.raises(DBAPIError) as caught:
        forget_a_transaction(registration_database)

    assert is_unavailable(caught.value)
    assert slot_of(registration_database, meeting).taken == 0


def forget_a_transaction(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("set local idle_in_transaction_session_timeout = '50ms'"))
        session.execute(update(Slot).values(taken=7))
        wait_until(lambda: can_lock_slot(database), within=5)
        session.execute(text("select 1"))


def can_lock_slot(database: Database) -> bool:
    with database.transaction() as session:
        free = session.scalars(select(Slot.id).with_for_update(skip_locked=True)).all()
    return len(free) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("idle_in_transaction_session_timeout", "30s"),
        ("statement_timeout", "15s"),
        ("lock_timeout", "5s"),
    ],
)
def test_every_session_has_its_limits(
    registration_database: Database, *, name: str, value: str
) -> None:
    with registration_database.reading() as session:
        assert session.scalar(text(f"show {name}")) == value
