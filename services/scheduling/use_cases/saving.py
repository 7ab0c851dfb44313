"""Writing so that what the database refuses is explained in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain.refusals import RefusedError, conflict
from services.scheduling.models import Meeting
from services.scheduling.models.meetings import VENUE_IN_USE
from services.scheduling.use_cases.facts import zone
from shared.language import format_span
from shared.language import gettext as _
from shared.scope import Scope


def saved(session: Session, scope: Scope, write: Callable[[], Meeting]) -> Meeting:
    """What *write* made or changed, flushed. Raises RefusedError: venue in use, address taken.

    A savepoint keeps the transaction usable, so that the meeting in the way can be named.
    """
    try:
        with session.begin_nested():
            meeting = write()
            use = _Use(meeting, scope)
            session.flush()
    except IntegrityError as error:
        constraint = _broken(error)
        if constraint == VENUE_IN_USE:
            raise use.refusal(session) from error
        if constraint == "uq_meeting_slug":
            text = _("Another meeting has this address already.")
            raise conflict("slug-in-use", text, field="slug") from error
        raise
    return meeting


@contextmanager
def refusing(session: Session, constraint: str, refusal: RefusedError) -> Iterator[None]:
    """What is written inside is flushed. Raises *refusal* where *constraint* forbids it, also to the later of two.

    A savepoint keeps the transaction usable.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError as error:
        if _broken(error) != constraint:
            raise
        raise refusal from error


def _broken(error: IntegrityError) -> str:
    """The name of the constraint."""
    return getattr(getattr(error.orig, "diag", None), "constraint_name", None) or ""


class _Use:
    """The wished use of a venue, remembered for explaining why it cannot be."""

    def __init__(self, meeting: Meeting, scope: Scope) -> None:
        self._venue, self._name = meeting.venue.id, meeting.venue.name
        self._from, self._until = meeting.uses_from, meeting.uses_until
        self._id, self._tz, self._scope = meeting.id, zone(meeting), scope

    def refusal(self, session: Session) -> RefusedError:
        """Names the meeting in the way, if it may be named."""
        others = queries.meetings_at(session, self._venue, self._from, self._until, but=self._id)
        if not others:
            text = _("%(venue)s is in use at that time.", venue=self._name)
            return conflict("venue-in-use", text, field="venue_id")
        other = others[0]
        seen = self._scope.covers(other.network_id)
        text = _(
            "%(venue)s is in use at that time: “%(title)s”, %(when)s.",
            venue=self._name,
            title=other.title if seen else _("another network's meeting"),
            when=format_span(other.uses_from, other.uses_until, self._tz),
        )
        return conflict("venue-in-use", text, field="venue_id")
