"""Changing a registration that others change too: the waitlist, another window, a coordinator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import LIVING, State
from services.registration.domain.names import NOT_NAMED
from services.registration.domain.refusals import ChangedMeanwhileError, UnknownError
from services.registration.models import Attendee, Registration
from services.registration.queries.managed import revision_of_all
from services.registration.use_cases.changes import Seat, change
from services.registration.use_cases.claims import lock_claim

Person = Row[UUID, str, str | None]  # id, name, address


def change_as_seen(
    session: Session,
    registration_id: UUID,
    wished: Sequence[Seat],
    now: datetime,
    *,
    revision: int | None,
) -> None:
    """Change what stood at *revision* as the one who wishes it saw it (None: whatever stands).

    The list of people replaces the one that stands, so an older one would give up seats of which it does not
    know. Raises ChangedMeanwhileError, UnknownError for a person who is not in it, and what change() raises.
    """
    _place, claim = lock_claim(session, registration_id, now)
    people = _people(session, claim.id)
    if claim.state in LIVING and revision not in {None, revision_of_all(session, claim.id)}:
        _refuse_unless_it_stands(people, wished)
        return
    known = {person.id for person in people}
    if any(seat.id and seat.id not in known for seat in wished):
        raise UnknownError("attendee")
    change(session, claim.id, wished, now)


def _people(session: Session, registration_id: UUID) -> Sequence[Person]:
    """Who has a seat of the claim, or waits for an additional one."""
    waiting = (Registration.linked_to == registration_id) & (Registration.state == State.WAITLISTED)
    return session.execute(
        select(Attendee.id, Attendee.name, Attendee.email)
        .join(Registration, Registration.id == Attendee.registration_id)
        .where((Registration.id == registration_id) | waiting)
    ).all()


def _refuse_unless_it_stands(people: Sequence[Person], wished: Sequence[Seat]) -> None:
    # Who sends the same again, for want of an answer, has it already.
    present = sorted((person.name, person.email or "") for person in people)
    if present != sorted((seat.name or NOT_NAMED, seat.email or "") for seat in wished):
        raise ChangedMeanwhileError
