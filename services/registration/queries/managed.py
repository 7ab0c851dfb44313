"""What the links of mails open: a registration with its people, or one seat of it."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload, undefer

from services.registration.domain.refusals import (
    ErasedError,
    LinkOutdatedError,
    SeatReleasedError,
    UnknownError,
)
from services.registration.models import Attendee, Meeting, Registration
from shared.messaging.tables import erasure


@dataclass(frozen=True)
class Managed:
    """What a link opens; ``seat`` is set where it opens one seat only."""

    claim: Registration
    seat: Attendee | None = None

    def as_seat(self) -> SimpleNamespace:
        """The one seat in the form of a registration."""
        return SimpleNamespace(
            id=self.claim.id,
            state=self.claim.state,
            seats=1,
            meeting_id=self.claim.meeting_id,
            slot_id=self.claim.slot_id,
            attendees=[self.seat],
        )


def by_manage_link(session: Session, registration_id: UUID, link_version: int | None) -> Managed:
    """The registration behind a manage link (None: any version); that of a joined claim is its main one.

    Raises UnknownError, LinkOutdatedError, ErasedError.
    """
    claim = _loaded(session, registration_id)
    if link_version is not None and claim.erased_at is not None:
        raise ErasedError
    if link_version is not None and claim.link_version != link_version:
        raise LinkOutdatedError
    if claim.linked_to is not None:
        claim = _loaded(session, claim.linked_to)
    return Managed(claim)


def by_seat_link(session: Session, attendee_id: UUID, link_version: int) -> Managed:
    """The one seat behind an attendee's own link. Raises SeatReleasedError, LinkOutdatedError."""
    attendee = session.get(Attendee, attendee_id)
    if attendee is None or attendee.link_version != link_version:
        _refuse_erased(session, attendee_id, attendee)
    if attendee is None:
        raise SeatReleasedError("attendee")
    if attendee.link_version != link_version:
        raise LinkOutdatedError
    return Managed(_loaded(session, attendee.registration_id), attendee)


def _refuse_erased(session: Session, attendee_id: UUID, attendee: Attendee | None) -> None:
    known = select(erasure.c.subject_id).where(erasure.c.subject_id == attendee_id)
    emptied = attendee and session.get_one(Registration, attendee.registration_id).erased_at
    if emptied or session.scalar(known) is not None:
        raise ErasedError


def _loaded(session: Session, registration_id: UUID) -> Registration:
    claim = session.get(
        Registration,
        registration_id,
        options=[
            undefer(Registration.revision_of_all),
            selectinload(Registration.attendees),
            selectinload(Registration.waiting).selectinload(Registration.attendees),
            selectinload(Registration.slot),
            selectinload(Registration.meeting).selectinload(Meeting.slots),
        ],
    )
    if claim is None:
        raise UnknownError("registration")
    return claim


def revision_of_all(session: Session, registration_id: UUID) -> int:
    """How it stands now, whatever was read before."""
    query = select(Registration.revision_of_all).where(Registration.id == registration_id)
    return session.scalars(query).one()
