"""Coordinators and API tokens: each command prints one secret, once, and nothing else."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from shared.language import speaking
from shared.settings import Settings
from treffpunkt.commands import options
from treffpunkt.errors import Refusal


@click.group()
def coordinator() -> None:
    """Accounts of coordinators."""


@coordinator.command("add")
@click.argument("email")
@click.option("--name", required=True, help="How the person is addressed.")
@click.option(
    "--role",
    type=click.Choice(["admin", "coordinator", "viewer"]),
    default="coordinator",
    show_default=True,
)
@click.option("--network", "networks", multiple=True, metavar="SLUG", help="Again for several.")
@options.with_settings
def add_coordinator(
    settings: Settings, *, email: str, name: str, role: str, networks: tuple[str, ...]
) -> None:
    """Add the coordinator EMAIL; prints the link where the person chooses a password, once."""
    what = {"email": email, "name": name, "role": role, "network_slugs": list(networks)}
    click.echo(_call(settings, "add_coordinator", **what))


@coordinator.command("reset-second-factor")
@click.argument("email")
@options.with_settings
def reset_second_factor(settings: Settings, *, email: str) -> None:
    """Let EMAIL sign in with the password alone, where phone and recovery codes are lost."""
    click.echo(_call(settings, "reset_second_factor", email=email))


@click.group()
def token() -> None:
    """Tokens for the JSON API."""


@token.command("add")
@click.argument("name")
@click.option("--coordinator", "email", required=True, metavar="EMAIL", help="Whose rights it has.")
@options.with_settings
def add_token(settings: Settings, *, name: str, email: str) -> None:
    """Add an API token called NAME; prints it, once."""
    click.echo(_call(settings, "add_token", name=name, coordinator_email=email))


def _call(settings: Settings, function: str, **what: Any) -> str:
    accounts = import_module("services.scheduling.use_cases.accounts")
    # Refusals are sentences; on the command line they are English like everything else.
    with speaking("en"), options.database(settings, "scheduling") as database:
        try:
            with database.transaction() as session:
                made: str = getattr(accounts, function)(session, settings, **what)
        except (ValueError, LookupError) as error:
            raise Refusal(str(error)) from error
    return made
