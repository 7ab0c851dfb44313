"""Fixtures: one PostgreSQL and one Redis per session, migrated databases that are emptied per test."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from shared.database import Database, migrate
from shared.settings import Settings, load_settings
from treffpunkt.keys import make_keys

ROOT = Path(__file__).parent.parent
KEEP_SEEDS = """
create schema seeds;
do $$ declare t text; filled boolean; begin
  for t in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
    execute format('select exists (select from public.%I)', t) into filled;
    if filled then execute format('create table seeds.%I as table public.%I', t, t); end if;
  end loop;
end $$;
"""
RESET = """
set session_replication_role = replica;
do $$ declare t text; begin
  for t in select tablename from pg_tables where schemaname = 'public' and tablename <> 'alembic_version' loop
    execute format('delete from public.%I', t);
  end loop;
  for t in select tablename from pg_tables where schemaname = 'seeds' loop
    execute format('insert into public.%I select * from seeds.%I', t, t);
  end loop;
end $$;
"""


@dataclass
class Servers:
    """Addresses of the session's servers."""

    urls: dict[str, str]  # by service, as the service's own role
    owners: dict[str, str]  # by service, as the superuser
    redis: str
    _databases: dict[str, Database] = field(default_factory=dict)

    def database(self, service: str) -> Database:
        """The migrated and emptied database of *service* (some 5 ms; the first time longer)."""
        if service not in self._databases:
            migrate(service, self.urls[service])
            self._execute(service, KEEP_SEEDS)
            self._databases[service] = Database(self.urls[service], f"test-{service}")
        self._execute(service, RESET)
        return self._databases[service]

    def close(self) -> None:
        """Close all connections of this process."""
        for database in self._databases.values():
            database.close()

    def _execute(self, service: str, statements: str) -> None:
        with psycopg.connect(self.owners[service], options="-c lock_timeout=10s") as connection:
            connection.execute(statements)


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Redis of this session."""
    folder = tempfile.mkdtemp(prefix="treffpunkt-test-")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.servers", folder], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, "PostgreSQL or Redis did not start; see above"
    started = json.loads(line)
    servers = Servers(started["urls"], started["owners"], started["redis"])
    yield servers
    servers.close()
    process.terminate()
    process.wait(20)
    process.stdout.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def registration_database(servers: Servers) -> Database:
    """Migrated and empty."""
    return servers.database("registration")


@pytest.fixture
def scheduling_database(servers: Servers) -> Database:
    """Migrated and empty."""
    return servers.database("scheduling")


@pytest.fixture
def notifications_database(servers: Servers) -> Database:
    """Migrated and empty."""
    return servers.database("notifications")


@pytest.fixture
def broker(servers: Servers) -> str:
    """The URL of an empty Redis."""
    with Redis.from_url(servers.redis, socket_timeout=5) as client:
        client.flushall()
    return servers.redis


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    """One set of secrets per session: SECRET_KEY, SESSION_PRIVATE_KEY, SESSION_PUBLIC_KEY."""
    return make_keys()


@pytest.fixture
def make_settings(tmp_path: Path, keys: dict[str, str]) -> Callable[..., Settings]:
    """Settings without any server: ``make_settings(hold_minutes="5")``."""

    def make(**values: str) -> Settings:
        given = {"BASE_URL": "http://treffpunkt.example", **keys, "RATE_LIMIT": "off"}
        given |= {name.upper(): value for name, value in values.items()}
        return load_settings(tmp_path, {f"TREFFPUNKT_{k}": v for k, v in given.items()})

    return make


@pytest.fixture
def settings(servers: Servers, make_settings: Callable[..., Settings]) -> Settings:
    """Settings that reach the session's servers; ask for the databases you use beside it."""
    urls = {f"{name}_database_url": url for name, url in servers.urls.items()}
    return make_settings(redis_url=servers.redis, **urls)
