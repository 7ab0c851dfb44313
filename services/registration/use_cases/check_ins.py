"""Arrivals at the door, by the ticket in the mail or by name on the list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import State
from services.registration.domain.refusals import OutdatedError, UnknownError
from services.registration.models import Attendee, Meeting, Registration, Slot
from services.registration.use_cases.claims import lock_seat
from shared.events.registration import AttendeeCheckedIn
from shared.links import LinkTarget
from shared.messaging import outbox


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """Whom a ticket belongs to."""

    attendee: Attendee
    registration: Registration
    meeting: Meeting
    slot: Slot

    @property
    def is_valid(self) -> bool:
        """Whether the seat is theirs."""
        return self.registration.state == State.CONFIRMED


def read_ticket(session: Session, target: LinkTarget) -> Ticket:
    """Whom the ticket belongs to. Raises UnknownError, OutdatedError for a ticket that was replaced."""
    return _not_replaced(_found(session, target.id), target)


def lock_ticket(session: Session, target: LinkTarget, now: datetime) -> Ticket:
    """The same, under the lock of the claim that the seat belongs to."""
    return _not_replaced(lock_attendee(session, target.id, now), target)


def lock_attendee(session: Session, attendee_id: UUID, now: datetime) -> Ticket:
    """The attendee with registration and meeting, under lock. Raises UnknownError."""
    lock_seat(session, attendee_id, now)
    return _found(session, attendee_id)


def _not_replaced(ticket: Ticket, target: LinkTarget) -> Ticket:
    if ticket.attendee.link_version != target.version:
        raise OutdatedError
    return ticket


def _found(session: Session, attendee_id: UUID) -> Ticket:
    attendee = session.get(Attendee, attendee_id, populate_existing=True)
    if attendee is None:
        raise UnknownError("attendee")
    registration = session.get_one(Registration, attendee.registration_id)
    return Ticket(
        attendee=attendee,
        registration=registration,
        meeting=session.get_one(Meeting, registration.meeting_id),
        slot=session.get_one(Slot, registration.slot_id),
    )


def check_in(session: Session, ticket: Ticket, *, now: datetime, by: UUID | None) -> datetime:
    """Note that the person has come, once; when she came. Needs the ticket read under lock.

    Raises OutdatedError where the seat is not (any more) theirs.
    """
    if ticket.attendee.checked_in_at is not None:
        return ticket.attendee.checked_in_at
    if not ticket.is_valid:
        raise OutdatedError
    ticket.attendee.checked_in_at = now
    ticket.attendee.checked_in_by = by
    ticket.registration.revision += 1
    session.flush()
    outbox.record(
        session,
        AttendeeCheckedIn(
            revision=ticket.registration.revision,
            registration_id=ticket.registration.id,
            meeting_id=ticket.meeting.id,
            attendee_id=ticket.attendee.id,
            checked_in_at=now,
        ),
    )
    return now
