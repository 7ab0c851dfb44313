"""``treffpunkt keys``."""

from __future__ import annotations

import click

from treffpunkt.keys import as_environment_file, make_keys


@click.command()
def keys() -> None:
    """Print a new set of secrets, as lines for an environment file.

    TREFFPUNKT_SECRET_KEY signs links and events: all processes need it; to rotate, write the new one in
    front of the old ones, separated by commas. The session pair signs sign-ins: scheduling alone gets the
    private key, every web process the public one.
    """
    click.echo(as_environment_file(make_keys()), nl=False)
