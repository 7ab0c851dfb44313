"""What a view needs of its service: database sessions, settings, links."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from shared.database import Database
    from shared.links import Links
    from shared.settings import Settings
    from shared.sign_in import Authority, CoordinatorLookup
    from shared.web.operations.part import Part

EXTENSION = "treffpunkt"


# The number to call when a page went wrong, given the network, meeting or slot that its address names, if any.
TelephoneLookup = Callable[["Session", str | None], str | None]


@dataclass(frozen=True, kw_only=True)
class Runtime:
    """What one web app was started with."""

    service: str
    prefix: str
    settings: Settings
    database: Database
    links: Links
    authority: Authority
    coordinator_lookup: CoordinatorLookup
    telephone: TelephoneLookup | None
    operations: Part


def runtime() -> Runtime:
    """The runtime of the app that answers this request."""
    return cast("Runtime", current_app.extensions[EXTENSION])


def database() -> Database:
    """The service's database."""
    return runtime().database


def transaction() -> AbstractContextManager[Session]:
    """A session whose work is committed as a whole, or not at all when the block raises."""
    return runtime().database.transaction()


def reading() -> AbstractContextManager[Session]:
    """A session for reading only."""
    return runtime().database.reading()


def settings() -> Settings:
    """The settings of this installation."""
    return runtime().settings


def links() -> Links:
    """Makes and reads the links of mails."""
    return runtime().links
