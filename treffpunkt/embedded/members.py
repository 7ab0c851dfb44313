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
        *(make(f"worker-{name}", worker(name, settings)) for name in SERVICES),
        make("mailer", mailer(settings)),
        make("relay", relay(settings)),
        make("beat", beat(settings)),
    ]
    if "mailbox" in sockets:
        smtp, web = sockets["smtp"], sockets["mailbox"]
        work = _mailbox(settings, folder, smtp=smtp, web=web)
        tasks.append(make("mailbox", work, keeps=smtp, also=web))
    return tasks


def worker(
    service: str, settings: Settings, *, pool: str = "solo", concurrency: int = 1
) -> Callable[[], None]:
    """The body of a worker process."""
    from shared.messaging.celery_app import WorkerProcess  # noqa: PLC0415 - web never imports it

    process = WorkerProcess(
        messaging_service(service), settings, pool=pool, concurrency=concurrency
    )

    def run() -> None:
        configure_logging(f"worker-{service}", settings.log_level)
        process.run()

    return run


def mailer(settings: Settings) -> Callable[[], None]:
    """The body of the mailer process."""
    return _process("services.notifications.mailer", settings)


def relay(settings: Settings) -> Callable[[], None]:
    """The body of the relay process; one that has all databases checks them at night."""
    nightly = import_module("treffpunkt.invariants.nightly").Nightly(settings)
    carry = _process("shared.messaging.relay", settings)

    def run() -> None:
        configure_logging("relay", settings.log_level)
        nightly.start()
        carry()

    return run


def beat(settings: Settings) -> Callable[[], None]:
    """The body of the beat process."""
    return _process("treffpunkt.beat", settings)


def _process(module: str, settings: Settings) -> Callable[[], None]:
    # Imported here, since each of them needs what the others have no use for.
    body: Callable[[], None] = import_module(module).process(settings)
    return body


def _web(settings: Settings, folder: DataFolder, listening: socket.socket) -> Callable[[], None]:
    # Built here, in the parent, so that every web process shares them from the first page on.
    apps = {service: web_app(service, settings) for service in SERVICES}
    for app in apps.values():
        preload.templates(app, folder.cache)
    dispatcher = Dispatcher(apps)

    def run() -> None:
        from shared.web.every_request import standing_headers  # noqa: PLC0415
        from treffpunkt.web_server import serve  # noqa: PLC0415

        configure_logging("web", settings.log_level)
        headers = standing_headers(secure=settings.cookies_secure)
        serve(dispatcher, f"fd://{listening.fileno()}", scratch=folder.run, headers=headers)

    return run


def _mailbox(
    settings: Settings, folder: DataFolder, *, smtp: socket.socket, web: socket.socket
) -> Callable[[], None]:
    server = import_module("treffpunkt.mailbox.server")
    shown = {"language": settings.language, "time_zone": settings.time_zone}
    serve = server.process(folder.mailbox, smtp, web, **shown)

    def run() -> None:
        configure_logging("mailbox", settings.log_level)
        serve()

    return run


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
