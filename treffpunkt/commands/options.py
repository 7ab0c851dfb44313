"""Options that many commands share, and how they reach settings and databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

from shared.database import Database
from shared.settings import SERVICES, Settings, load_settings

Command = Callable[..., Any]

data_dir = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="TREFFPUNKT_DATA_DIR",
    default="var",
    show_default=True,
    help="Data folder of the embedded stack.",
)
service = click.argument("service", type=click.Choice(SERVICES))
any_service = click.argument("service", type=click.Choice(SERVICES), required=False)


def with_settings(command: Command) -> Command:
    """Give *command* the settings as first argument, read from --data-dir and the environment."""

    @data_dir
    @wraps(command)
    def wrapper(*args: Any, data_dir: Path, **options: Any) -> Any:
        return command(load_settings(data_dir), *args, **options)

    return wrapper


@contextmanager
def database(settings: Settings, name: str) -> Iterator[Database]:
    """The database of one service for the time of a command."""
    opened = Database(settings.database_url(name), "treffpunkt-command", pool_size=1)
    try:
        yield opened
    finally:
        opened.close()


def table(rows: list[list[Any]], *head: str) -> None:
    """Print aligned columns; nothing but a dash for no rows."""
    lines = [list(head), *[["-" if cell is None else str(cell) for cell in row] for row in rows]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    for line in lines if rows else []:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(padded).rstrip())
    if not rows:
        click.echo("none", err=True)
