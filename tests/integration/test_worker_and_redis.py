"""A worker that loses Redis in the middle of work comes back by itself, and every fact takes effect once."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.database import Database
from shared.events.scheduling import NetworkSaved
from shared.identifiers import new_id
from shared.messaging import outbox
from shared.messaging.publisher import Publisher, PublishFailed
from shared.messaging.relay import Outbox
from shared.settings import Settings, load_settings
from tests.databases import Servers
from tests.servers import free_port
from tests.wait import wait_until
from treffpunkt.embedded.folder import DataFolder
from treffpunkt.embedded.quarters import quarters
from treffpunkt.embedded.redis import find_program

FACTS = 300


class OwnRedis:
    """A Redis without persistence that can be killed."""

    def __init__(self, folder: Path) -> None:
        data_folder = DataFolder(folder)
        data_folder.make()
        self.program = find_program(quarters(data_folder))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(self.program), "--port", str(self.port), "--save", "", "--bind", "127.0.0.1"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd="/")

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()


class SupervisedWorker:
    """A worker process that is started anew whenever it ends, as its supervisor would."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.command = [sys.executable, "-m", "tests.worker_process", str(folder), *options]
        self.log = (folder / "worker.log").open("wb")
        self.starts = 0
        self.running = True
        self.thread = threading.Thread(target=self._supervise)
        self.thread.start()

    def _supervise(self) -> None:
        while self.running:
            self.starts += 1
            self.process = subprocess.Popen(self.command, stderr=self.log, stdout=self.log)
            while self.running and self.process.poll() is None:
                time.sleep(0.05)
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.running = False
        self.thread.join()
        self.log.close()


@pytest.fixture
def own_redis() -> Iterator[OwnRedis]:
    # Not in pytest's private folder, which the server's own user could not enter.
    folder = Path(tempfile.mkdtemp(prefix="treffpunkt-redis-"))
    folder.chmod(0o711)
    server = OwnRedis(folder)
    server.start()
    yield server
    server.kill()
    shutil.rmtree(folder)


@pytest.fixture
def own_settings(
    tmp_path: Path,
    servers: Servers,
    keys: dict[str, str],
    own_redis: OwnRedis,
) -> Settings:
    environment = {f"TREFFPUNKT_{name}": value for name, value in keys.items()} | {
        "TREFFPUNKT_BASE_URL": "http://treffpunkt.example",
        "TREFFPUNKT_REDIS_URL": f"redis://127.0.0.1:{own_redis.port}/0",
        "TREFFPUNKT_REGISTRATION_DATABASE_URL": servers.urls["registration"],
        "TREFFPUNKT_SCHEDULING_DATABASE_URL": servers.urls["scheduling"],
        "TREFFPUNKT_RECEIPT_AFTER": "1",
    }
    (tmp_path / "environment.json").write_text(json.dumps(environment))
    return load_settings(tmp_path, environment)


@pytest.fixture
def effect_table(registration_database: Database) -> Iterator[Database]:
    with registration_database.transaction() as session:
        session.execute(text("create table effect (name text, revision int)"))
    yield registration_database
    with registration_database.transaction() as session:
        session.execute(text("drop table effect"))


def record_facts(database: Database) -> None:
    with database.transaction() as session:
        for number in range(FACTS):
            outbox.record(
                session,
                NetworkSaved(
                    revision=1,
                    network_id=new_id(),
                    slug="west",
                    name=f"network {number}",
                    language="de",
                    time_zone="Europe/Berlin",
                    contact_name="",
                    contact_email="",
                    contact_phone="",
                    districts=[],
                ),
            )


def effects(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(text("select name from effect")))


def publish(sender: Outbox, publisher: Publisher) -> None:
    try:
        while sender.deliver(publisher):
            pass
        sender.ask(publisher)
    except PublishFailed:
        pass


def send_lost_again(database: Database) -> None:
    """What receipts lead to, without waiting for them: nothing received counts as lost."""
    with database.transaction() as session:
        session.execute(
            text(
                "update outbox_delivery set state = 'pending', due_at = now() "
                "where subscriber = 'registration'"
            )
        )


@pytest.mark.parametrize("pool", ["solo", "prefork"])
def test_worker_comes_back_after_redis_died_under_it(
    effect_table: Database,
    scheduling_database: Database,
    own_settings: Settings,
    own_redis: OwnRedis,
    tmp_path: Path,
    pool: str,
) -> None:
    record_facts(scheduling_database)
    sender, publisher = Outbox("scheduling", own_settings), Publisher("test", own_settings)
    worker = SupervisedWorker(tmp_path, pool)
    try:
        publish(sender, publisher)
        wait_until(lambda: len(effects(effect_table)) > 20, within=30)
        own_redis.kill()
        own_redis.start()
        time.sleep(1)  # the fault itself: Redis comes back empty, the worker reconnects
        send_lost_again(scheduling_database)
        publish(sender, publisher)
        wait_until(lambda: len(effects(effect_table)) == FACTS, within=60)
    finally:
        worker.stop()
        publisher.close()
        sender.close()
    seen = effects(effect_table)
    assert sorted(seen) == sorted({f"network {number}" for number in range(FACTS)})


def test_watchdog_ends_a_worker_that_would_never_consume_again(
    effect_table: Database,
    scheduling_database: Database,
    own_settings: Settings,
    tmp_path: Path,
) -> None:
    record_facts(scheduling_database)
    sender, publisher = Outbox("scheduling", own_settings), Publisher("test", own_settings)
    worker = SupervisedWorker(tmp_path, "solo", "lose the first acknowledgement")
    try:
        publish(sender, publisher)
        wait_until(lambda: len(effects(effect_table)) == FACTS, within=60)
    finally:
        worker.stop()
        publisher.close()
        sender.close()
    assert worker.starts == 2
    assert len(effects(effect_table)) == FACTS
