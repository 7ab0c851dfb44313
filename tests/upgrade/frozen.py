"""Databases and queues of a release as they were in the middle of its work, put back on a server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from redis import Redis

from shared.settings import SERVICES
from tests.databases import Servers

PREFIX = "frozen"
# What was to be tried again a little later is due by now.
LATER = """
update outbox_delivery set due_at = least(due_at, now());
update inbox set due_at = least(due_at, now());
"""


@dataclass(frozen=True)
class Frozen:
    """The files of one release; freeze.py made them."""

    folder: Path

    @contextmanager
    def databases(self, servers: Servers) -> Iterator[dict[str, str]]:
        """Databases with its content, gone afterwards; their addresses by service."""
        try:
            yield {service: self._database(servers, service) for service in SERVICES}
        finally:
            for service in SERVICES:
                _as_owner(servers, service, "drop database if exists {} with (force)")

    def _database(self, servers: Servers, service: str) -> str:
        _as_owner(servers, service, "drop database if exists {} with (force)")
        _as_owner(servers, service, "create database {} owner {}")
        url = servers.urls[service].replace(f"/{service}?", f"/{PREFIX}_{service}?")
        with psycopg.connect(url) as connection:
            connection.execute((self.folder / f"{service}.sql").read_bytes())
            connection.execute(LATER)
        return url

    def fill_queues(self, redis_url: str) -> int:
        """Put its messages into Redis as they lay there; how many."""
        queues = json.loads((self.folder / "queues.json").read_text(encoding="utf-8"))
        with Redis.from_url(redis_url) as redis:
            for queue, messages in queues.items():
                for message in messages:
                    redis.rpush(queue, json.dumps(message))
        return sum(map(len, queues.values()))


def _as_owner(servers: Servers, service: str, statement: str) -> None:
    names = sql.Identifier(f"{PREFIX}_{service}"), sql.Identifier(service)
    with psycopg.connect(servers.owners[service], autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*names))
