"""``treffpunkt up``: everything on one machine, from an empty folder to ready, until told to stop."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import click

from shared.database import migrate
from shared.settings import SERVICES
from treffpunkt.embedded import preload
from treffpunkt.embedded.environment import MAILBOX, mailbox_url, publish, wanted, withdraw
from treffpunkt.embedded.folder import DataFolder, lock, write_whole
from treffpunkt.embedded.leftovers import end_leftovers
from treffpunkt.embedded.members import NAMES, STOP_ORDER, members
from treffpunkt.embedded.ports import kept_port, listen, listen_kept, port_of
from treffpunkt.embedded.postgres import Postgres
from treffpunkt.embedded.processes import PidFile, Task
from treffpunkt.embedded.quarters import quarters
from treffpunkt.embedded.ready import not_ready
from treffpunkt.embedded.redis import Redis
from treffpunkt.embedded.supervisor import Run, Stopped, Supervisor, tail
from treffpunkt.errors import Refusal
from treffpunkt.keys import kept_secret

if TYPE_CHECKING:
    from shared.settings import Settings

LARGEST_LOG = 20 * 1024 * 1024
SERVERS_WITHIN = 30.0  # seconds for PostgreSQL (after a crash it recovers first) and Redis
READY_WITHIN = 90.0
GIVE_UP_AFTER = 5  # deaths in a row of one process before it was ever ready


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    host: str
    port: int
    demo: bool


@dataclass
class Stack:
    """One run of the embedded stack. The parent keeps no threads and no connections: it forks."""

    folder: DataFolder
    wish: Wish
    supervisor: Supervisor
    sockets: dict[str, socket.socket] = field(default_factory=dict)
    postgres: Postgres | None = None
    redis: Redis | None = None

    def run(self) -> None:
        """Until somebody asks to stop. Refusal if it cannot start."""
        try:
            settings = self._start()
            self._announce(settings)
            self.supervisor.run()
        except Stopped:
            pass
        finally:
            self.supervisor.stop_all(STOP_ORDER)
            withdraw(self.folder)

    def _start(self) -> Settings:
        initialising = self._begin_servers()
        preload.libraries()
        offers = self._offers()
        settings = publish(self.folder, offers)
        self._finish_servers(initialising)
        self.supervisor.complete(self._task("migrate", self._migrate, settings))
        preload.rehearse(settings)
        tasks = members(settings, self.folder, self.sockets)
        preload.freeze()
        for task in tasks:
            self.supervisor.start(task)
        self._wait_until_ready()
        return settings

    def _begin_servers(self) -> Run | None:
        """Start what is slow to start and needs no Python."""
        needs = wanted()
        self._listen("web", listen(self.wish.host, self.wish.port))
        if needs.mailbox:
            prefer = port_of(self.sockets["web"]) + 1
            self._listen("smtp", listen_kept(self.folder, "smtp"))
            self._listen("mailbox", listen_kept(self.folder, "mailbox", prefer=[prefer]))
        home = quarters(self.folder) if needs.postgres or needs.redis else None
        if home and needs.redis:
            self.redis = Redis(
                quarters=home,
                port=kept_port(self.folder, "redis"),
                log=self.folder.log / "redis.log",
                password=kept_secret(self.folder.keys, "redis-password"),
            )
            self.supervisor.start(self.redis.server())
        if home and needs.postgres:
            self.postgres = Postgres(home, self.folder.log / "postgres.log")
            return self._begin_postgres(self.postgres)
        return None

    def _begin_postgres(self, postgres: Postgres) -> Run | None:
        if not postgres.is_initialised:
            return self.supervisor.begin(postgres.initialise())
        postgres.forget_stranger()
        self.supervisor.start(postgres.server())
        return None

    def _finish_servers(self, initialising: Run | None) -> None:
        if initialising is not None and self.postgres:
            self.supervisor.finish(initialising, within=60)
            self.postgres.settle()
            self.supervisor.start(self.postgres.server())
        for server in self._servers():
            if not self.supervisor.wait_until(server.is_ready, within=SERVERS_WITHIN):
                raise Refusal(
                    f"{server.log.stem} does not answer; see {server.log}\n{tail(server.log)}"
                )

    def _servers(self) -> list[Postgres | Redis]:
        return [server for server in (self.postgres, self.redis) if server]

    def _offers(self) -> dict[str, str]:
        offers = {"BASE_URL": f"http://{_shown(self.wish.host)}:{port_of(self.sockets['web'])}"}
        if self.postgres:
            offers |= {f"{s.upper()}_DATABASE_URL": self.postgres.url(s) for s in SERVICES}
        if self.redis:
            offers["REDIS_URL"] = self.redis.url
            offers["LIMITS_REDIS_URL"] = self.redis.limits_url
        if "smtp" in self.sockets:
            offers["SMTP_URL"] = f"smtp://127.0.0.1:{port_of(self.sockets['smtp'])}"
            offers[MAILBOX] = f"http://127.0.0.1:{port_of(self.sockets['mailbox'])}"
        return offers

    def _migrate(self, settings: Settings) -> None:
        if self.postgres:
            self.postgres.create_databases(SERVICES)
        for service in SERVICES:
            migrate(service, settings.database_url(service))

    def _wait_until_ready(self) -> None:
        address = self.sockets["web"].getsockname()[:2]
        if self.supervisor.wait_until(partial(self._is_ready, address), within=READY_WITHIN):
            return
        raise Refusal(f"not ready after {READY_WITHIN:.0f} seconds: {not_ready(address)}")

    def _is_ready(self, address: tuple[str, int]) -> bool:
        for name in filter(lambda name: self.supervisor.deaths(name) >= GIVE_UP_AFTER, NAMES):
            log = self.folder.log / f"{name}.log"
            raise Refusal(f"{name} ends again and again; see {log}\n{tail(log)}")
        return not_ready(address) is None

    def _announce(self, settings: Settings) -> None:
        click.echo(f"ready {settings.base_url}")
        if self.wish.demo:
            story = self.folder.run / "demo.txt"
            self.supervisor.complete(self._task("demo", self._demo, settings))
            click.echo(story.read_text(encoding="utf-8"), nl=False)
        if address := mailbox_url(self.folder):
            click.echo(f"mailbox {address}")

    def _demo(self, settings: Settings) -> None:
        from treffpunkt.commands.demo import make_demo  # noqa: PLC0415 - in the child alone

        write_whole(self.folder.run / "demo.txt", make_demo(settings))

    def _task(self, name: str, work: Callable[[Settings], None], settings: Settings) -> Task:
        return Task(name=name, run=partial(work, settings), log=self.folder.log / f"{name}.log")

    def _listen(self, name: str, listening: socket.socket) -> None:
        self.sockets[name] = listening
        self.supervisor.private = (*self.supervisor.private, listening.fileno())


def up(folder: DataFolder, wish: Wish) -> None:
    """Run the stack on *folder*. Refusal if it cannot start or already runs."""
    folder.make()
    with lock(folder) as held:
        PidFile(folder.run, "up").write(os.getpid())
        end_leftovers(folder)
        shorten_logs(folder)
        supervisor = Supervisor(folder.run, (held.fileno(),), partial(shorten_logs, folder))
        try:
            Stack(folder, wish, supervisor).run()
        finally:
            PidFile(folder.run, "up").remove()


def shorten_logs(folder: DataFolder) -> None:
    """Move what is too long aside; processes append, so their open files stay good."""
    for log in folder.log.glob("*.log"):
        if log.stat().st_size > LARGEST_LOG:
            shutil.copyfile(log, log.with_suffix(".log.1"))
            with log.open("r+b") as stream:
                stream.truncate()


def _shown(host: str) -> str:
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host
