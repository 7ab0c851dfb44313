"""What happens before and after every request: language, correlation, foreign forms, headers, one log line.

Every page and call pays for this, so it avoids what Flask and Werkzeug make dear: header by header with
checks, a signer per request, context proxies.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import flask
from flask import Flask, Request, Response, g, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFError
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from shared import language
from shared.identifiers import new_id
from shared.observability import begin_correlation, end_correlation, get_logger
from shared.web.auth import policy_of
from shared.web.context import EXTENSION, Runtime
from shared.web.problems import Problem, wants_problem
from shared.web.requests_counted import EXTENSION as REQUESTS
from shared.web.requests_counted import NO_ROUTE, RequestCounts

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

LANGUAGE_COOKIE = "treffpunkt_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600  # seconds
SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")

# On every answer that does not say otherwise.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; frame-src 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Permitted-Cross-Domain-Policies": "none",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}

log = get_logger("web")


def standing_headers(*, secure: bool) -> dict[str, str]:
    """What every answer says; *secure*: browsers come by https alone."""
    return HEADERS | HSTS if secure else HEADERS


class StandingHeaders:
    """Adds the headers that are always the same, at the border of the application."""

    def __init__(self, application: WSGIApplication, *, secure: bool) -> None:
        self._application = application
        standing = standing_headers(secure=secure).items()
        self._standing = [(name.lower(), (name, value)) for name, value in standing]

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer as the application does."""

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            given = {name.lower() for name, _ in headers}
            more = [header for name, header in self._standing if name not in given]
            return start_response(status, headers + more, exc_info)

        return self._application(environ, start)


class FormSessions(SecureCookieSessionInterface):
    """Flask's signed cookie, without the work where there is none: most visitors never get one."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of the cookie, or a new one."""
        if self.get_cookie_name(app) not in request.environ.get("HTTP_COOKIE", ""):
            return self.session_class()
        return super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set the cookie if somebody looked into the session."""
        if session.accessed or session.modified:
            super().save_session(app, session, response)


def add_hooks(app: Flask) -> None:
    """Put all this in force for *app*."""
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_forget)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    identifier = given if _REQUEST_ID.fullmatch(given) else str(new_id())
    g.began = (time.perf_counter(), identifier, begin_correlation(identifier))
    language.set_language(_wished_language(request))
    # No text column of PostgreSQL takes NUL, so nothing is ever found under such an address.
    if "\0" in request.path or b"%00" in request.query_string:
        flask.abort(404)
    if request.method not in SAFE_METHODS and not wants_problem():
        _refuse_foreign_request()
        _check_csrf_token()


def _wished_language(incoming: Request) -> str:
    wished = incoming.args.get("lang") if incoming.query_string else None
    if wished is None and "HTTP_COOKIE" in incoming.environ:
        wished = incoming.cookies.get(LANGUAGE_COOKIE)
    if wished in language.LANGUAGES:
        return wished
    default: str = flask.current_app.extensions[EXTENSION].settings.language
    accepted = incoming.environ.get("HTTP_ACCEPT_LANGUAGE")
    return (_best_language(accepted) if accepted else None) or default


@lru_cache(maxsize=256)
def _best_language(accepted: str) -> str | None:
    return parse_accept_header(accepted, LanguageAccept).best_match(language.LANGUAGES)


def _refuse_foreign_request() -> None:
    """No other site's form or script changes anything here, whatever cookies the browser adds."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        foreign = site not in {"same-origin", "none"}
    else:
        origin = request.headers.get("Origin", "null")
        foreign = origin != "null" and _host_of(origin) != request.host
    if foreign:
        raise Problem(
            403,
            "foreign-origin",
            language.gettext("Please open the page here and send the form again."),
        )


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # no address at all
        return None


def _check_csrf_token() -> None:
    view = flask.current_app.view_functions.get(request.endpoint or "")
    policy = policy_of(view) if view else None
    if policy is None or not policy.csrf:
        return
    try:
        flask.current_app.extensions["treffpunkt_csrf"].protect()
    except CSRFError as error:
        text = language.gettext(
            "The form was open too long. Please go back, reload the page and send it again."
        )
        raise Problem(400, "form-expired", text) from error


def _finish(response: Response) -> Response:
    own: Runtime = flask.current_app.extensions[EXTENSION]
    if request.query_string and request.args.get("lang") in language.LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            request.args["lang"],
            max_age=LANGUAGE_COOKIE_AGE,
            samesite="Lax",
            httponly=True,
            secure=own.settings.cookies_secure,
        )
    began, identifier, _ = g.get("began") or (time.perf_counter(), "", None)
    response.headers.add("X-Request-ID", identifier)
    rule = request.url_rule
    took = time.perf_counter() - began
    own_counts: RequestCounts = flask.current_app.extensions[REQUESTS]
    own_counts.add(rule.rule if rule else NO_ROUTE, response.status_code, took)
    log.info(
        "request",
        service=own.service,
        method=request.method,
        route=rule.rule if rule else None,
        status=response.status_code,
        ms=round(took * 1000, 1),
    )
    return response


def _forget(_error: BaseException | None) -> None:
    began = g.pop("began", None)
    if began is not None:
        end_correlation(began[2])
