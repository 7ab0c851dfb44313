"""The inbox on real PostgreSQL and Redis: stored once, applied once, parked in the end, nothing forged."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import text

from shared.database import Database
from shared.events.envelope import Signer
from shared.events.notifications import MailsPlanned
from shared.events.scheduling import NetworkSaved
from shared.identifiers import new_id
from shared.messaging import inbox, parked
from shared.messaging.celery_app import ServiceTasks
from shared.messaging.outbox import record
from shared.messaging.publisher import Publisher
from shared.messaging.relay import Outbox
from shared.messaging.service import Service
from shared.settings import Settings
from tests.databases import Servers
from tests.messaging import (
    Effects,
    envelope,
    in_threads,
    mails_planned,
    make_due,
    messages,
    network,
    state_of,
)
from tests.stack import ROOT

# A worker that dies of one fact, at whatever moment the sweep comes to it.
KILLED = """
import os, signal, sys
from shared.database import Database
from shared.events.scheduling import NetworkSaved
from shared.messaging import inbox
from shared.messaging.service import Service

def die(session, fact, envelope):
    if fact.name == "killer":
        os.kill(os.getpid(), signal.SIGKILL)

service = Service(name="registration", handlers={NetworkSaved: die})
inbox.sweep(Database(sys.argv[1], "test-killed"), service)
"""


def test_repeated_delivery_takes_effect_once(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    in_threads(8, lambda: inbox.receive(registration_database, subscriber, arriving))
    assert effects.seen() == [("West", 1)]
    assert state_of(registration_database, arriving.id) == ("done", 1)


def test_failing_fact_is_parked_after_five_starts_and_leaves_nothing_behind(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("West")
    arriving = envelope(network())
    inbox.receive(registration_database, subscriber, arriving)
    for _ in range(6):
        make_due(registration_database, "inbox")
        inbox.sweep(registration_database, subscriber)
    assert state_of(registration_database, arriving.id) == ("parked", inbox.MAX_ATTEMPTS)
    assert effects.seen() == []


def test_repeated_delivery_is_no_attempt(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("West")
    arriving = envelope(network())
    for _ in range(10):
        inbox.receive(registration_database, subscriber, arriving)
    assert state_of(registration_database, arriving.id) == ("new", 1)


def test_later_facts_wait_behind_a_parked_one_and_follow_it(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("first")
    network_id = new_id()
    first, second = (
        envelope(network(name, revision, network_id))
        for name, revision in (("first", 1), ("second", 2))
    )
    inbox.receive(registration_database, subscriber, first)
    for _ in range(5):
        make_due(registration_database, "inbox")
        inbox.sweep(registration_database, subscriber)
    inbox.receive(registration_database, subscriber, second)
    inbox.receive(registration_database, subscriber, envelope(network("other")))
    assert effects.seen() == [("other", 1)]
    effects.failing.clear()
    with registration_database.transaction() as session:
        assert parked.retry(session, first.id)
    make_due(registration_database, "inbox")
    inbox.sweep(registration_database, subscriber)
    assert effects.seen() == [("other", 1), ("first", 1), ("second", 2)]


def test_facts_of_another_publisher_about_the_same_thing_wait_for_nothing(
    registration_database: Database, effects: Effects
) -> None:
    subscriber = Service(
        name="registration",
        handlers={NetworkSaved: effects.on_network_saved, MailsPlanned: effects.fail},
    )
    network_id = new_id()
    planned = envelope(mails_planned(network_id))
    inbox.receive(registration_database, subscriber, planned)

    inbox.receive(registration_database, subscriber, envelope(network("West", 2, network_id)))

    assert effects.seen() == [("West", 2)]
    with registration_database.reading() as session:
        assert parked.count_behind(session, parked.show(session, planned.id)) == 0


def test_a_done_fact_starts_none_of_another_publisher(
    registration_database: Database, effects: Effects
) -> None:
    subscriber = Service(
        name="registration",
        handlers={NetworkSaved: effects.on_network_saved, MailsPlanned: effects.fail},
    )
    network_id = new_id()
    planned = envelope(mails_planned(network_id, revision=2))
    inbox.receive(registration_database, subscriber, planned)
    make_due(registration_database, "inbox")

    inbox.receive(registration_database, subscriber, envelope(network("West", 1, network_id)))

    assert state_of(registration_database, planned.id) == ("new", 1)


def test_dropped_fact_lets_later_ones_pass(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    effects.failing.add("first")
    network_id = new_id()
    first = envelope(network("first", 1, network_id))
    inbox.receive(registration_database, subscriber, first)
    for _ in range(5):
        make_due(registration_database, "inbox")
        inbox.sweep(registration_database, subscriber)
    with registration_database.transaction() as session:
        assert parked.drop(session, first.id, reason="test")
    inbox.receive(registration_database, subscriber, envelope(network("second", 2, network_id)))
    assert effects.seen() == [("second", 2)]


def test_start_lost_with_its_process_is_swept_up(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    with registration_database.single_statement() as connection:
        connection.execute(inbox._store(arriving))
    assert inbox.sweep(registration_database, subscriber) == 0
    make_due(registration_database, "inbox")
    inbox.sweep(registration_database, subscriber)
    assert effects.seen() == [("West", 1)]


def test_fact_that_kills_its_worker_is_parked(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    with registration_database.single_statement() as connection:
        connection.execute(inbox._store(arriving))
    with registration_database.transaction() as session:
        session.execute(text("update inbox set attempts = 5"))
    make_due(registration_database, "inbox")
    assert inbox.sweep(registration_database, subscriber) == 0
    assert state_of(registration_database, arriving.id) == ("parked", 5)


def test_fact_that_kills_its_worker_costs_the_others_no_start_and_goes_behind_them(
    registration_database: Database, subscriber: Service, effects: Effects, servers: Servers
) -> None:
    killer, *others = (envelope(network(name)) for name in ("killer", "West", "East"))
    with registration_database.single_statement() as connection:
        for arriving in (killer, *others):
            connection.execute(inbox._store(arriving))
    make_due(registration_database, "inbox")
    with registration_database.transaction() as session:
        first = "update inbox set due_at = due_at - interval '1 minute' where event_id = :id"
        session.execute(text(first), {"id": killer.id})

    command = [sys.executable, "-c", KILLED, servers.urls["registration"]]
    died = subprocess.run(command, cwd=ROOT, check=False)

    assert died.returncode == -signal.SIGKILL
    assert state_of(registration_database, killer.id) == ("new", 2)
    assert {state_of(registration_database, other.id) for other in others} == {("new", 1)}
    assert inbox.sweep(registration_database, subscriber) == 2
    assert sorted(effects.seen()) == [("East", 1), ("West", 1)]


def test_unknown_fact_is_parked_at_once(
    registration_database: Database, subscriber: Service, effects: Effects
) -> None:
    arriving = envelope(network())
    object.__setattr__(arriving, "name", "SomethingNewer")
    inbox.receive(registration_database, subscriber, arriving)
    assert state_of(registration_database, arriving.id) == ("parked", 1)


@pytest.mark.parametrize("receiver", ["notifications", "scheduling"])
def test_signature_for_another_service_is_refused(
    tasks: ServiceTasks, settings: Settings, effects: Effects, receiver: str
) -> None:
    body = envelope(network()).to_json()
    tasks.receive(body, Signer(settings.secret_keys).sign(body, receiver))
    assert effects.seen() == []


@pytest.mark.parametrize("publisher", ["registration", "notifications", "somebody"])
def test_a_fact_that_its_publisher_cannot_know_is_refused(
    tasks: ServiceTasks, settings: Settings, effects: Effects, publisher: str
) -> None:
    truth = envelope(network(revision=2))
    forged = replace(truth, id=new_id(), publisher=publisher, revision=1)
    signer = Signer(settings.secret_keys)

    for told in (forged, truth):
        body = told.to_json()
        tasks.receive(body, signer.sign(body, "registration"))

    assert effects.seen() == [("West", 2)]
    with tasks.database.reading() as session:
        assert parked.show(session, forged.id) is None


def test_a_fact_in_the_outbox_of_another_service_is_not_believed(
    tasks: ServiceTasks,
    registration_database: Database,
    settings: Settings,
    publisher: Publisher,
    broker: str,
    effects: Effects,
) -> None:
    with registration_database.transaction() as session:
        record(session, network())
    outbox_of_registration = Outbox("registration", settings)
    outbox_of_registration.deliver(publisher)
    outbox_of_registration.close()

    ((task, words),) = messages(broker, "registration")

    assert task == "registration.receive"
    assert json.loads(words[0])["publisher"] == "registration"
    tasks.receive(*words)
    assert effects.seen() == []


def test_forged_and_foreign_messages_are_refused(
    tasks: ServiceTasks, settings: Settings, effects: Effects
) -> None:
    signer = Signer(settings.secret_keys)
    good = envelope(network()).to_json()
    tasks.receive(good, "0" * 64)
    tasks.receive(good.replace("West", "East"), signer.sign(good, "registration"))
    for nonsense in ("", "[]", "{}", "[" * 100_000, '"' + "x" * 600_000 + '"'):
        tasks.receive(nonsense, signer.sign(nonsense, "registration"))
    assert effects.seen() == []
    tasks.receive(good, signer.sign(good, "registration"))
    assert effects.seen() == [("West", 1)]
