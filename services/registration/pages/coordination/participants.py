"""The participants tab of a meeting: the list with its filters, and the list to print."""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request
from sqlalchemy.orm import Session

from services.registration.models import Meeting
from services.registration.pages.coordination.base import (
    blueprint,
    meeting_or_404,
    sort_urls,
    with_filters,
)
from services.registration.queries import participants as queries
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.paging import page_number
from shared.web.auth import coordinators
from shared.web.caretaker import caretaker_sentence
from shared.web.context import reading

MAX_WORDS = 100
SPARE_ROWS = 5  # of the printed list, for guests whom nobody announced


def wanted_by_request(meeting: Meeting, *, state: str = "") -> queries.Wanted:
    """The filters of the address, *state* where it names none; what makes no sense is left out."""
    slots = {slot.id for slot in meeting.slots}
    slot_id = parse_id(request.args.get("slot", ""))
    state = request.args.get("state") or state
    sort = request.args.get("sort", "")
    return queries.Wanted(
        meeting_id=meeting.id,
        q=request.args.get("q", "").strip()[:MAX_WORDS],
        state=state if state in (*queries.STATES, queries.ACTIVE) else "",
        slot_id=slot_id if slot_id in slots else None,
        sort=sort if sort in queries.SORTS else "company",
    )


@blueprint.get("/meetings/<uuid:meeting_id>")
@coordinators("viewer")
def participants(meeting_id: UUID) -> str:
    with reading() as session:
        meeting = meeting_or_404(session, meeting_id)
        wanted = wanted_by_request(meeting, state=queries.ACTIVE)
        page = queries.participants(session, wanted, number=page_number(request.args))
        seats = _seats(session, meeting)
        return render_template(
            "coordination/participants.html",
            tab="participants",
            meeting=meeting,
            wanted=wanted,
            page=page,
            counts=queries.count_by_state(session, meeting.id),
            seats=seats,
            states=queries.STATES,
            caretaker=_caretaker(meeting, seats),
            sort_url=sort_urls(wanted.sort),
            with_filters=with_filters,
        )


def _seats(session: Session, meeting: Meeting) -> dict[str, int]:
    slots = [slot for slot in meeting.slots if not slot.removed]
    return {
        "capacity": sum(slot.capacity for slot in slots),
        "taken": sum(slot.taken for slot in slots),
        "held": min(queries.held_seats(session, meeting.id), sum(slot.taken for slot in slots)),
        "waiting": sum(slot.waiting_seats for slot in slots),
    }


def _caretaker(meeting: Meeting, seats: dict[str, int]) -> str:
    """What the caretaker needs to know; empty where nobody is to come."""
    if meeting.state != "published":
        return ""
    return caretaker_sentence(
        confirmed=seats["taken"] - seats["held"],
        taken=seats["taken"],
        starts_at=meeting.starts_at,
        tz=meeting.tz,
        room=str(meeting.venue.get("room") or ""),
    )


@blueprint.get("/meetings/<uuid:meeting_id>/list")
@coordinators("viewer")
def printed_list(meeting_id: UUID) -> str:
    """For signatures at the door: everybody who is expected, one line per person."""
    with reading() as session:
        meeting = meeting_or_404(session, meeting_id)
        wanted = wanted_by_request(meeting)
        expected = queries.Wanted(meeting_id=meeting.id, state="confirmed", slot_id=wanted.slot_id)
        registrations = list(queries.all_participants(session, expected))
    slots = [slot for slot in meeting.slots if not wanted.slot_id or slot.id == wanted.slot_id]
    sheets = [
        (slot, [registration for registration in registrations if registration.slot_id == slot.id])
        for slot in slots
    ]
    return render_template(
        "coordination/printed_list.html",
        heading=_("Attendance list"),
        meeting=meeting,
        sheets=[(slot, found) for slot, found in sheets if found],
        several=len(meeting.slots) > 1,
        spare_rows=SPARE_ROWS,
    )
