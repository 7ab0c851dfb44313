"""The mail queue: each command is one call into the notifications service."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import click

from shared.settings import Settings
from treffpunkt.commands import options
from treffpunkt.errors import Refusal

STATES = ("queued", "sending", "sent", "retry", "failed", "ambiguous", "suppressed", "held_back")
SERVICE = "notifications"
IDS = ("registration_id", "meeting_id", "message_id", "created_at", "due_at", "sent_at")
SHOWN = ("id", "kind", "state", "recipient", "subject", "attempts", *IDS, "smtp_code", "smtp_text")


@click.group()
def mails() -> None:
    """The mail queue: look, send again, hold back, release."""


@mails.command("list")
@click.option("--state", type=click.Choice(STATES))
@click.option("--kind", help="For example registration_confirmed.")
@click.option("--registration", type=click.UUID, help="Only mails of this registration.")
@click.option("--meeting", type=click.UUID, help="Only mails of this meeting.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True)
@options.with_settings
def list_mails(settings: Settings, *, limit: int, **wished: Any) -> None:
    """The newest mails, newest first."""
    from services.notifications.queries.mails import MailFilter  # noqa: PLC0415 - of this command alone

    chosen = MailFilter(
        state=wished["state"],
        kind=wished["kind"],
        registration_id=wished["registration"],
        meeting_id=wished["meeting"],
    )
    with options.database(settings, SERVICE) as database, database.reading() as session:
        found = _calls().list_mails(session, chosen=chosen, limit=limit)
        lines = [
            [m.id, f"{m.created_at:%Y-%m-%d %H:%MZ}", m.state, m.attempts, m.kind, m.recipient]
            for m in found
        ]
    options.table(lines, "MAIL", "CREATED", "STATE", "ATTEMPTS", "KIND", "RECIPIENT")


@mails.command("show")
@click.argument("mail", type=click.UUID)
@options.with_settings
def show_mail(settings: Settings, *, mail: UUID) -> None:
    """One MAIL: its state, and the message as it is or will be sent."""
    with options.database(settings, SERVICE) as database, database.reading() as session:
        found = _calls().show_mail(session, mail)
        if found is None:
            raise Refusal(f"there is no mail {mail}")
        for name in SHOWN:
            value = getattr(found, name)
            click.echo(f"{name.replace('_', ' '):16} {'-' if value is None else value}")
        if found.message:
            click.echo(f"\n{found.message.decode(errors='replace')}")


@mails.command("retry")
@click.argument("mail", type=click.UUID)
@options.with_settings
def retry_mail(settings: Settings, *, mail: UUID) -> None:
    """Send MAIL once more: one that failed, or of which nobody knows whether it arrived."""
    with options.database(settings, SERVICE) as database, database.transaction() as session:
        if not _calls().retry_mail(session, mail):
            raise Refusal(f"{mail} is not a mail that could be sent again")
    click.echo(f"{mail}: will be sent again")


@mails.command("hold")
@click.argument("mail", type=click.UUID, required=False)
@click.option("--meeting", type=click.UUID, help="All mails of a meeting that go to many.")
@options.with_settings
def hold_mails(settings: Settings, *, mail: UUID | None, meeting: UUID | None) -> None:
    """Hold back what has not gone: one MAIL, those of a meeting (later ones too), or all."""
    with options.database(settings, SERVICE) as database, database.transaction() as session:
        count = _calls().hold_mails(session, mail_id=mail, meeting_id=meeting)
    click.echo(f"{count} held back")


@mails.command("release")
@click.argument("mail", type=click.UUID, required=False)
@click.option("--meeting", type=click.UUID, help="All mails of a meeting.")
@options.with_settings
def release_mails(settings: Settings, *, mail: UUID | None, meeting: UUID | None) -> None:
    """Let go what was held back: one MAIL, those of a meeting, or all."""
    with options.database(settings, SERVICE) as database, database.transaction() as session:
        count = _calls().release_mails(session, mail_id=mail, meeting_id=meeting)
    click.echo(f"{count} released")


def _calls() -> Any:
    from services.notifications.use_cases import mails as calls  # noqa: PLC0415 - of these commands alone

    return calls
