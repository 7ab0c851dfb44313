"""PostgreSQL and Redis as the embedded stack starts them."""

from __future__ import annotations

import psycopg
import pytest
from redis import Redis

from tests.databases import Servers


def test_each_service_reaches_its_own_database(servers: Servers) -> None:
    with psycopg.connect(servers.urls["registration"]) as connection:
        row = connection.execute("select current_user, current_database()").fetchone()

    assert row == ("registration", "registration")


def test_no_service_reaches_the_database_of_another(servers: Servers) -> None:
    other = servers.urls["scheduling"].replace("//scheduling@", "//registration@")

    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(other)


def test_redis_refuses_rather_than_forgets(servers: Servers) -> None:
    with Redis.from_url(servers.redis) as client:
        policy = client.config_get("maxmemory-policy")

    assert policy == {"maxmemory-policy": "noeviction"}
