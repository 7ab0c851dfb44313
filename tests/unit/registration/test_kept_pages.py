"""Public pages kept for a second: by path and language, forgotten by time, never what is personal."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from services.registration.pages.kept import KEEP, KeptPages


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Counting:
    """An application that says how often it was asked."""

    def __init__(self, status: str = "200 OK", **headers: str) -> None:
        self.asked = 0
        self._status = status
        self._headers = list(headers.items())

    def __call__(self, _environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.asked += 1
        start_response(self._status, [("Content-Type", "text/html"), *self._headers])
        return [f"page {self.asked}".encode()]


def ask(
    pages: KeptPages, path: str = "/meetings/x", **more: str
) -> tuple[str, dict[str, str], str]:
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
        said.update(status=status, headers=dict(headers))

    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", **more}
    body = b"".join(pages(environ, start)).decode()
    return said["status"], said["headers"], body


def test_a_page_is_rendered_once_a_second() -> None:
    clock = Clock()
    pages = KeptPages(Counting(), clock)
    assert [ask(pages)[2] for _ in range(3)] == ["page 1"] * 3
    clock.now += KEEP + 0.01
    assert ask(pages)[2] == "page 2"


def test_each_language_has_its_own_page() -> None:
    pages = KeptPages(Counting(), Clock())
    german = ask(pages, HTTP_COOKIE="a=b; treffpunkt_language=de")[2]
    english = ask(pages, HTTP_COOKIE="treffpunkt_language=en; a=c")[2]
    accepted = ask(pages, HTTP_ACCEPT_LANGUAGE="en")[2]
    assert len({german, english, accepted}) == 3
    assert ask(pages, HTTP_COOKIE="treffpunkt_language=de")[2] == german


def test_an_unchanged_page_is_not_sent_again() -> None:
    pages = KeptPages(Counting(), Clock())
    tag = ask(pages)[1]["ETag"]
    status, headers, body = ask(pages, HTTP_IF_NONE_MATCH=f"W/{tag}")
    assert (status, body, headers["ETag"]) == ("304 NOT MODIFIED", "", tag)
    assert ask(pages, HTTP_IF_NONE_MATCH='"other"')[0] == "200 OK"


def test_what_is_not_for_everybody_is_not_kept() -> None:
    for app in (
        Counting(**{"Set-Cookie": "a=b"}),
        Counting("404 NOT FOUND"),
        Counting("303 SEE OTHER"),
    ):
        pages = KeptPages(app, Clock())
        assert [ask(pages)[2], ask(pages)[2]] == ["page 1", "page 2"]


def test_private_paths_queries_and_posts_go_to_the_app() -> None:
    pages = KeptPages(Counting(), Clock())
    asked = [
        ask(pages, "/registrations/manage/x"),
        ask(pages, "/coordination/"),
        ask(pages, QUERY_STRING="lang=de"),
        ask(pages, REQUEST_METHOD="POST"),
    ]
    assert [body for _status, _headers, body in asked] == [f"page {n}" for n in range(1, 5)]


def test_odd_language_headers_do_not_fill_the_memory() -> None:
    pages = KeptPages(Counting(), Clock())
    for number in range(1200):
        ask(pages, HTTP_ACCEPT_LANGUAGE=f"x-{number}")
    assert len(pages._kept) <= 500
