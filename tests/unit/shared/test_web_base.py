"""What all pages and calls have in common: language, headers, errors, bodies."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask import Blueprint, request
from flask.testing import FlaskClient

from shared.language import current_language, speaking
from shared.web.api import Blueprint as ApiBlueprint
from shared.web.app import MAX_BODY, WebService, create_web_app, template_filters
from shared.web.auth import public
from tests.factories import make_settings

pages = Blueprint("words", __name__)
calls = ApiBlueprint("calls", __name__)


@pages.route("/word")
@public
def word() -> str:
    return current_language()


@pages.route("/broken")
@public
def broken() -> str:
    raise ZeroDivisionError("a secret of the code")


@calls.route("/api/v1/things", methods=["GET", "POST"])
@public
def things() -> dict[str, str]:
    request.get_data()
    return {}


@calls.route("/api/v1/broken")
@public
def broken_call() -> str:
    raise ZeroDivisionError("a secret of the code")


@calls.route("/api/v1/deep", methods=["POST"])
@public
def deep() -> dict[str, str]:
    json.loads(request.get_data())
    return {}


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    """An app without a database."""
    service = WebService(
        name="registration",
        package="services.registration",
        prefix="",
        title="Words",
        coordinator_lookup=lambda _session, _identifier: None,
        pages=[pages],
        api=[calls],
    )
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    return create_web_app(service, make_settings(registration_database_url=url)).test_client(
        use_cookies=False
    )


@pytest.mark.parametrize(
    ("wished", "spoken"),
    [
        (None, "de"),
        ("en", "en"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("fr,en;q=0.5", "en"),
        ("fr-FR,fr;q=0.9", "de"),
        ("de-AT", "de"),
        ("*", "de"),
        ("", "de"),
        (";;q=x,\t,", "de"),
    ],
)
def test_pages_speak_the_best_language_of_the_browser(
    client: FlaskClient, wished: str | None, spoken: str
) -> None:
    headers = {} if wished is None else {"Accept-Language": wished}

    assert client.get("/word", headers=headers).text == spoken


def test_a_chosen_language_wins_and_is_kept(client: FlaskClient) -> None:
    answer = client.get("/word?lang=en", headers={"Accept-Language": "de"})

    assert answer.text == "en"
    cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert client.get("/word", headers={"Cookie": cookie}).text == "en"


def test_an_unknown_chosen_language_changes_nothing(client: FlaskClient) -> None:
    answer = client.get("/word?lang=tlh")

    assert answer.text == "de"
    assert "Set-Cookie" not in answer.headers


def test_one_request_leaves_no_language_to_the_next(client: FlaskClient) -> None:
    client.get("/word?lang=en")

    assert client.get("/word").text == "de"


@pytest.mark.parametrize("path", ["/word", "/nothing", "/broken", "/api/v1/things", "/api/nothing"])
def test_every_answer_carries_the_safety_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers

    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("DELETE", "/api/v1/things", 405),
        ("GET", "/api/v1/broken", 500),
    ],
)
def test_errors_of_the_api_are_problems(
    client: FlaskClient, method: str, path: str, status: int
) -> None:
    answer = client.open(path, method=method)

    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"].startswith("urn:treffpunkt:problem:")
    assert "secret" not in answer.text


@pytest.mark.parametrize(("path", "status"), [("/nothing", 404), ("/broken", 500)])
def test_errors_of_pages_are_pages(client: FlaskClient, path: str, status: int) -> None:
    answer = client.get(path)

    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    assert answer.headers["X-Request-ID"] in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", None]
)
def test_a_body_that_is_not_json_is_refused(client: FlaskClient, content_type: str | None) -> None:
    answer = client.post("/api/v1/things", data=b"a=b", content_type=content_type)

    assert answer.status_code == 415


def test_an_oversized_body_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post(
        "/api/v1/things", data=b" " * (MAX_BODY + 1), content_type="application/json"
    )

    assert answer.status_code in {200, 413}


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "a b c d e f g", "../../../etc", "<script>x</script>"]
)
def test_a_strange_request_id_is_replaced(client: FlaskClient, given: str) -> None:
    assert client.get("/word", headers={"X-Request-ID": given}).headers["X-Request-ID"] != given


@pytest.mark.parametrize("path", ["/word%00", "/%00", "/api/v1/things?q=a%00b"])
def test_what_no_table_can_hold_is_not_found(client: FlaskClient, path: str) -> None:
    # The server decodes the path, we decode the query.
    path, _mark, query = path.partition("?")
    environ = {"PATH_INFO": path.replace("%00", "\0"), "QUERY_STRING": query}

    assert client.open(environ_overrides=environ).status_code == 404


def test_a_body_nested_without_end_is_refused(client: FlaskClient) -> None:
    answer = client.post("/api/v1/deep", data=b"[" * 100_000, content_type="application/json")

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"


def test_a_good_request_id_is_kept(client: FlaskClient) -> None:
    headers = {"X-Request-ID": "0199a0b1-aaaa-7000-8000-000000000001"}

    assert client.get("/word", headers=headers).headers["X-Request-ID"] == headers["X-Request-ID"]


def test_assets_are_addressed_by_their_content(client: FlaskClient) -> None:
    answer = client.get("/nothing")

    assert "site.css?v=" in answer.text


def test_the_process_lives_without_its_database(client: FlaskClient) -> None:
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize("path", ["/health/ready", "/metrics"])
def test_without_its_database_the_process_says_so(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 503


@pytest.mark.parametrize("name", ["time", "moment", "span"])
def test_a_line_never_breaks_before_the_word_of_the_clock(name: str) -> None:
    moment = datetime(2027, 2, 2, 14, tzinfo=UTC)
    moments = (moment, moment) if name == "span" else (moment,)

    with speaking("de"):
        assert template_filters()[name](*moments, "Europe/Berlin").endswith("15:00\u00a0Uhr")
