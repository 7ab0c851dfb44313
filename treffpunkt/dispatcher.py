"""One WSGI application in front of the three services, chosen by path prefix; nothing is rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

ROOT_SERVICE = "registration"


class Dispatcher:
    """/scheduling/… and /notifications/… to their services, everything else to registration."""

    def __init__(self, applications: Mapping[str, WSGIApplication]) -> None:
        self._default = applications[ROOT_SERVICE]
        self._by_prefix = {k: app for k, app in applications.items() if k != ROOT_SERVICE}

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Hand the request to the service that owns its path."""
        prefix = environ.get("PATH_INFO", "").removeprefix("/").partition("/")[0]
        return self._by_prefix.get(prefix, self._default)(environ, start_response)
