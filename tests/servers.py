"""Starts PostgreSQL and Redis for one test session; ends them when the session is gone."""

from __future__ import annotations

import ctypes
import json
import signal
import socket
import sys
from pathlib import Path

from treffpunkt.embedded.folder import DataFolder
from treffpunkt.embedded.postgres import Postgres
from treffpunkt.embedded.quarters import quarters
from treffpunkt.embedded.redis import Redis
from treffpunkt.embedded.supervisor import Stopped, Supervisor
from treffpunkt.errors import Refusal

UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SERVICES = ("registration", "scheduling", "notifications")
PR_SET_PDEATHSIG = 1


def main(path: str) -> None:
    """Print one JSON line with the addresses once both are ready, then run until told to stop."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    folder = DataFolder(Path(path))
    folder.make()
    home = quarters(folder)
    postgres = Postgres(home, folder.log / "postgres.log", UNSAFE_BUT_FAST)
    redis = Redis(home, free_port(), folder.log / "redis.log", "for-tests-only")
    supervisor = Supervisor(folder.run)
    try:
        supervisor.complete(postgres.initialise())
        postgres.settle()
        supervisor.start(postgres.server())
        supervisor.start(redis.server())
        if not supervisor.wait_until(lambda: postgres.is_ready() and redis.is_ready(), within=30):
            raise Refusal(f"PostgreSQL or Redis did not start; see {folder.log}")
        postgres.create_databases(SERVICES)
        urls = {name: postgres.url(name) for name in SERVICES}
        owners = {name: postgres.url(name, user="postgres") for name in SERVICES}
        print(json.dumps({"urls": urls, "owners": owners, "redis": redis.url}), flush=True)
        supervisor.run()
    except Stopped:
        pass
    finally:
        supervisor.stop_all([["redis", "postgres"]])


def free_port() -> int:
    """A port of the loopback interface that nobody uses at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


if __name__ == "__main__":
    main(sys.argv[1])
