"""Planning a meeting: one form for new, duplicated and edited ones; who will be told stands there before saving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, flash, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling import queries
from services.scheduling.domain.lifecycle import CANCELLED, PUBLISHED
from services.scheduling.domain.refusals import RefusedError, refuse_outdated
from services.scheduling.domain.times import comes_twice
from services.scheduling.models import Meeting, Network
from services.scheduling.pages import meeting_form as form
from services.scheduling.pages.desk import as_errors, seen_revision
from services.scheduling.pages.meeting_edits import edit_of
from services.scheduling.pages.words import change_rows, told_afterwards, told_sentence
from services.scheduling.use_cases import meetings, networks
from services.scheduling.use_cases.plans import Edit
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.web.auth import coordinators, current_scope
from shared.web.context import reading, transaction
from shared.web.forms import Errors, typed

blueprint = Blueprint("planning", __name__, url_prefix="/scheduling/meetings")

DEFAULTS = {
    "admission": "open",
    "waitlist": "strict",
    "seats_per_company": "2",
    "agenda-0-title": "",
    "slots-0-capacity": "",
}
MOST_SLOTS_IN_FORM = 80


@dataclass(frozen=True)
class Page:
    """What the form needs besides its values."""

    network: Network
    meeting: Meeting | None = None

    @property
    def tz(self) -> ZoneInfo:
        """The clock by which times are typed."""
        return ZoneInfo(self.network.time_zone)

    def answer(
        self, session: Session, values: form.Values, errors: Errors, status: int = 200
    ) -> Response:
        """The form with what was typed and each error at its field."""
        values = form.in_shape(values)
        page = render_template(
            "meeting_edit.html" if self.meeting else "meeting_new.html",
            network=self.network,
            meeting=self.meeting,
            values=values,
            errors=form.in_order(errors),
            series_options=[(series.id, series.name) for series in self.network.series],
            venue_options=_venue_options(session, self.network),
            clock_only=form.one_day(values),
            agenda_rows=form.row_numbers(values, "agenda"),
            slot_rows=form.row_numbers(values, "slots"),
            slots_in_form=self.meeting is None or len(self.meeting.slots) <= MOST_SLOTS_IN_FORM,
        )
        return make_response(page, status)


def _venue_options(session: Session, network: Network) -> list[tuple[UUID, str]]:
    """Venues of the network first; those of other networks carry their name."""
    found = sorted(
        queries.venues(session, current_scope()), key=lambda venue: venue.network_id != network.id
    )
    return [
        (
            venue.id,
            venue.name
            if venue.network_id == network.id
            else f"{venue.name} ({venue.network.name})",
        )
        for venue in found
    ]


@blueprint.get("/new")
@coordinators("coordinator")
def new() -> Response | str:
    """An empty form, or one filled with what ?from=ID has."""
    with reading() as session:
        source_id = parse_id(request.args.get("from", ""))
        if source_id:
            source = queries.meeting(session, current_scope(), source_id)
            return Page(source.network).answer(session, _copied(source), {})
        found = queries.networks(session, current_scope())
        wanted = parse_id(request.args.get("network", ""))
        chosen = next((n for n in found if n.id == wanted or len(found) == 1), None)
        if chosen is None:
            return render_template("meeting_network.html", networks=found)
        values = DEFAULTS | {"network_id": str(chosen.id)}
        return Page(chosen).answer(session, values, {})


def _copied(source: Meeting) -> form.Values:
    """Everything but the days: these must be chosen anew."""
    values = form.values_of(source)
    for name in (*form.TIMES, "slug", "revision"):
        values[name] = ""
    kept = {name: value for name, value in values.items() if not name.endswith("-id")}
    return {
        name: value[11:16] if name.endswith("_at") and len(value) > len("15:00") else value
        for name, value in kept.items()
    }


def _rows_changed(values: form.Values) -> form.Values | None:
    """The values after a press on "add" or "remove" of a list; None for any other button."""
    if (name := values.pop("add", "")) in form.LISTS:
        return form.with_row(values, name)
    if row := values.pop("remove", ""):
        return form.without_row(values, row)
    return None


@blueprint.post("/new")
@coordinators("coordinator")
def create() -> Response:
    """Save the draft."""
    values = typed()
    network_id = parse_id(values.get("network_id", "")) or abort(404)
    with reading() as session:
        page = Page(queries.network(session, current_scope(), network_id))
        if (changed := _rows_changed(values)) is not None:
            return page.answer(session, changed, {})
        reader = form.Reader(values, page.tz)
        data = reader.read()
        if reader.errors:
            return page.answer(session, values, reader.errors, 422)
    try:
        with transaction() as session:
            data["series_id"] = _series_id(session, network_id, values)
            meeting = meetings.create_meeting(session, current_scope(), **data)
            _warn_of_night(meeting)
    except RefusedError as refusal:
        with reading() as session:
            page = Page(queries.network(session, current_scope(), network_id))
            return page.answer(session, values, as_errors(refusal), 422)
    flash(_("The draft is saved. Nobody sees it until you publish it."), "success")
    return redirect(f"/scheduling/meetings/{meeting.id}", 303)


def _series_id(session: Session, network_id: UUID, values: form.Values) -> UUID | None:
    name = " ".join(values.get("new_series", "").split())[:80]
    if name:
        return networks.add_series(session, current_scope(), network_id, name).id
    chosen = parse_id(values.get("series_id", ""))
    network = queries.network(session, current_scope(), network_id)
    return chosen if any(series.id == chosen for series in network.series) else None


def _warn_of_night(meeting: Meeting) -> None:
    tz = ZoneInfo(meeting.time_zone)
    if any(comes_twice(moment, tz) for moment in (meeting.starts_at, meeting.ends_at)):
        text = _(
            "The clocks go back that night: of the hour that comes twice, the first one is meant."
        )
        flash(text, "warning")


@blueprint.get("/<uuid:meeting_id>/edit")
@coordinators("coordinator")
def edit(meeting_id: UUID) -> Response | str:
    """The form with the meeting in it."""
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        if meeting.state == CANCELLED:
            return render_template("meeting_cancelled.html", meeting=meeting)
        return Page(meeting.network, meeting).answer(session, form.values_of(meeting), {})


@blueprint.post("/<uuid:meeting_id>/edit")
@coordinators("coordinator")
def save(meeting_id: UUID) -> Response | str:
    """A draft is saved at once; of a published meeting it is shown first who will be told."""
    values = typed()
    step = values.pop("step", "check")
    with reading() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        page = Page(meeting.network, meeting)
        if (changed := _rows_changed(values)) is not None:
            return page.answer(session, changed, {})
        if step == "edit":
            return page.answer(session, values, {})
        reader = form.Reader(values | {"network_id": str(meeting.network_id)}, page.tz)
        data = reader.read()
        if reader.errors:
            return page.answer(session, values, reader.errors, 422)
        edit = edit_of(values, data, meeting)
        if meeting.slots and len(meeting.slots) > MOST_SLOTS_IN_FORM:
            edit = replace(edit, slots=None)
        published = meeting.state == PUBLISHED
    try:
        if published and step != "save":
            return _check(meeting_id, values, edit)
        return _save(meeting_id, values, edit)
    except RefusedError as refusal:
        with reading() as session:
            meeting = queries.meeting(session, current_scope(), meeting_id)
            page = Page(meeting.network, meeting)
            return page.answer(session, values, as_errors(refusal), 422)


def _with_series(session: Session, edit: Edit, meeting: Meeting, values: form.Values) -> Edit:
    series_id = _series_id(session, meeting.network_id, values)
    if series_id == meeting.series_id:
        return edit
    return replace(edit, details={**edit.details, "series_id": series_id})


def _check(meeting_id: UUID, values: form.Values, edit: Edit) -> str:
    with transaction() as session:
        before = queries.meeting(session, current_scope(), meeting_id)
        refuse_outdated(seen=seen_revision(values), present=before.revision)
        outcome = meetings.preview_edit(session, current_scope(), meeting_id, edit)
        session.expire_all()
        meeting = queries.meeting(session, current_scope(), meeting_id)
        hidden: dict[str, Any] = {
            k: v for k, v in values.items() if k not in {"csrf_token", "step"}
        }
        return render_template(
            "meeting_check.html",
            meeting=meeting,
            rows=change_rows(outcome.changes, meeting),
            told=outcome.told,
            sentence=told_sentence(outcome.told),
            notify=edit.notify,
            hidden=hidden,
        )


def _save(meeting_id: UUID, values: form.Values, edit: Edit) -> Response:
    with transaction() as session:
        meeting = queries.meeting(session, current_scope(), meeting_id)
        edit = _with_series(session, edit, meeting, values)
        revision = seen_revision(values)
        outcome = meetings.edit_meeting(
            session, current_scope(), meeting_id, edit, revision=revision
        )
        _warn_of_night(outcome.meeting)
        sentence = told_afterwards(outcome.told) if outcome.meeting.state == PUBLISHED else ""
    flash(" ".join(part for part in (_("Saved."), sentence) if part), "success")
    return redirect(f"/scheduling/meetings/{meeting_id}", 303)
