"""PostgreSQL and Redis as the embedded stack starts them."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from redis import Redis
from redis.exceptions import AuthenticationError

from tests.databases import Servers
from treffpunkt.embedded.quarters import Quarters
from treffpunkt.errors import Refusal


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


def test_redis_lets_in_nobody_without_the_password(servers: Servers) -> None:
    port = urlsplit(servers.redis).port

    with Redis(host="127.0.0.1", port=port or 0) as client, pytest.raises(AuthenticationError):
        client.ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root could give away what belongs to others")
def test_a_link_in_the_servers_folder_gives_nothing_away(tmp_path: Path) -> None:
    theirs, home = tmp_path / "theirs", tmp_path / "servers"
    theirs.mkdir(mode=0o750)
    home.mkdir()
    (home / "redis").symlink_to(theirs)

    with pytest.raises(Refusal, match="no folder of its own"):
        Quarters(home, pwd.getpwnam("nobody")).folder("redis")

    assert (theirs.stat().st_uid, theirs.stat().st_mode & 0o777) == (0, 0o750)
