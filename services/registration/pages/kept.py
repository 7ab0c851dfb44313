"""Public pages kept for a second per process, in front of the app: as fast as an empty page.

What a page shows depends on its path and the reader's language only. It is forgotten by time alone, so a
page is at most a second old; the sign-up itself never looks here.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterable
from typing import Any

Headers = list[tuple[str, str]]
Kept = tuple[float, str, Headers, bytes]  # until when, ETag, headers, body
KEEP = 1.0  # seconds
MOST = 500  # pages; a reader's odd language header must not fill the memory
_LANGUAGE = re.compile(r"(?:^|;\s*)treffpunkt_language=([a-z]{2})")
_PATHS = re.compile(r"/(?:networks/[^/]+|meetings/[^/]+(?:/register)?)?")
_OWN = {"x-request-id", "date", "etag", "cache-control", "vary"}


class KeptPages:
    """WSGI middleware for anonymous GETs of public pages."""

    def __init__(
        self,
        app: Callable[..., Any],
        clock: Callable[[], float] = time.monotonic,
        count: Callable[[], None] = lambda: None,
    ) -> None:
        self._app = app
        self._count = count  # called for each answer from memory
        self._clock = clock
        self._kept: dict[tuple[str, str, str], Kept] = {}

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """Answer from memory, or let the app answer and keep that."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        path = environ["PATH_INFO"]
        if not _PATHS.fullmatch(path):
            return self._app(environ, start_response)  # type: ignore[no-any-return]
        cookie = environ.get("HTTP_COOKIE", "")
        chosen = _LANGUAGE.search(cookie) if cookie else None
        key = (path, environ.get("HTTP_ACCEPT_LANGUAGE", ""), chosen[1] if chosen else "")
        now = self._clock()
        kept = self._kept.get(key)
        if kept is None or kept[0] < now:
            return self._rendered(key, environ, start_response, now)
        self._count()
        return _answer(kept, environ, start_response)

    def _rendered(
        self,
        key: tuple[str, str, str],
        environ: dict[str, Any],
        start_response: Callable[..., Any],
        now: float,
    ) -> Iterable[bytes]:
        """Let the app answer; keep a page that everybody may see."""
        answer: list[Any] = []

        def begin(status: str, headers: Headers, exc_info: Any = None) -> Any:
            answer[:] = [status, headers, exc_info]
            return lambda _data: None

        result = self._app(environ, begin)
        try:
            parts = list(result)
        finally:
            if hasattr(result, "close"):
                result.close()
        status, headers, exc_info = answer
        names = {name.lower() for name, _value in headers}
        if not status.startswith("200") or "set-cookie" in names:
            start_response(status, headers, exc_info)
            return parts
        body = b"".join(parts)
        tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        kept_headers = [
            pair for pair in headers if pair[0].lower() not in _OWN | {"content-length"}
        ]
        kept_headers += [
            ("ETag", tag),
            ("Cache-Control", "no-cache"),
            ("Vary", "Accept-Language, Cookie"),
        ]
        kept: Kept = (now + KEEP, tag, kept_headers, body)
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[key] = kept
        return _answer(kept, environ, start_response)


def _answer(
    kept: Kept, environ: dict[str, Any], start_response: Callable[..., Any]
) -> Iterable[bytes]:
    _until, tag, headers, body = kept
    if tag in environ.get("HTTP_IF_NONE_MATCH", ""):
        same = [header for header in headers if header[0].lower() != "content-type"]
        start_response("304 NOT MODIFIED", same)
        return []
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]
