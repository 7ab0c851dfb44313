"""All that registration knows of a person, as she is entitled to see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import State
from services.registration.models import Attendee, Contact, FailingAddress, Meeting, Registration
from services.registration.use_cases.person_erasures import Found, Person
from shared.language import lazy_gettext

STATES: dict[str, Any] = {
    State.HELD: lazy_gettext("not confirmed yet"),
    State.PENDING: lazy_gettext("waits for a decision"),
    State.CONFIRMED: lazy_gettext("registered"),
    State.WAITLISTED: lazy_gettext("on the waitlist"),
    State.CANCELLED: lazy_gettext("signed off"),
    State.EXPIRED: lazy_gettext("lapsed"),
    State.DECLINED: lazy_gettext("declined"),
}


def meetings_of(session: Session, found: Found) -> Mapping[UUID, Meeting]:
    """The meetings that *found* is about, by id."""
    wanted = {claim.meeting_id for claim in found.registrations}
    wanted |= {invitation.meeting_id for invitation in found.invitations}
    wanted |= {claim.meeting_id for claim in claims_of(session, found.seats).values()}
    rows = session.scalars(select(Meeting).where(Meeting.id.in_(wanted)))
    return {meeting.id: meeting for meeting in rows}


def claims_of(session: Session, seats: Sequence[Attendee]) -> Mapping[UUID, Registration]:
    """The registrations to which *seats* belong, by id."""
    wanted = {seat.registration_id for seat in seats}
    rows = session.scalars(select(Registration).where(Registration.id.in_(wanted)))
    return {claim.id: claim for claim in rows}


def contacts_of_address(session: Session, person: Person) -> Sequence[Contact]:
    """As whom the address is recognised."""
    if person.key is None:
        return []
    return session.scalars(select(Contact).where(Contact.email_key == person.key)).all()


def is_failing(session: Session, person: Person) -> bool:
    """Whether mails to her address do not arrive."""
    return person.key is not None and session.get(FailingAddress, person.key) is not None


def state_words(claim: Registration) -> str:
    """Where a registration stands."""
    return str(STATES[claim.state])
