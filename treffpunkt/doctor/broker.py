"""Redis: reachable, keeps what it was given, and forgets nothing to make room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from redis import Redis
from redis.exceptions import RedisError

from shared.settings import SERVICES
from treffpunkt.doctor.finding import Finding, mend, note, ok

if TYPE_CHECKING:
    from shared.settings import Settings

ALMOST_FULL = 0.9  # of the memory it may use
LONG_QUEUE = 1000


def examine(settings: Settings) -> Iterator[Finding]:
    """Findings about the queue server."""
    client: Any = Redis.from_url(settings.redis_url, socket_timeout=5, socket_connect_timeout=5)
    try:
        with client:
            yield _server(client)
            yield _policy(client)
            yield _memory(client)
            yield _queues(client)
            yield _file(client)
    except RedisError as error:
        yield mend("redis", str(error), "start Redis, or correct TREFFPUNKT_REDIS_URL")


def _server(client: Any) -> Finding:
    version = client.info("server")["redis_version"]
    if int(version.partition(".")[0]) < 6:  # noqa: PLR2004 - the protocol the client speaks
        return mend("redis", f"version {version}", "use Redis 6.2 or newer")
    return ok("redis", f"version {version}")


def _policy(client: Any) -> Finding:
    try:
        policy = client.config_get("maxmemory-policy")["maxmemory-policy"]
    except (RedisError, KeyError):
        return note(
            "redis", "does not tell its maxmemory-policy", "make sure that it is noeviction"
        )
    if policy != "noeviction":
        remedy = "config set maxmemory-policy noeviction, and the same in its configuration"
        return mend("redis", f"maxmemory-policy {policy} throws queues away when full", remedy)
    return ok("redis", "keeps queues when full (noeviction)")


def _memory(client: Any) -> Finding:
    told = client.info("memory")
    used, most = told["used_memory"], told.get("maxmemory", 0)
    shown = f"{used / 2**20:.0f} MB used" + (f" of {most / 2**20:.0f}" if most else "")
    if most and used > ALMOST_FULL * most:
        return mend("redis", shown, "see which queue grows, start its worker, or raise maxmemory")
    return ok("redis", shown)


def _queues(client: Any) -> Finding:
    lengths = {service: client.llen(service) for service in SERVICES}
    shown = ", ".join(f"{service} {length}" for service, length in lengths.items())
    if max(lengths.values()) > LONG_QUEUE:
        return mend("redis", f"long queues: {shown}", "start the worker of the longest")
    return ok("redis", f"messages in queues: {shown}")


def _file(client: Any) -> Finding:
    if not client.info("persistence").get("aof_enabled"):
        return note(
            "redis",
            "writes no append-only file: after a restart, events arrive up to a minute late",
            "appendonly yes",
        )
    return ok("redis", "writes an append-only file")
