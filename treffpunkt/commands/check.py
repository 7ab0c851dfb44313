"""``treffpunkt check``."""

from __future__ import annotations

import click

from shared.clock import now
from shared.messaging.checks import SENTENCES, Result
from shared.settings import Settings
from treffpunkt.commands import options


@click.command()
@click.option(
    "--at-rest", is_flag=True, help="Nothing is on its way: judge everything, keep nothing."
)
@options.with_settings
def check(settings: Settings, *, at_rest: bool) -> None:
    """Check that the three databases agree; says what does not hold, with ids. Repairs nothing.

    What happened in the last quarter of an hour may still be on its way, so that it is not compared between
    services. The result is kept for the operations pages. Ends with status 1 if something is broken.
    """
    from treffpunkt.invariants import examine, nightly  # noqa: PLC0415 - other commands do without

    if at_rest:
        results = examine(settings, now(), at_rest=True)
    else:
        results = list(nightly.check_and_keep(settings, now(), "command").results)
    for result in results:
        _show(result)
    if not all(result.holds for result in results):
        raise SystemExit(1)


def _show(result: Result) -> None:
    mark = click.style("ok    ", fg="green") if result.holds else click.style("broken", fg="red")
    click.echo(f"{mark} {result.name}: {SENTENCES[result.name]}")
    for one in result.breaks:
        click.echo(f"       {one.thing} {one.id}: {one.says}")
    if result.number > len(result.breaks):
        click.echo(f"       and {result.number - len(result.breaks)} more")
