"""Public calendars: of a network, and of one meeting."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

from services.scheduling import queries
from services.scheduling.domain.feed import Entry, calendar
from services.scheduling.models import Meeting
from shared.clock import now
from shared.language import gettext as _
from shared.language import speaking
from shared.web.auth import public
from shared.web.context import reading, settings

blueprint = Blueprint("feeds", __name__, url_prefix="/scheduling")

KEPT = timedelta(days=400)
MAX_AGE = 300  # seconds


@blueprint.get("/networks/<slug>/calendar.ics")
@public
def network_calendar(slug: str) -> Response:
    """All published meetings of a network, to subscribe to."""
    with reading() as session:
        network = queries.network_by_slug(session, slug)
        if network is None:
            abort(404)
        found = queries.feed_meetings(session, network.id, now() - KEPT)
        with speaking(network.language):
            body = calendar(network.name, _entries(found), language=network.language)
    return _file(body, f"{network.slug}.ics")


@blueprint.get("/meetings/<uuid:meeting_id>/calendar.ics")
@public
def meeting_calendar(meeting_id: UUID) -> Response:
    """One published meeting, to put into a calendar."""
    with reading() as session:
        meeting = queries.public_meeting(session, meeting_id)
        if meeting is None:
            abort(404)
        with speaking(meeting.network.language):
            body = calendar(meeting.title, _entries([meeting]), language=meeting.network.language)
    return _file(body, f"{meeting.slug}.ics")


def _entries(found: Iterable[Meeting]) -> list[Entry]:
    return [_entry(meeting) for meeting in found]


def _entry(meeting: Meeting) -> Entry:
    base = settings().base_url
    venue = meeting.venue
    cancelled = meeting.state == "cancelled"
    parts = [venue.name, meeting.place, venue.street, f"{venue.postcode} {venue.city}"]
    topic = _("Focus topic: %(topic)s", topic=meeting.focus_topic) if meeting.focus_topic else ""
    description = [topic, meeting.description, venue.arrival_note]
    return Entry(
        uid=f"meeting-{meeting.id}@{urlsplit(base).hostname}",
        revision=meeting.revision,
        title=_("Cancelled: %(title)s", title=meeting.title) if cancelled else meeting.title,
        description="\n\n".join(part for part in description if part),
        place=", ".join(part for part in parts if part),
        url=f"{base}/meetings/{meeting.slug}",
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        changed_at=meeting.updated_at,
        cancelled=cancelled,
    )


def _file(body: bytes, name: str) -> Response:
    response = Response(body, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    response.headers["Cache-Control"] = f"public, max-age={MAX_AGE}"
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    return response.make_conditional(request)
