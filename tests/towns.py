"""Fixtures: the three services joined by hand, on databases emptied per test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from shared.settings import SERVICES, Settings, load_settings
from shared.web.context import EXTENSION
from tests.databases import Servers
from tests.factories import environment
from tests.mails import Sink
from tests.servers import free_port
from treffpunkt.services import web_app

if TYPE_CHECKING:
    from flask import Flask

    from tests.three_services import Town


@pytest.fixture(scope="module")
def settings_of_town(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Those of all three, with a mail server of their own."""
    urls = {f"{name}_database_url": url for name, url in servers.urls.items()}
    given = environment(smtp_url=f"smtp://127.0.0.1:{free_port()}", rate_limit="off", **urls)
    return load_settings(tmp_path_factory.mktemp("town"), given)


@pytest.fixture(scope="module")
def apps(settings_of_town: Settings) -> Iterator[dict[str, Flask]]:
    """The web app of each service."""
    made = {name: web_app(name, settings_of_town) for name in SERVICES}
    yield made
    for app in made.values():
        app.extensions[EXTENSION].database.close()


@pytest.fixture
def world(servers: Servers, settings_of_town: Settings, apps: dict[str, Flask]) -> Iterator[Town]:
    """Three services that know nothing yet."""
    # Here: a run without these tests needs none of it.
    from tests.three_services import town_of  # noqa: PLC0415

    databases = {name: servers.database(name) for name in SERVICES}
    sink = Sink(settings_of_town.smtp.port).start()
    yield town_of(databases, settings_of_town, apps["scheduling"], sink)
    sink.stop()
