"""The pages of the mailbox and their JSON twin for tests."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, render_template, request

from shared.language import LANGUAGES, current_language, format_moment, set_language
from shared.language import gettext as _
from treffpunkt.mailbox.letter import Letter
from treffpunkt.mailbox.store import Store, Summary

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

PAGE_SIZE = 50
LARGEST_ANSWER = 10_000
PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A mail is a stranger's document: no scripts, nothing loaded, no access to this site.
MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
)
# The look is that of the product itself.
LOOK = Path(str(files("shared.web"))) / "static"
pages = Blueprint("mailbox", __name__, static_folder="static", static_url_path="/static")


def create_app(store: Store, *, language: str, time_zone: ZoneInfo, hosts: Sequence[str]) -> Flask:
    """The web page over *store*; answers only under the names in *hosts*."""
    app = Flask(__name__, static_folder=LOOK, static_url_path="/look")
    app.config["TRUSTED_HOSTS"] = list(hosts)
    app.extensions["mailbox"] = store
    app.jinja_env.globals |= {"_": _, "language": current_language}
    app.jinja_env.filters |= {"moment": lambda at: format_moment(at, time_zone)}
    app.before_request(
        lambda: set_language(request.accept_languages.best_match(LANGUAGES) or language)
    )
    app.after_request(_protect)
    app.register_blueprint(pages)
    return app


def _protect(response: AnyResponse) -> AnyResponse:
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/")
def overview() -> str:
    """All mails, newest first, in pages."""
    found = _chosen()
    last = max(1, math.ceil(len(found) / PAGE_SIZE))
    number = min(max(request.args.get("page", 1, type=int), 1), last)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "list.html", mails=shown, total=len(found), page=number, last=last, query=_query()
    )


@pages.get("/mails/<name>")
def mail(name: str) -> str:
    """One mail in one of its views."""
    letter = _letter(name)
    views = _views(letter)
    view = request.args.get("view", views[0])
    if view not in views:
        abort(404)
    return render_template("mail.html", mail=letter, name=name, view=view, views=views)


@pages.get("/mails/<name>/html")
def html(name: str) -> Response:
    """The HTML body alone, for the frame."""
    body = _letter(name).html
    if body is None:
        abort(404)
    return Response(body, mimetype="text/html", headers={"Content-Security-Policy": MAIL_POLICY})


@pages.get("/mails/<name>/source")
def source(name: str) -> Response:
    """The mail as it came."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.eml"'}
    return Response(_letter(name).source, mimetype="message/rfc822", headers=headers)


@pages.get("/mails/<name>/parts/<int:number>")
def part(name: str, number: int) -> Response:
    """One attachment."""
    found = _letter(name).part(number)
    if found is None:
        abort(404)
    about, content = found
    response = Response(content, mimetype=about.content_type)
    response.headers.set("Content-Disposition", "attachment", filename=about.name)
    return response


@pages.get("/api/mails")
def list_as_json() -> Response:
    """The list for tests: ?recipient=&kind=&registration=&limit=."""
    limit = request.args.get("limit", LARGEST_ANSWER, type=int)
    return jsonify([_line(summary) for summary in _chosen()[:limit]])


@pages.get("/api/mails/<name>")
def mail_as_json(name: str) -> Response:
    """One mail for tests."""
    letter = _letter(name)
    parts = [
        {"name": p.name, "type": p.content_type, "size": p.size, "number": p.number}
        for p in letter.parts
    ]
    return jsonify(
        headers=letter.headers,
        text=letter.text,
        html=letter.html,
        calendar=letter.calendar,
        parts=parts,
    )


def _store() -> Store:
    store: Store = current_app.extensions["mailbox"]
    return store


def _letter(name: str) -> Letter:
    content = _store().content(name)
    if content is None:
        abort(404)
    return Letter(content)


def _query() -> dict[str, str]:
    return {key: request.args.get(key, "").strip() for key in ("recipient", "kind", "registration")}


def _chosen() -> list[Summary]:
    query = _query()
    return [
        summary
        for summary in _store().summaries()
        if (not query["recipient"] or summary.is_for(query["recipient"]))
        and query["kind"] in {"", summary.kind}
        and query["registration"] in {"", summary.registration}
    ]


def _views(letter: Letter) -> list[str]:
    offered = {"html": letter.html, "text": letter.text, "calendar": letter.calendar}
    return [*(name for name, content in offered.items() if content is not None), "headers"]


def _line(summary: Summary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "received_at": summary.received_at.isoformat(),
        "sender": summary.sender,
        "recipients": summary.recipients,
        "subject": summary.subject,
        "kind": summary.kind,
        "registration": summary.registration,
        "message_id": summary.message_id,
        "size": summary.size,
    }
