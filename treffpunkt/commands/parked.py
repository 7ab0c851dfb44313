"""Facts that failed for good and wait for a person."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import click

from shared.messaging import parked as rows
from shared.settings import Settings
from treffpunkt.commands import options
from treffpunkt.errors import Refusal


@click.group()
def parked() -> None:
    """Received events that failed five times: look, try again, or give up."""


@parked.command("list")
@options.with_settings
def list_parked(settings: Settings) -> None:
    """All parked events of all services, oldest first."""
    lines: list[list[Any]] = []
    for name in settings.database_urls:
        with options.database(settings, name) as database, database.reading() as session:
            lines += [[r.event_id, name, *_brief(r)] for r in rows.list_parked(session)]
    options.table(lines, "EVENT", "SERVICE", "NAME", "RECEIVED", "STARTS", "ERROR")


@parked.command("show")
@click.argument("event", type=click.UUID)
@options.with_settings
def show_parked(settings: Settings, *, event: UUID) -> None:
    """One received EVENT with its content, in every service that has it."""
    found = False
    for name in settings.database_urls:
        with options.database(settings, name) as database, database.reading() as session:
            if row := rows.show(session, event):
                found = True
                content = {"service": name, **row._mapping}  # noqa: SLF001 - public in SQLAlchemy
                click.echo(json.dumps(content, indent=2, default=str, ensure_ascii=False))
    if not found:
        raise Refusal(f"no service has received an event {event}")


@parked.command("retry")
@click.argument("event", type=click.UUID)
@options.with_settings
def retry_parked(settings: Settings, *, event: UUID) -> None:
    """Let the next sweep try EVENT again."""
    _change(settings, event, "will be tried again")


@parked.command("drop")
@click.argument("event", type=click.UUID)
@click.option("--reason", required=True, help="Kept with the event.")
@options.with_settings
def drop_parked(settings: Settings, *, event: UUID, reason: str) -> None:
    """Give EVENT up, so that later ones of the same thing go on."""
    _change(settings, event, "dropped", reason=reason)


def _change(settings: Settings, event: UUID, done: str, *, reason: str | None = None) -> None:
    changed = [name for name in settings.database_urls if _change_in(settings, name, event, reason)]
    if not changed:
        raise Refusal(f"no parked event {event}")
    click.echo(f"{event}: {done} ({', '.join(changed)})")


def _change_in(settings: Settings, name: str, event: UUID, reason: str | None) -> bool:
    with options.database(settings, name) as database, database.transaction() as session:
        if reason is None:
            return rows.retry(session, event)
        return rows.drop(session, event, reason=reason)


def _brief(row: Any) -> list[Any]:
    received = f"{row.received_at:%Y-%m-%d %H:%M:%SZ}"
    return [row.name, received, row.attempts, (row.last_error or "").split("\n")[0][:80]]
