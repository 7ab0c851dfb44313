"""What a running stack offers, under the names of the settings, so that other commands find it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from shared.settings import PREFIX, SERVICES, VARIABLES, given, load_settings, running_stack
from treffpunkt.embedded.folder import DataFolder, write_json
from treffpunkt.keys import NAMES, kept_keys

if TYPE_CHECKING:
    from shared.settings import Settings

DATABASES = tuple(f"{service.upper()}_DATABASE_URL" for service in SERVICES)
MAILBOX = "MAILBOX_URL"  # no setting: told to people and tests


@dataclass(frozen=True)
class Wanted:
    """Which parts are embedded: those whose variable the environment does not give."""

    postgres: bool
    redis: bool
    mailbox: bool


def wanted() -> Wanted:
    """Decided by the environment alone, never by what an earlier run left."""
    return Wanted(
        postgres=not all(given(name) for name in DATABASES),
        redis=not given("REDIS_URL"),
        mailbox=not given("SMTP_URL"),
    )


def publish(folder: DataFolder, offers: dict[str, str]) -> Settings:
    """Write down *offers* and what the environment gives; the settings all processes use."""
    values = {**offers}
    if not all(given(name) for name in NAMES):
        values |= kept_keys(folder.keys)
    values |= {name: value for name in VARIABLES if name != "DATA_DIR" and (value := given(name))}
    write_json(_path(folder), {PREFIX + name: value for name, value in values.items()})
    return load_settings(folder.path)


def withdraw(folder: DataFolder) -> None:
    """After a clean stop nothing is offered any more."""
    _path(folder).unlink(missing_ok=True)


def mailbox_url(folder: DataFolder) -> str | None:
    """Where the embedded mailbox of a running stack shows its mails."""
    return running_stack(folder.path).get(PREFIX + MAILBOX)


def _path(folder: DataFolder) -> Path:
    return folder.run / "environment.json"
