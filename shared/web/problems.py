"""Errors as people and programs get them: problem+json (RFC 9457) in the API, a calm page elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, json, render_template, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from shared.database import is_unavailable
from shared.links import BadLink
from shared.observability import correlation_id, get_logger
from shared.web.context import EXTENSION, runtime

RETRY_AFTER = "5"  # seconds
NAMES_OF_NETWORKS = ("slug", "meeting_id", "network_id")  # parts of paths
LAST_TELEPHONE = "treffpunkt_last_telephone"
# What was refused for the moment alone can be sent once more from the page that says so.
FOR_THE_MOMENT = {429, 503}
SECRET_FIELDS = re.compile("password|code")

log = get_logger("web")


class Problem(HTTPException):
    """An error with a stable *kind*, a text in the reader's language, and messages by field."""

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = status
        self.kind = kind
        self.errors = errors
        self.extra_headers = dict(headers or {})


def wants_problem() -> bool:
    """Whether this request belongs to the JSON API."""
    prefix: str = current_app.extensions[EXTENSION].prefix
    return request.path.startswith(f"{prefix}/api/")


def problem_response(
    status: int,
    kind: str,
    detail: str,
    *,
    errors: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    phone: str | None = None,
) -> Response:
    """An application/problem+json answer."""
    body: dict[str, Any] = {
        "type": f"urn:treffpunkt:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": f"urn:treffpunkt:request:{correlation_id()}",
    }
    if errors:
        body["errors"] = errors
    if phone:
        body["telephone"] = phone
    response = Response(json.dumps(body), status, content_type="application/problem+json")
    response.headers.update(headers or {})
    return response


def answer_http_error(error: HTTPException) -> Response:
    """Any HTTP error, in the form the caller understands."""
    status = error.code or 500
    if error.response is not None or status < HTTPStatus.BAD_REQUEST:
        return error.get_response()  # type: ignore[return-value]
    headers = _headers_of(error)
    if wants_problem():
        return problem_response(
            status,
            getattr(error, "kind", HTTPStatus(status).name.lower().replace("_", "-")),
            error.description or HTTPStatus(status).phrase,
            errors=_field_errors(error),
            headers=headers,
            phone=telephone() if status == HTTPStatus.TOO_MANY_REQUESTS else None,
        )
    text = error.description if isinstance(error, Problem) else None
    return _page("error.html", status, headers, code=status, text=text)


def _headers_of(error: HTTPException) -> dict[str, str]:
    headers = dict(getattr(error, "extra_headers", {}))
    skipped = {"content-type", "content-length"}
    for name, value in error.get_headers():
        if name.lower() not in skipped:
            headers.setdefault(name, value)
    return headers


def _field_errors(error: HTTPException) -> Mapping[str, Any] | None:
    if isinstance(error, Problem):
        return error.errors
    data = getattr(error, "data", None) or {}
    messages = data.get("messages") or data.get("errors")
    if isinstance(messages, dict) and len(messages) == 1:
        (place,) = messages
        if place in {"json", "query", "form", "headers", "path", "query_and_json"}:
            inner = messages[place]
            return inner if isinstance(inner, dict) else {"": inner}
    return messages


def telephone() -> str | None:
    """The number to call, also while the database is away (then the last one known).

    ``g.telephone_of`` names whose, where the path of the page does not: a network, meeting or slot.
    """
    own = runtime()
    if own.telephone is None:
        return None
    arguments = request.view_args or {}
    named = [str(arguments[name]) for name in NAMES_OF_NETWORKS if name in arguments]
    whose = g.get("telephone_of") or next(iter(named), None)
    known: dict[str, str | None] = current_app.extensions.setdefault(LAST_TELEPHONE, {})
    try:
        with own.database.reading() as session:
            known["number"] = own.telephone(session, whose)
    except Exception as error:
        if not is_unavailable(error):
            raise
    return known.get("number")


def _page(template: str, status: int, headers: Mapping[str, str], **values: Any) -> Response:
    response = Response(
        render_template(
            template,
            reference=correlation_id(),
            phone=telephone(),
            again=_typed_again(status),
            **values,
        ),
        status,
        mimetype="text/html",
    )
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _typed_again(status: int) -> list[tuple[str, str]]:
    """The fields of a form that was refused for the moment, so that nothing that was typed is lost."""
    if status not in FOR_THE_MOMENT or request.method != "POST":
        return []
    try:
        fields = list(request.form.items(multi=True))
    except HTTPException:
        return []
    return [] if any(SECRET_FIELDS.search(name) for name, _value in fields) else fields


def answer_bad_link(_error: BadLink) -> Response:
    """An unknown or tampered link: one friendly page that says what to do."""
    if wants_problem():
        return problem_response(404, "unknown-link", "This link is not known here.")
    return _page("link_problem.html", 404, {}, problem="unknown")


def answer_too_deep(_error: RecursionError) -> Response:
    """JSON nested beyond what the parser follows."""
    return answer_http_error(Problem(400, "not-json", "The body is nested too deeply."))


def answer_exception(error: Exception) -> Response:
    """Anything else: 503 while the database is away, else 500; never a stack trace."""
    if is_unavailable(error):
        log.warning("database_unavailable", error=type(error).__name__)
        headers = {"Retry-After": RETRY_AFTER}
        if wants_problem():
            detail = "The database is away for a moment; nothing was saved."
            return problem_response(503, "unavailable", detail, headers=headers)
        return _page("error.html", 503, headers, code=503)
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    if wants_problem():
        return problem_response(500, "internal-error", "Something went wrong on our side.")
    return _page("error.html", 500, {}, code=500)


def register_error_handlers(app: Flask) -> None:
    """Answer all errors of *app* here."""
    app.register_error_handler(HTTPException, answer_http_error)
    app.register_error_handler(BadLink, answer_bad_link)
    app.register_error_handler(RecursionError, answer_too_deep)
    app.register_error_handler(Exception, answer_exception)
    app.register_error_handler(RequestEntityTooLarge, answer_http_error)
