"""Recorded facts and their deliveries, which can be sent again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import click

from shared.messaging import outbox
from shared.settings import Settings
from treffpunkt.commands import options
from treffpunkt.errors import Refusal


@click.group()
def events() -> None:
    """Events that a service recorded, and where they have arrived."""


@events.command("list")
@options.any_service
@click.option("--aggregate", type=click.UUID, help="Only those of one registration, meeting, …")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@options.with_settings
def list_events(
    settings: Settings, *, service: str | None, aggregate: UUID | None, limit: int
) -> None:
    """The newest events of SERVICE (of all services if none is named), newest first."""
    lines: list[list[Any]] = []
    for name in _services(settings, service):
        with options.database(settings, name) as database, database.reading() as session:
            found = outbox.list_events(session, aggregate_id=aggregate, limit=limit)
            lines += [[*_brief(row), _arrivals(session, row.id)] for row in found]
    # Identifiers sort by time.
    lines = sorted(lines, key=lambda line: str(line[0]), reverse=True)[:limit]
    options.table(lines, "EVENT", "TIME", "NAME", "OF", "REVISION", "DELIVERIES")


@events.command("show")
@click.argument("event", type=click.UUID)
@options.with_settings
def show_event(settings: Settings, *, event: UUID) -> None:
    """One EVENT with its content and deliveries."""
    for name in settings.database_urls:
        with options.database(settings, name) as database, database.reading() as session:
            if found := outbox.find_event(session, event):
                content = {"publisher": name, **found._mapping}  # noqa: SLF001 - public in SQLAlchemy
                rows = outbox.deliveries_of(session, event)
                content["deliveries"] = [dict(row._mapping) for row in rows]  # noqa: SLF001
                click.echo(json.dumps(content, indent=2, default=str, ensure_ascii=False))
                return
    raise Refusal(f"no service has recorded an event {event}")


@events.command("replay")
@options.any_service
@click.option("--event", type=click.UUID, help="One event.")
@click.option("--aggregate", type=click.UUID, help="All events of one registration, meeting, …")
@click.option("--since", type=click.DateTime(), help="All events since a time (UTC).")
@options.with_settings
def replay(
    settings: Settings,
    *,
    service: str | None,
    event: UUID | None,
    aggregate: UUID | None,
    since: datetime | None,
) -> None:
    """Send events of SERVICE (or of all services) again. Whoever had them before does nothing.

    What somebody had more than 29 days ago is left out: by now it would take effect twice.
    """
    if not (event or aggregate or since):
        raise click.UsageError("say which: --event, --aggregate or --since")
    begin = since.replace(tzinfo=UTC) if since else None
    sent = left_out = 0
    for name in _services(settings, service):
        with options.database(settings, name) as database, database.transaction() as session:
            done = outbox.replay(session, event_id=event, aggregate_id=aggregate, since=begin)
        sent, left_out = sent + done.sent, left_out + done.left_out
    click.echo(f"{sent} deliveries will be sent again")
    if left_out:
        days = outbox.REPEATABLE.days
        click.echo(f"{left_out} left out: received, and more than {days} days old", err=True)


def _services(settings: Settings, chosen: str | None) -> list[str]:
    return [chosen] if chosen else list(settings.database_urls)


def _brief(row: Any) -> list[Any]:
    return [
        row.id,
        f"{row.occurred_at:%Y-%m-%d %H:%M:%SZ}",
        row.name,
        row.aggregate_id,
        row.revision,
    ]


def _arrivals(session: Any, event: UUID) -> str:
    rows = outbox.deliveries_of(session, event)
    return ", ".join(f"{row.subscriber} {row.state}" for row in rows)
