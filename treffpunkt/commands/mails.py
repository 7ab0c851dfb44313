"""The mail queue."""

from __future__ import annotations

import click


@click.group()
def mails() -> None:
    """The mail queue: look, send again, hold back, release."""
