"""Meetings: planned, published, moved, cancelled; and their roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.scheduling import queries
from services.scheduling.domain.refusals import conflict
from services.scheduling.queries import MeetingFilter
from services.scheduling.schemas.meetings import (
    CancelSchema,
    MeetingInSchema,
    MeetingOutSchema,
    MeetingPatchSchema,
)
from services.scheduling.schemas.roster import (
    MeetingsQuerySchema,
    RosterOutSchema,
    RosterQuerySchema,
)
from services.scheduling.use_cases import meetings
from services.scheduling.use_cases.plans import Edit
from services.scheduling.use_cases.rosters import RosterPage, roster_page
from shared.language import gettext as _
from shared.web.api import Blueprint, pagination_header
from shared.web.auth import coordinators, current_scope
from shared.web.context import reading, transaction

blueprint = Blueprint("meetings_api", __name__, url_prefix="/scheduling/api/v1/meetings")


@blueprint.post("")
@coordinators("coordinator")
@blueprint.arguments(MeetingInSchema)
@blueprint.response(201, MeetingOutSchema)
def create_meeting(data: dict[str, Any]) -> Any:
    """Plan a meeting; it is a draft until published."""
    with transaction() as session:
        return meetings.create_meeting(session, current_scope(), **data)


@blueprint.get("")
@coordinators("viewer")
@blueprint.arguments(MeetingsQuerySchema, location="query")
@blueprint.response(200, MeetingOutSchema(many=True))
def list_meetings(query: dict[str, Any]) -> Any:
    """The meetings of your networks, soonest first."""
    chosen = MeetingFilter(network_id=query.get("network_id"), state=query.get("state"))
    paging = {"page": query["page"], "page_size": query["page_size"]}
    with reading() as session:
        scope = current_scope()
        page = queries.meetings(session, scope, chosen, **paging)
    return page.rows, {"X-Pagination": pagination_header(page)}


@blueprint.get("/<uuid:meeting_id>")
@coordinators("viewer")
@blueprint.response(200, MeetingOutSchema)
def show_meeting(meeting_id: UUID) -> Any:
    """One meeting."""
    with reading() as session:
        return queries.meeting(session, current_scope(), meeting_id)


@blueprint.patch("/<uuid:meeting_id>")
@coordinators("coordinator")
@blueprint.arguments(MeetingPatchSchema)
@blueprint.response(200, MeetingOutSchema)
def edit_meeting(data: dict[str, Any], meeting_id: UUID) -> Any:
    """Edit a meeting. A new beginning moves slots, agenda, opening and closing along."""
    notify, revision = data.pop("notify"), data.pop("revision")
    edit = Edit(agenda=data.pop("agenda", None), details=data, notify=notify)
    with transaction() as session:
        scope = current_scope()
        if "network_id" in data:
            present = queries.meeting(session, scope, meeting_id).network_id
            if data.pop("network_id") != present:
                raise conflict("network", _("A meeting stays in its network."), field="network_id")
        outcome = meetings.edit_meeting(session, scope, meeting_id, edit, revision=revision)
        return outcome.meeting


@blueprint.post("/<uuid:meeting_id>/publish")
@coordinators("coordinator")
@blueprint.response(200, MeetingOutSchema)
def publish_meeting(meeting_id: UUID) -> Any:
    """Open the meeting for registration."""
    with transaction() as session:
        return meetings.publish_meeting(session, current_scope(), meeting_id)


@blueprint.post("/<uuid:meeting_id>/cancel")
@coordinators("coordinator")
@blueprint.arguments(CancelSchema, required=False)
@blueprint.response(200, MeetingOutSchema)
def cancel_meeting(data: dict[str, Any], meeting_id: UUID) -> Any:
    """Call the meeting off; everybody with a living claim is told."""
    with transaction() as session:
        scope = current_scope()
        return meetings.cancel_meeting(session, scope, meeting_id, reason=data["reason"])


@blueprint.get("/<uuid:meeting_id>/roster")
@coordinators("viewer")
@blueprint.arguments(RosterQuerySchema, location="query")
@blueprint.response(200, RosterOutSchema)
def show_roster(query: dict[str, Any], meeting_id: UUID) -> Any:
    """Who comes, by slot. Pages are counted in registrations."""
    part: dict[str, Any] = {"slot_id": query.get("slot_id"), "state": query.get("state")}
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        paging: dict[str, Any] = {"page": query["page"], "page_size": query["page_size"]}
        roster = roster_page(session, meeting, **paging, **part)
    return _shown(roster), {"X-Pagination": pagination_header(roster.page)}


def _shown(roster: RosterPage) -> dict[str, Any]:
    columns = ("id", "label", "starts_at", "ends_at", "capacity", "taken")
    entry_columns = ("registration_id", "company", "seats", "state", "contact_name", "on_behalf")
    return {
        "slots": [
            {
                **{name: getattr(slot, name) for name in columns},
                "confirmed": slot.confirmed_seats,
                "held": slot.held_seats,
                "waitlisted": slot.waitlisted_seats,
                "entries": [
                    {
                        **{name: getattr(entry, name) for name in entry_columns},
                        "attendees": roster.attendees(entry),
                    }
                    for entry in roster.entries.get(slot.id, ())
                ],
            }
            for slot in roster.slots
        ]
    }
