"""Published meetings."""

from __future__ import annotations

from typing import Any

from services.registration.domain.refusals import UnknownError
from services.registration.queries import meetings as queries
from services.registration.schemas.meetings import MeetingOutSchema, MeetingsQuerySchema
from shared.clock import now
from shared.identifiers import parse_id
from shared.web.api import Blueprint, pagination_header
from shared.web.auth import public
from shared.web.context import reading

blueprint = Blueprint("meetings_api", __name__, url_prefix="/api/v1")


@blueprint.get("/meetings")
@public
@blueprint.arguments(MeetingsQuerySchema, location="query")
@blueprint.response(200, MeetingOutSchema(many=True))
def list_meetings(query: dict[str, Any]) -> Any:
    """Published meetings that are not over, soonest first; those by invitation are not listed."""
    wanted = {
        "network_id": query["network_id"],
        "number": query["page"],
        "size": query["page_size"],
    }
    with reading() as session:
        page = queries.upcoming(session, now(), **wanted)
    return page.rows, 200, {"X-Pagination": pagination_header(page)}


@blueprint.get("/meetings/<string:meeting>")
@public
@blueprint.response(200, MeetingOutSchema)
def show_meeting(meeting: str) -> Any:
    """One meeting by id or address (slug); a cancelled one says so in ``state``."""
    identifier = parse_id(meeting)
    with reading() as session:
        found = queries.by_id(session, identifier) if identifier else None
        found = found or queries.by_slug(session, meeting)
    if found is None:
        raise UnknownError(meeting)
    return found
