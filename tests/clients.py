"""A tiny client of the JSON API, on the standard library alone."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit


@dataclass(frozen=True)
class Answer:
    """What the server said."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    def expect(self, *statuses: int) -> Any:
        """The body of an answer with one of these statuses; AssertionError shows what came instead."""
        assert self.status in statuses, f"{self.status} {self.body[:2000]!r}"
        return self.json if self.body else None

    def problem(self, status: int) -> Any:
        """The body of an error, which has to be problem+json (RFC 9457)."""
        assert self.status == status, f"{self.status} {self.body[:2000]!r}"
        assert self.headers.get_content_type() == "application/problem+json"
        body = self.json
        assert body["status"] == status
        assert {"type", "title"} <= body.keys()
        return body


@dataclass(frozen=True)
class Api:
    """Calls to one installation; *token* goes along with each."""

    url: str
    token: str | None = None
    timeout: float = 30

    def having(self, token: str | None) -> Api:
        """The same for somebody else."""
        return replace(self, token=token)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        **query: str,
    ) -> Answer:
        """One request on a connection of its own; OSError and HTTPException if it is lost."""
        parts = urlsplit(self.url)
        assert parts.hostname
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=self.timeout)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        try:
            target = f"{path}?{urlencode(query)}" if query else path
            connection.request(method, target, data, self._headers(data, headers))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, path: str, **query: str) -> Answer:
        """GET."""
        return self.call("GET", path, **query)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """POST."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.call("POST", path, {} if body is None else body, headers=named)

    def patch(self, path: str, body: Any) -> Answer:
        """PATCH."""
        return self.call("PATCH", path, body)

    def put(self, path: str, body: Any) -> Answer:
        """PUT."""
        return self.call("PUT", path, body)

    def delete(self, path: str) -> Answer:
        """DELETE."""
        return self.call("DELETE", path)

    def _headers(self, data: bytes | None, given: dict[str, str] | None) -> dict[str, str]:
        headers = {"Accept": "application/json"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers | (given or {})
