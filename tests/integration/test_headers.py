"""The headers that keep browsers from being used against people: on every answer of every service."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from http.client import HTTPResponse
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from services.notifications.app import create_app as notifications
from services.registration.app import create_app as registration
from services.scheduling.app import create_app as scheduling
from shared.settings import Settings
from shared.web.app import MAX_BODY
from shared.web.context import EXTENSION
from shared.web.every_request import HEADERS
from tests.databases import Servers
from tests.integration.registration_stories import publish
from tests.stack import Stack

EXACT = {
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Strict-Transport-Security": "max-age=31536000",
}
OWN_FRAMES = {"'none'", "'self'"}
ID = "0199a0b1-0000-7000-8000-000000000000"


@pytest.fixture
def apps(servers: Servers, make_settings: Callable[..., Settings]) -> Iterator[dict[str, Flask]]:
    """All three, as under https."""
    urls = {f"{name}_database_url": url for name, url in servers.urls.items()}
    settings = make_settings(base_url="https://treffpunkt.example", **urls)
    for name in servers.urls:
        servers.database(name)
    makers = {"": registration, "/scheduling": scheduling, "/notifications": notifications}
    apps = {prefix: make(settings) for prefix, make in makers.items()}
    yield apps
    for app in apps.values():
        app.extensions[EXTENSION].database.close()


def problems_of(answer: TestResponse) -> list[str]:
    """What is missing or weak."""
    answer.close()
    found = [name for name, value in EXACT.items() if answer.headers.getlist(name) != [value]]
    rules = dict(
        part.split(None, 1)
        for part in answer.headers.get("Content-Security-Policy", "").split("; ")
    )
    if rules.get("default-src") != "'none'" or rules.get("frame-ancestors") not in OWN_FRAMES:
        found.append("Content-Security-Policy")
    if any("unsafe" in rule or "*" in rule for name, rule in rules.items() if name != "style-src"):
        found.append("Content-Security-Policy allows too much")
    if answer.headers.get("Referrer-Policy") not in {"same-origin", "no-referrer"}:
        found.append("Referrer-Policy")
    if not answer.headers.get("Cache-Control"):
        found.append("Cache-Control")
    return found + [cookie for cookie in answer.headers.getlist("Set-Cookie") if is_open(cookie)]


def is_open(cookie: str) -> bool:
    """Whether scripts or plain connections would see it."""
    return not {"secure", "httponly"} <= {part.strip().lower() for part in cookie.split(";")}


def address_of(rule: Any) -> str:
    """An address that leads to *rule*."""
    words: dict[str, Any] = {}
    for name, converter in rule._converters.items():
        kind = type(converter).__name__
        words[name] = ID if "UUID" in kind else 1 if "Integer" in kind else "x"
    if rule.endpoint == "static":
        words["filename"] = "site.css"
    return str(rule.build(words)[1])


def test_every_route_answers_with_every_header(apps: dict[str, Flask]) -> None:
    found = []
    number = 0
    for app in apps.values():
        for rule in app.url_map.iter_rules():
            for method in ("GET", "POST", "DELETE", "HEAD"):
                number += 1
                answer = app.test_client().open(address_of(rule), method=method)
                found += [f"{method} {rule.rule} {answer.status}: {p}" for p in problems_of(answer)]

    assert found == []
    assert number > 400


@pytest.mark.parametrize("prefix", ["", "/scheduling", "/notifications"])
def test_errors_before_any_view_have_them_too(apps: dict[str, Flask], prefix: str) -> None:
    client = apps[prefix].test_client()
    answers = [
        client.get(f"{prefix}/nothing"),
        client.get(f"{prefix}/api/v1/nothing"),
        client.get(f"{prefix}/static/nothing.css"),
        client.open(f"{prefix}/api/openapi.json", method="TRACE"),
        client.get(f"{prefix}/nothing%00"),
        client.post(f"{prefix}/nothing", headers={"Origin": "https://evil.example"}),
        client.post(f"{prefix}/api/v1/nothing", data=b"x" * (MAX_BODY + 1)),
        client.options(f"{prefix}/health/live"),
    ]

    assert [problems_of(answer) for answer in answers] == [[]] * len(answers)


def test_what_is_not_sent_again_repeats_them(
    apps: dict[str, Flask], registration_database: Any
) -> None:
    publish(registration_database)
    client = apps[""].test_client()

    for path in ("/meetings/treffen", "/static/site.css"):
        with client.get(path) as first:
            tag = first.headers["ETag"]
        answer = client.get(path, headers={"If-None-Match": tag})

        assert answer.status_code == 304
        assert problems_of(answer) == []


def test_errors_on_our_side_have_them(
    servers: Servers, make_settings: Callable[..., Settings]
) -> None:
    settings = make_settings(
        base_url="https://treffpunkt.example",
        registration_database_url="postgresql://nobody@127.0.0.1:1/nothing",
    )
    client: FlaskClient = registration(settings).test_client()

    for path in ("/", "/api/v1/meetings", "/health/ready"):
        answer = client.get(path)

        assert answer.status_code == 503
        assert problems_of(answer) == []


def spoken(stack: Stack, request: bytes) -> HTTPResponse:
    """The answer to these very bytes."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as connection:
        connection.sendall(request + b"\r\nHost: 127.0.0.1\r\n\r\n")
        answer = HTTPResponse(connection)
        answer.begin()
        answer.read()
    return answer


@pytest.mark.parametrize("prefix", [b"/x", b"/nothing-like-it"])
def test_no_visitor_says_where_the_application_begins(stack: Stack, prefix: bytes) -> None:
    answer = spoken(stack, b"GET /x/metrics HTTP/1.1\r\nSCRIPT_NAME: " + prefix)

    assert answer.status == 404


def test_an_origin_that_is_no_address_is_a_foreign_one(stack: Stack) -> None:
    request = b"POST /meetings/nothing/register HTTP/1.1\r\nContent-Length: 0\r\nOrigin: http://["

    assert spoken(stack, request).status == 403


def test_what_is_no_request_is_not_quoted_in_the_log(stack: Stack) -> None:
    assert spoken(stack, b"GET /search?q=Erika Muster HTTP/1.1").status == 400

    log = (stack.data_dir / "log/web.log").read_text()
    assert "Invalid request" in log
    assert "Muster" not in log
    assert "ip=" not in log


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"NOT/A METHOD / HTTP/1.1", 400),
        (b"GET /" + 5000 * b"x" + b" HTTP/1.1", 414),
        (b"GET / HTTP/1.1\r\nbad header: 1", 400),
        (b"GET / HTTP/9.9", 400),
    ],
)
def test_what_is_no_request_is_answered_with_them_too(
    stack: Stack, request_line: bytes, status: int
) -> None:
    answer = spoken(stack, request_line)

    assert answer.status == status
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
