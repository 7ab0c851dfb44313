"""What all coordinators' pages share: the blueprint, what may be seen, filters in the address."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, abort, make_response, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.models import Meeting, Registration
from services.registration.queries.scope import meeting_in_scope, registration_in_scope
from shared.web.auth import current_scope

blueprint = Blueprint("coordination", __name__, url_prefix="/coordination")


def my_networks() -> Collection[UUID] | None:
    """The networks whose data she may see; None for all."""
    return current_scope().network_ids


def meeting_or_404(session: Session, meeting_id: UUID) -> Meeting:
    """The meeting, or the page that says it is not published (or not hers)."""
    meeting = meeting_in_scope(session, meeting_id, my_networks())
    if meeting is None:
        abort(_not_published(meeting_id))
    return meeting


def _not_published(meeting_id: UUID) -> Response:
    page = render_template("coordination/not_published.html", meeting_id=meeting_id)
    return make_response(page, 404)


def registration_or_404(session: Session, registration_id: UUID) -> Registration:
    """The registration with meeting, slot and attendees, if it is hers to see."""
    registration = registration_in_scope(session, registration_id, my_networks())
    if registration is None:
        abort(404)
    return registration


def sort_urls(current: str) -> Callable[[str], str]:
    """Where a press on a table's head leads: the same list, sorted by it, a second time in reverse."""

    def url(key: str) -> str:
        arguments = request.args.to_dict()
        arguments.pop("page", None)
        arguments["sort"] = f"-{key}" if current == key else key
        return f"?{urlencode(arguments)}"

    return url


def with_filters(**changed: Any) -> str:
    """The query string of this list with *changed* filters, from its first page."""
    arguments = {**request.args.to_dict(), **changed}
    arguments.pop("page", None)
    kept = {name: value for name, value in arguments.items() if value not in ("", None)}
    return f"?{urlencode(kept)}" if kept else "?"
