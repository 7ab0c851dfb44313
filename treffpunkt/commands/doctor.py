"""``treffpunkt doctor``."""

from __future__ import annotations

import click

from shared.settings import Settings
from treffpunkt.commands import options

COLOURS = {"ok": "green", "note": "yellow", "mend": "red"}


@click.command()
@options.with_settings
def doctor(settings: Settings) -> None:
    """Check databases, Redis, SMTP, clocks, keys and DNS records; say what to mend.

    Ends with status 1 if there is something to mend.
    """
    from treffpunkt.doctor import examine  # noqa: PLC0415 - other commands do without

    ill = False
    for finding in examine(settings):
        ill = ill or finding.grade == "mend"
        grade = click.style(f"{finding.grade:5}", fg=COLOURS[finding.grade])
        click.echo(f"{grade} {finding.about}: {finding.text}")
        if finding.remedy:
            click.echo(f"      → {finding.remedy}")
    if ill:
        raise SystemExit(1)
