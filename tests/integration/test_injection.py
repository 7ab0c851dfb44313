"""Any Unicode, anywhere: it stays text in pages, in log lines and in the addresses we send people to."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr
from html.parser import HTMLParser
from io import StringIO
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import structlog
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registration.app import create_app
from services.scheduling.app import create_app as create_scheduling
from shared.database import Database
from shared.observability import configure_logging, get_logger
from shared.settings import Settings
from shared.web.context import EXTENSION
from tests.factories import make_settings
from tests.integration.registration_stories import publish

HOSTILE = st.sampled_from(
    [
        "<script>",
        "'\"><img src=x onerror=a()>",
        "{{ 7*7 }}",
        "{% raw %}",
        "${7*7}",
        "%s%n",
        "{0.__class__}",
        "\r\nSet-Cookie: a=b",
        "\r\nX: y",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "\u202e",
        "&lt;b&gt;",
        "</textarea>",
        "]]>",
        "-->",
        "\u2028",
        "\x85",
        "\x00",
    ]
)
PLAIN = ("", "?", "\x07", "a@b.example", "44369", "x" * 300)
ANY_TEXT = st.lists(st.one_of(HOSTILE, st.text(max_size=20)), max_size=4).map("".join)
SOME = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


class Tags(HTMLParser):
    """What a browser makes of a page, without the words."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.values: list[str | None] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _value in attrs]))
        self.values += [value for name, value in attrs if name == "value"]


@pytest.fixture
def browser(registration_database: Database, settings: Settings) -> Iterator[FlaskClient]:
    """Looks at a meeting."""
    publish(registration_database)
    app = create_app(settings)
    yield app.test_client()
    app.extensions[EXTENSION].database.close()


def sent(browser: FlaskClient, text: str) -> str:
    """The form with a text in every field, as it comes back."""
    fields = ("company-name", "company-postcode", "contact-name", "contact-email", "contact-phone")
    typed = dict.fromkeys((*fields, "attendees-1-name", "attendees-1-email", "slot", "shown"), text)
    answer = browser.post("/meetings/treffen/register", data=typed | {"people": "1"})
    assert answer.status_code == 200
    return answer.text


@SOME
@given(text=ANY_TEXT)
def test_what_was_typed_adds_nothing_to_a_page(browser: FlaskClient, text: str) -> None:
    # Texts that are only wrong show which elements the page has by itself.
    known = [element for plain in PLAIN for element in Tags(sent(browser, plain)).found]
    hostile = Tags(sent(browser, f"?{text}"))

    assert [element for element in hostile.found if element not in known] == []
    assert len([tag for tag, _names in hostile.found if tag == "script"]) == 1
    assert f"?{text}" in hostile.values


@SOME
@given(target=ANY_TEXT)
def test_signing_in_leads_nowhere_else(target: str) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    client = scheduling_client(url)

    answer = client.get(f"/scheduling/session?next={quote(target)}")

    location = answer.headers.get("Location", "")
    parts = urlsplit(location)
    assert (parts.scheme, parts.netloc) == ("", "")
    assert not set("\r\n") & set(location)
    assert "Set-Cookie: a=b" not in str(answer.headers)
    for onward in parse_qs(parts.query).get("next", []):
        assert onward.startswith("/")
        assert not onward.startswith(("//", "/\\"))


_clients: dict[str, FlaskClient] = {}


def scheduling_client(url: str) -> FlaskClient:
    """One app for all examples; it needs no database for this."""
    if url not in _clients:
        app = create_scheduling(make_settings(scheduling_database_url=url, rate_limit="off"))
        _clients[url] = app.test_client()
    return _clients[url]


@SOME
@given(text=ANY_TEXT)
def test_a_log_record_is_one_line_whatever_it_says(text: str) -> None:
    lines = logged(text)

    assert len(lines) == 2
    assert json.loads(lines[0])["value"] == text
    assert json.loads(lines[1])["logger"] == "library"


def logged(text: str) -> list[str]:
    """What our logger and a library's write about a text."""
    stream = StringIO()
    before: Any = structlog.get_config()
    handlers = logging.getLogger().handlers[:]
    try:
        with redirect_stderr(stream):
            configure_logging("tests")
            get_logger("tests").warning("told", value=text)
            logging.getLogger("library").warning("said %s", text)
    finally:
        structlog.configure(**before)
        logging.getLogger().handlers[:] = handlers
    return stream.getvalue().removesuffix("\n").split("\n")
