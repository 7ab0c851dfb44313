"""The processes of the product, beside PostgreSQL and Redis: what each runs, and in which order they stop."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from shared.observability import configure_logging
from shared.settings import SERVICES
from treffpunkt.dispatcher import Dispatcher
from treffpunkt.embedded import preload
from treffpunkt.embedded.folder import DataFolder
from treffpunkt.embedded.processes import Task
from treffpunkt.services import messaging_service, web_app

if TYPE_CHECKING:
    import socket

    from shared.settings import Settings

WORKERS = tuple(f"worker-{service}" for service in SERVICES)
SERVERS = ("postgres", "redis")
# All of ours at once, then what they lean on.
STOP_ORDER = (("beat", "web", "mailer", "relay", *WORKERS), ("mailbox",), SERVERS)
NAMES = tuple(name for group in STOP_ORDER for name in group)


def members(
    settings: Settings, folder: DataFolder, sockets: Mapping[str, socket.socket]
) -> list[Task]:
    """All processes of ours, in the order of their start."""
    make = partial(_task, folder)
    tasks = [
        make("web", _web(settings, folder, sockets["web"]), keeps=sockets["web"]),
        *(make(f"worker-{name}", _worker(name, settings)) for name in SERVICES),
        make("mailer", partial(run_mailer, settings)),
        make("relay", partial(run_relay, settings)),
        make("beat", partial(run_beat, settings)),
    ]
    if "mailbox" in sockets:
        smtp, web = sockets["smtp"], sockets["mailbox"]
        work = partial(_run_mailbox, folder, smtp, web)
        tasks.append(make("mailbox", partial(work, settings), keeps=smtp, also=web))
    return tasks


def run_worker(service: str, settings: Settings, *, pool: str, concurrency: int) -> None:
    """The body of a worker process."""
    _worker(service, settings, pool=pool, concurrency=concurrency)()


def run_mailer(settings: Settings) -> None:
    """The body of the mailer process."""
    import_module("services.notifications.mailer").run(settings)


def run_relay(settings: Settings) -> None:
    """The body of the relay process, which alone has all databases and so checks them at night."""
    import_module("treffpunkt.invariants.nightly").Nightly(settings).start()
    import_module("shared.messaging.relay").run(settings)


def run_beat(settings: Settings) -> None:
    """The body of the beat process."""
    import_module("treffpunkt.beat").run(settings)


def _worker(
    service: str, settings: Settings, *, pool: str = "solo", concurrency: int = 1
) -> Callable[[], None]:
    from shared.messaging.celery_app import WorkerProcess  # noqa: PLC0415 - web never imports it

    process = WorkerProcess(
        messaging_service(service), settings, pool=pool, concurrency=concurrency
    )

    def run() -> None:
        configure_logging(f"worker-{service}", settings.log_level)
        process.run()

    return run


def _web(settings: Settings, folder: DataFolder, listening: socket.socket) -> Callable[[], None]:
    # Built here, in the parent, so that every web process shares them from the first page on.
    apps = {service: web_app(service, settings) for service in SERVICES}
    for app in apps.values():
        preload.templates(app, folder.cache)
    dispatcher = Dispatcher(apps)

    def run() -> None:
        from treffpunkt.web_server import serve  # noqa: PLC0415

        configure_logging("web", settings.log_level)
        serve(dispatcher, f"fd://{listening.fileno()}", scratch=folder.run)

    return run


def _run_mailbox(
    folder: DataFolder, smtp: socket.socket, web: socket.socket, settings: Settings
) -> None:
    mailbox = import_module("treffpunkt.mailbox.server")
    configure_logging("mailbox", settings.log_level)
    mailbox.run(folder.mailbox, smtp, web, language=settings.language, time_zone=settings.time_zone)


def _task(
    folder: DataFolder,
    name: str,
    work: Callable[[], None],
    *,
    keeps: socket.socket | None = None,
    also: socket.socket | None = None,
) -> Task:
    kept = frozenset(s.fileno() for s in (keeps, also) if s is not None)
    return Task(name=name, run=work, log=folder.log / f"{name}.log", keeps=kept)
