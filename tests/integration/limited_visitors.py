"""Visitors of an installation that has its limits on, from addresses of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.registration.app import create_app
from shared.counters import Counters
from shared.identifiers import new_id
from shared.settings import Settings
from shared.web import limits
from shared.web.context import EXTENSION

CONFIRM = "/api/v1/registrations/confirm"


@contextmanager
def limited_browser(
    make_settings: Callable[..., Settings], database_url: str
) -> Iterator[FlaskClient]:
    """A browser that reads English."""
    app = create_app(make_settings(registration_database_url=database_url, rate_limit="on"))
    # No minute ends while a test counts to a limit.
    app.extensions[limits.COUNTERS] = Counters(clock=lambda: 600.0)
    browser = app.test_client()
    browser.set_cookie("treffpunkt_language", "en")
    try:
        yield browser
    finally:
        app.extensions[EXTENSION].database.close()


def from_address(address: str) -> dict[str, Any]:
    return {"environ_overrides": {"REMOTE_ADDR": address}}


def sign_up(
    browser: FlaskClient, meeting: Any, seats: int = 1, *, address: str = "192.0.2.1"
) -> TestResponse:
    body = {
        "slot_id": str(meeting.slots[0].slot_id),
        "company": {"name": f"Betrieb {new_id().hex}"},
        "contact": {"name": "Kim Krüger", "email": f"{new_id().hex}@betrieb.example"},
        "attendees": [{"name": "N. N."}] * seats,
        "consents": {"privacy": True},
    }
    return browser.post("/api/v1/registrations", json=body, **from_address(address))
