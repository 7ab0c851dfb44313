"""``treffpunkt up``."""

from __future__ import annotations

from pathlib import Path

import click

from treffpunkt.commands import options


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@options.data_dir
@click.option("--demo", is_flag=True, help="Fill it with a plausible year of a network.")
def up(*, port: int, host: str, data_dir: Path, demo: bool) -> None:
    """Start the embedded stack and keep it running.

    PostgreSQL, Redis and a mailbox are started too, each only where its variable is not set
    (TREFFPUNKT_*_DATABASE_URL, TREFFPUNKT_REDIS_URL, TREFFPUNKT_SMTP_URL). Prints "ready" and the address
    once sign-up works. A child that dies is started again; TERM or Ctrl-C stops everything.
    """
    from treffpunkt.embedded import stack  # noqa: PLC0415 - other commands do without
    from treffpunkt.embedded.folder import DataFolder  # noqa: PLC0415

    stack.up(DataFolder(data_dir.absolute()), stack.Wish(host=host, port=port, demo=demo))
