"""A row of slots: shown first, made then."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, make_response, redirect, render_template
from werkzeug.wrappers import Response

from services.scheduling import queries
from services.scheduling.domain.lifecycle import CANCELLED, DRAFT
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.domain.slots import Pattern, Window
from services.scheduling.models import Meeting
from services.scheduling.pages.desk import as_errors
from services.scheduling.schemas.meetings import GenerateSchema, pattern_of
from services.scheduling.use_cases import slots
from services.scheduling.use_cases.plans import LONGEST
from shared.language import gettext as _
from shared.language import ngettext
from shared.web.auth import coordinators, current_scope
from shared.web.context import reading, transaction
from shared.web.forms import (
    Errors,
    LocalTimeError,
    flat_errors,
    load,
    local_text,
    parse_local,
    typed,
)

blueprint = Blueprint("slots", __name__, url_prefix="/scheduling/meetings")

_BREAK = re.compile(r"\s*(\d{1,2}:\d{2})\s*(?:[-–]\s*(\d{1,2}:\d{2})\s*)?")
NUMBERS = ("duration_minutes", "break_minutes", "capacity")


@blueprint.get("/<uuid:meeting_id>/slots")
@coordinators("coordinator")
def show(meeting_id: UUID) -> Response:
    """The form, filled with what is usual."""
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        tz = ZoneInfo(meeting.time_zone)
        values = {
            "from": local_text(meeting.starts_at, tz),
            "until": local_text(meeting.ends_at, tz),
            "duration_minutes": "20",
            "break_minutes": "5",
            "capacity": "1",
            "replace": "1",
        }
        return _page(meeting, values, {})


def _page(
    meeting: Meeting,
    values: dict[str, str],
    errors: Errors,
    *,
    found: list[Window] | None = None,
) -> Response:
    replaces = _replaces(meeting, values)
    page = render_template(
        "slots_form.html",
        meeting=meeting,
        values=values,
        errors=errors,
        found=found,
        replaces=replaces,
        overlaps=not replaces and _overlap(meeting, found or []),
    )
    return make_response(page, 422 if errors else 200)


def _replaces(meeting: Meeting, values: dict[str, str]) -> bool:
    """Whether the row takes the place of the slots that are there; once published, these stay."""
    return meeting.state == DRAFT and "replace" in values


def _overlap(meeting: Meeting, found: list[Window]) -> bool:
    there = [Window(slot.starts_at, slot.ends_at) for slot in meeting.slots]
    return any(window.overlaps(slot) for window in found for slot in there)


@blueprint.post("/<uuid:meeting_id>/slots")
@coordinators("coordinator")
def make(meeting_id: UUID) -> Response:
    """Show the row, or make it."""
    values = typed()
    try:
        with transaction() as session:
            meeting = queries.meeting(session, current_scope(), meeting_id)
            if meeting.state == CANCELLED:
                return redirect(f"/scheduling/meetings/{meeting_id}", 303)
            pattern, capacity, errors = _read(values, ZoneInfo(meeting.time_zone))
            if pattern is None:
                return _page(meeting, values, errors)
            if values.get("step") != "make":
                return _page(meeting, values, {}, found=slots.planned_windows(pattern))
            made = slots.generate_slots(
                session,
                current_scope(),
                meeting_id,
                pattern,
                capacity=capacity,
                replace=_replaces(meeting, values),
            )
    except RefusedError as refusal:
        with reading() as session:
            meeting = queries.meeting(session, current_scope(), meeting_id)
            return _page(meeting, values, as_errors(refusal))
    flash(ngettext("%(num)s slot was made.", "%(num)s slots were made.", len(made)), "success")
    return redirect(f"/scheduling/meetings/{meeting_id}#slots", 303)


def _read(values: dict[str, str], tz: ZoneInfo) -> tuple[Pattern | None, int, Errors]:
    errors: Errors = {}
    raw: dict[str, Any] = {}
    for name in ("from", "until"):
        try:
            raw[name] = parse_local(values.get(name, ""), tz).isoformat()
        except LocalTimeError as error:
            errors[name] = [str(error)]
    for name in NUMBERS:
        text = values.get(name, "").strip()
        raw[name] = int(text) if re.fullmatch(r"\d{1,6}", text) else text
    data, found = load(GenerateSchema(), raw)
    for name, messages in flat_errors(found).items():
        errors.setdefault(name, messages)
    if errors:
        return None, 0, errors
    try:
        days = _days(data["from_"].astimezone(tz).date(), data["until"].astimezone(tz).date())
        breaks, skipped = _exceptions(values.get("except", ""), days, tz)
    except LocalTimeError as error:
        return None, 0, {"except": [str(error)]}
    plain = pattern_of(data)
    pattern = Pattern(
        starts_at=plain.starts_at,
        until=plain.until,
        duration=plain.duration,
        pause=plain.pause,
        breaks=breaks,
        skipped=skipped,
    )
    return pattern, data["capacity"], {}


def _days(first: date, last: date) -> list[date]:
    # No meeting is longer; slots farther away are refused anyway.
    count = min((last - first).days + 1, LONGEST.days + 1)
    return [first + timedelta(days=number) for number in range(count)]


def _exceptions(
    text: str, days: list[date], tz: ZoneInfo
) -> tuple[tuple[Window, ...], frozenset[datetime]]:
    """What "12:00–13:00, 15:20" means on each of the days. Raises LocalTimeError."""
    breaks, skipped = [], set()
    for part in filter(None, re.split(r"[,;\n]", text)):
        match = _BREAK.fullmatch(part)
        if match is None:
            raise LocalTimeError(
                _("Please write breaks like 12:00–13:00, with commas between them.")
            )
        for each in days:
            first = parse_local(f"{each}T{match[1].zfill(5)}", tz)
            if match[2]:
                breaks.append(Window(first, parse_local(f"{each}T{match[2].zfill(5)}", tz)))
            else:
                skipped.add(first)
    if any(pause.ends_at <= pause.starts_at for pause in breaks):
        raise LocalTimeError(_("A break must end after it begins."))
    return tuple(sorted(breaks, key=lambda pause: pause.starts_at)), frozenset(skipped)
