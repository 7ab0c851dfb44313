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
    page, size, network_id = query["page"], query["page_size"], query["network_id"]
    moment = now()
    with reading() as session:
        found = queries.upcoming(
            session, moment, network_id=network_id, limit=size, offset=(page - 1) * size
        )
        total = queries.count_upcoming(session, moment, network_id)
    header = pagination_header(page=page, page_size=size, total=total, total_is_exact=True)
    return list(found), 200, {"X-Pagination": header}


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
