"""The command line: which commands there are, and errors as sentences instead of tracebacks."""

from __future__ import annotations

import sys
from typing import Any

import click
from sqlalchemy.exc import DBAPIError

from shared.settings import SettingsError
from treffpunkt.commands import (
    accounts,
    backups,
    check,
    doctor,
    events,
    keys,
    mails,
    parked,
    processes,
    up,
)
from treffpunkt.errors import Refusal


class _Commands(click.Group):
    """Shows the commands in the order in which an operator meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (Refusal, SettingsError) as error:
            raise click.ClickException(str(error)) from error
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise click.ClickException(f"the database refused: {reason}") from error


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="treffpunkt", message="treffpunkt %(version)s")
def main() -> None:
    """Treffpunkt: registration for neighbourhood business networks.

    Try it with `treffpunkt up --demo`. Every command finds a running embedded stack by its data folder
    (--data-dir or TREFFPUNKT_DATA_DIR, else ./var); otherwise settings come from the environment.
    """
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


for command in (
    up.up,
    processes.serve,
    processes.worker,
    processes.mailer,
    processes.relay,
    processes.beat,
    processes.mailbox,
    processes.migrate,
    processes.demo,
    doctor.doctor,
    check.check,
    backups.backup,
    backups.restore,
    keys.keys,
    accounts.coordinator,
    accounts.token,
    parked.parked,
    mails.mails,
    events.events,
):
    main.add_command(command)
