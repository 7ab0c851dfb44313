"""Writing a meeting so that what the database refuses is explained in words."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain.access import Scope
from services.scheduling.domain.refusals import RefusedError, conflict
from services.scheduling.models import Meeting
from services.scheduling.models.meetings import VENUE_IN_USE
from services.scheduling.use_cases.facts import zone
from shared.language import format_span
from shared.language import gettext as _


def save(session: Session, scope: Scope, meeting: Meeting) -> None:
    """Flush. Raises RefusedError where the venue is in use then or the address is taken."""
    use = (meeting.venue.id, meeting.uses_from, meeting.uses_until)
    own_id, name, tz = meeting.id, meeting.venue.name, zone(meeting)
    trial = session.begin_nested()
    try:
        session.flush()
    except IntegrityError as error:
        trial.rollback()
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", "")
        if constraint == VENUE_IN_USE:
            others = queries.meetings_at(session, *use, but=own_id)
            raise _venue_in_use(scope, others[0] if others else None, name, tz) from error
        if constraint == "uq_meeting_slug":
            text = _("Another meeting has this address already.")
            raise conflict("slug-in-use", text, field="slug") from error
        raise
    trial.commit()


def _venue_in_use(scope: Scope, other: Meeting | None, venue: str, tz: object) -> RefusedError:
    if other is None:
        text = _("%(venue)s is in use at that time.", venue=venue)
    else:
        title = other.title if scope.covers(other.network_id) else _("another network's meeting")
        text = _(
            "%(venue)s is in use at that time: “%(title)s”, %(when)s.",
            venue=venue,
            title=title,
            when=format_span(other.uses_from, other.uses_until, tz),  # type: ignore[arg-type]
        )
    return conflict("venue-in-use", text, field="venue_id")
