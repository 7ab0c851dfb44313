"""The relay is woken by few notifications, and still sends at once what follows soon after."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from shared.database import Database
from shared.events.scheduling import NetworkSaved
from shared.identifiers import new_id
from shared.messaging import outbox
from shared.messaging.relay import POLL, Relay
from shared.settings import Settings
from tests.wait import wait_until


@pytest.fixture
def relay(
    scheduling_database: Database,
    registration_database: Database,
    notifications_database: Database,
    settings: Settings,
    broker: str,
) -> Iterator[Relay]:
    relay = Relay(settings)
    thread = threading.Thread(target=relay.run)
    thread.start()
    yield relay
    relay.stop()
    thread.join(10)


def network() -> NetworkSaved:
    return NetworkSaved(
        revision=1,
        network_id=new_id(),
        slug="west",
        name="West",
        language="de",
        time_zone="Europe/Berlin",
        contact_name="",
        contact_email="",
        contact_phone="",
        districts=[],
    )


def is_all_sent(database: Database) -> bool:
    query = "select count(*) from outbox_delivery where state = 'pending'"
    with database.reading() as session:
        return session.scalar(text(query)) == 0


def test_fact_that_follows_closely_is_sent_without_waking_the_relay_again(
    relay: Relay, scheduling_database: Database
) -> None:
    with scheduling_database.transaction() as second:
        with scheduling_database.transaction() as first:
            for session in (first, second):
                session.execute(text("select"))  # connected by now: the two facts come at once
            outbox.record(first, network())
            outbox.record(second, network())
        wait_until(lambda: is_all_sent(scheduling_database), within=10)
    wait_until(lambda: is_all_sent(scheduling_database), within=0.8 * POLL)
