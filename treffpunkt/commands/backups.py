"""Backup and restore of the databases, while everything runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from shared.settings import SERVICES, Settings
from treffpunkt.commands import options

if TYPE_CHECKING:
    from treffpunkt.backup.restoring import Report

file = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@file
@options.with_settings
def backup(settings: Settings, *, file: Path) -> None:
    """Save the databases into FILE, each as of one moment; nothing has to stop.

    FILE holds personal data and is readable by its owner alone. The keys are not in it.
    """
    from treffpunkt.backup.saving import save  # noqa: PLC0415 - of this command alone

    for service, saved in save(settings, file).items():
        rows = sum(saved.rows.values())
        click.echo(f"{service}: {rows} rows as of {saved.taken_at:%Y-%m-%d %H:%M:%SZ}")
    click.echo(f"{file}: {file.stat().st_size / 1024:.0f} KiB")


@click.command()
@file
@click.option("--only", type=click.Choice(SERVICES), help="Bring back the database of one service.")
@options.with_settings
def restore(settings: Settings, *, file: Path, only: str | None) -> None:
    """Bring the databases back from FILE; visitors wait meanwhile, nothing has to stop.

    What they hold now is replaced. With --only the others stay, and what they know is told again: the
    service catches up with them. No mail is sent a second time: where nobody knows, it is held back.
    """
    from treffpunkt.backup.restoring import restore as bring_back  # noqa: PLC0415 - of this command alone

    _tell(bring_back(settings, file, only=only))


def _tell(report: Report) -> None:
    for service, saved in report.restored.items():
        click.echo(f"{service}: as of {saved.taken_at:%Y-%m-%d %H:%M:%SZ}")
    click.echo(f"{report.recalled} own facts since then written down again")
    click.echo(f"{report.told_again} facts will be told again")
    for service in report.blind:
        click.echo(f"{service}: its database was empty, so what no other service knows is lost")
    if "notifications" in report.blind:
        click.echo(
            "mails that may have been sent are held back: treffpunkt mails list --state held_back"
        )
    if not report.queues_emptied:
        click.echo("Redis did not answer: empty its database before it is used again")
    for failure in report.failures:
        click.echo(f"could not be written down again: {failure}")
