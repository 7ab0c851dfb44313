"""``treffpunkt keys``."""

from __future__ import annotations

from pathlib import Path

import click

from treffpunkt.errors import Refusal
from treffpunkt.keys import as_environment_file, make_keys
from treffpunkt.secret_files import keep_secret_files


@click.command()
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False),
    help="Keep them as files in this folder, with passwords for the databases, instead of printing.",
)
@click.option("--database-host", default="postgres", show_default=True, help="For --into.")
def keys(*, into: Path | None, database_host: str) -> None:
    """Print a new set of secrets, as lines for an environment file.

    TREFFPUNKT_SECRET_KEY signs links and events: all processes need it; to rotate, write the new one in
    front of the old ones, separated by commas. The session pair signs sign-ins: scheduling alone gets the
    private key, every web process the public one.
    """
    if into is None:
        click.echo(as_environment_file(make_keys()), nl=False)
        return
    try:
        made = keep_secret_files(into, database_host=database_host)
    except OSError as error:
        raise Refusal(f"cannot keep secrets in {into}: {error.strerror}") from error
    click.echo(f"made: {', '.join(made)}" if made else "nothing was missing")
