"""The list of meetings, the overview of one, publishing and cancelling."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.scheduling import queries
from services.scheduling.domain.lifecycle import CANCELLED, PUBLISHED
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.models import Meeting
from services.scheduling.pages.desk import as_errors
from services.scheduling.pages.words import (
    cancelled_afterwards,
    cancelling_sentence,
    fact_rows,
    slot_words,
)
from services.scheduling.queries import MeetingFilter
from services.scheduling.use_cases import meetings
from services.scheduling.use_cases.rosters import roster_page
from shared.clock import now
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.paging import page_number
from shared.web.auth import coordinators, current_scope, may_edit
from shared.web.caretaker import caretaker_sentence
from shared.web.context import reading, settings, transaction
from shared.web.fields import clean_lines
from shared.web.forms import typed

blueprint = Blueprint("meetings", __name__, url_prefix="/scheduling/meetings")

MEETINGS_A_PAGE = 25
ENTRIES_A_PAGE = 50
LONGEST_REASON = 1000
ARRIVAL_BEFORE = timedelta(hours=12)


@blueprint.get("")
@coordinators("viewer")
def listing() -> str:
    """Upcoming or past meetings, by network and series."""
    past = request.args.get("when") == "past"
    chosen = MeetingFilter(
        network_id=parse_id(request.args.get("network", "")),
        series_id=parse_id(request.args.get("series", "")),
        ends_before=now() if past else None,
        ends_after=None if past else now(),
        latest_first=past,
    )
    number = page_number(request.args)
    with reading() as session:
        page = queries.meetings(
            session, current_scope(), chosen, page=number, page_size=MEETINGS_A_PAGE
        )
        networks = queries.networks(session, current_scope())
        return render_template(
            "meetings.html",
            meetings=page.rows,
            page=page,
            networks=networks,
            series=[series for network in networks for series in network.series],
            values=request.args,
            past=past,
            may_edit=may_edit(),
        )


@blueprint.get("/<uuid:meeting_id>")
@coordinators("viewer")
def overview(meeting_id: UUID) -> str:
    """Facts, numbers, who comes."""
    number = page_number(request.args)
    slot_id = parse_id(request.args.get("slot", ""))
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        part: dict[str, Any] = {"slot_id": slot_id}
        roster = roster_page(session, meeting, page=number, page_size=ENTRIES_A_PAGE, **part)
        begun = meeting.uses_from - ARRIVAL_BEFORE <= now()
        arrived = queries.checked_in(session, meeting.id) if begun else 0
        return render_template(
            "meeting_overview.html",
            meeting=meeting,
            numbers=_numbers(meeting),
            rows=fact_rows(meeting),
            slot_words=slot_words,
            roster=roster,
            page=roster.page,
            slot_id=slot_id,
            arrived=arrived,
            caretaker=_caretaker(meeting),
            public_url=f"{settings().base_url}/meetings/{meeting.slug}",
            over=meeting.ends_at <= now(),
            may_edit=may_edit(),
        )


def _caretaker(meeting: Meeting) -> str:
    """What the caretaker needs to know; empty where nobody is to come."""
    if meeting.state != "published":
        return ""
    return caretaker_sentence(
        confirmed=sum(slot.confirmed_seats for slot in meeting.slots),
        taken=sum(slot.taken for slot in meeting.slots),
        starts_at=meeting.starts_at,
        tz=meeting.time_zone,
        room=meeting.place,
    )


def _numbers(meeting: Meeting) -> dict[str, int]:
    names = (
        "confirmed_seats",
        "held_seats",
        "pending_seats",
        "waitlisted_seats",
        "capacity",
        "companies",
    )
    return {name: sum(getattr(slot, name) for slot in meeting.slots) for name in names}


@blueprint.get("/<uuid:meeting_id>/publish")
@coordinators("coordinator")
def show_publish(meeting_id: UUID) -> Response | str:
    """What will happen."""
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        if meeting.state != "draft":
            return redirect(f"/scheduling/meetings/{meeting_id}", 303)
        past = meeting.starts_at <= now()
        return render_template("meeting_publish.html", meeting=meeting, errors={}, past=past)


@blueprint.post("/<uuid:meeting_id>/publish")
@coordinators("coordinator")
def publish(meeting_id: UUID) -> Response:
    """Open it for registration."""
    try:
        with transaction() as session:
            meetings.publish_meeting(session, current_scope(), meeting_id)
    except RefusedError as refusal:
        flash(next(iter(as_errors(refusal).values()))[0], "danger")
    else:
        flash(_("Published. Registration is possible from now on."), "success")
    return redirect(f"/scheduling/meetings/{meeting_id}", 303)


@blueprint.get("/<uuid:meeting_id>/cancel")
@coordinators("coordinator")
def show_cancel(meeting_id: UUID) -> Response | str:
    """Who will be told."""
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        if meeting.state == CANCELLED:
            return redirect(f"/scheduling/meetings/{meeting_id}", 303)
        return _cancel_page(meeting, {}, {})


def _cancel_page(meeting: Meeting, values: dict[str, str], errors: dict[str, list[str]]) -> str:
    told = meetings.told_of_cancelling(meeting)
    return render_template(
        "meeting_cancel.html",
        meeting=meeting,
        values=values,
        errors=errors,
        told=told,
        sentence=cancelling_sentence(told),
        published=meeting.state == PUBLISHED,
    )


@blueprint.post("/<uuid:meeting_id>/cancel")
@coordinators("coordinator")
def cancel(meeting_id: UUID) -> Response:
    """Call it off."""
    values = typed()
    try:
        reason = clean_lines(values.get("reason", ""))[:LONGEST_REASON]
        with transaction() as session:
            told = meetings.told_of_cancelling(
                queries.meeting(session, current_scope(), meeting_id)
            )
            meetings.cancel_meeting(session, current_scope(), meeting_id, reason=reason)
    except ValueError as error:
        refused = (
            as_errors(error)
            if isinstance(error, RefusedError)
            else {"reason": [str(error.args[0])]}
        )
        with reading() as session:
            meeting = queries.meeting(session, current_scope(), meeting_id)
            return make_response(_cancel_page(meeting, values, refused), 422)
    done = [_("The meeting is cancelled."), *([cancelled_afterwards(told)] if told else [])]
    flash(" ".join(done), "success")
    return redirect(f"/scheduling/meetings/{meeting_id}", 303)
