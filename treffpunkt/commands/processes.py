"""One process of a production set-up each, and what is run once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from shared.database import migrate as migrate_database
from shared.observability import configure_logging
from shared.settings import SERVICES, Settings
from treffpunkt.commands import demo as demo_data
from treffpunkt.commands import options
from treffpunkt.embedded import members
from treffpunkt.services import web_app


@click.command()
@options.service
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=4, show_default=True)
@options.with_settings
def serve(
    settings: Settings, *, service: str, host: str, port: int, processes: int, threads: int
) -> None:
    """Serve the pages and the API of one service."""
    # Other commands do without.
    from shared.web.every_request import standing_headers  # noqa: PLC0415
    from treffpunkt import web_server  # noqa: PLC0415

    configure_logging(f"web-{service}", settings.log_level)
    web_server.serve(
        web_app(service, settings),
        f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        scratch=Path(tempfile.gettempdir()),
        headers=standing_headers(secure=settings.cookies_secure),
        processes=processes,
        threads=threads,
    )


@click.command()
@options.service
@click.option(
    "--pool", type=click.Choice(["prefork", "solo"]), default="prefork", show_default=True
)
@click.option("--concurrency", type=click.IntRange(1, 64), default=2, show_default=True)
@options.with_settings
def worker(settings: Settings, *, service: str, pool: str, concurrency: int) -> None:
    """Receive the events of one service and do its periodic work."""
    members.worker(service, settings, pool=pool, concurrency=concurrency)()


@click.command()
@options.with_settings
def mailer(settings: Settings) -> None:
    """Send mails. Several may run."""
    members.mailer(settings)()


@click.command()
@options.with_settings
def relay(settings: Settings) -> None:
    """Carry recorded events from the databases into the queues. Several may run."""
    members.relay(settings)()


@click.command()
@options.with_settings
def beat(settings: Settings) -> None:
    """Start periodic work on time. Two may run."""
    members.beat(settings)()


@click.command()
@click.argument("service", type=click.Choice(SERVICES), required=False)
@options.with_settings
def migrate(settings: Settings, *, service: str | None) -> None:
    """Bring the databases to the newest shape: all that are set, or that of SERVICE."""
    names = [service] if service else [n for n in SERVICES if n in settings.database_urls]
    for name in names or SERVICES:
        migrate_database(name, settings.database_url(name))
        click.echo(f"{name}: up to date")


@click.command()
@options.with_settings
def demo(settings: Settings) -> None:
    """Fill the databases with a plausible year of a network; says how to sign in."""
    click.echo(demo_data.make_demo(settings), nl=False)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8025, show_default=True)
@click.option("--smtp-port", type=click.IntRange(1, 65535), default=2525, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), required=True)
@options.with_settings
def mailbox(settings: Settings, *, host: str, port: int, smtp_port: int, folder: Path) -> None:
    """Take every mail and show it on a page; for demonstrations and tests.

    The page answers to requests for localhost only: it shows everybody's mails to whoever asks.
    """
    from treffpunkt.embedded.ports import listen  # noqa: PLC0415 - other commands do without
    from treffpunkt.mailbox import server  # noqa: PLC0415

    configure_logging("mailbox", settings.log_level)
    folder.mkdir(parents=True, exist_ok=True)
    smtp, web = listen(host, smtp_port), listen(host, port)
    server.process(folder, smtp, web, language=settings.language, time_zone=settings.time_zone)()
