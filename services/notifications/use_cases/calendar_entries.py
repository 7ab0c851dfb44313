"""What stands in whose calendar: sequences that only rise, kept per registration and person."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.domain.scene import Claim
from services.notifications.models import CalendarEntry, Registration, table

ACTIVE = "active"
CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One person's entry as it stands."""

    sequence: int
    address: str


def contact_needs_entry(claim: Claim) -> bool:
    """Whether the contact keeps the date for somebody: for all whose mails go to her."""
    return bool(claim.in_contacts_hands) or not claim.attendees


def active(session: Session, registration_id: UUID) -> dict[str, Entry]:
    """The entries of a registration by person."""
    rows = session.execute(
        select(CalendarEntry.person, CalendarEntry.sequence, CalendarEntry.address).where(
            CalendarEntry.registration_id == registration_id, CalendarEntry.state == ACTIVE
        )
    )
    return {row.person: Entry(sequence=row.sequence, address=row.address) for row in rows}


def enter(session: Session, registration_id: UUID, person: str, address: str) -> int:
    """Make or renew the entry; its sequence: 0 for a new one, one more for one that was there."""
    statement = insert(table(CalendarEntry)).values(
        registration_id=registration_id,
        person=person,
        sequence=0,
        state=ACTIVE,
        address=address.lower(),
    )
    statement = statement.on_conflict_do_update(
        index_elements=["registration_id", "person"],
        set_={
            "sequence": CalendarEntry.sequence + 1,
            "state": ACTIVE,
            "address": statement.excluded.address,
        },
    )
    return int(session.execute(statement.returning(CalendarEntry.sequence)).scalar_one())


def organizer_of(session: Session, registration_id: UUID) -> Mapping[str, Any] | None:
    """Who stays the sender of a registration's entries; None: the network as it is."""
    query = select(CalendarEntry.organizer).where(
        CalendarEntry.registration_id == registration_id, CalendarEntry.organizer.is_not(None)
    )
    return session.scalar(query.limit(1))


def keep_organizer(session: Session, network_id: UUID, organizer: Mapping[str, str]) -> None:
    """The network is about to change: entries that are out stay those of *organizer*.

    Calendars take a change or a cancellation from whoever sent the entry, and from nobody else.
    """
    of_network = select(Registration.id).where(Registration.network_id == network_id)
    session.execute(
        update(table(CalendarEntry))
        .where(CalendarEntry.organizer.is_(None), CalendarEntry.registration_id.in_(of_network))
        .values(organizer=dict(organizer))
    )


def raise_all(session: Session, registrations: Collection[UUID]) -> Mapping[tuple[UUID, str], int]:
    """One more for all active entries of *registrations*; the new sequences."""
    return _change(session, registrations, {"sequence": CalendarEntry.sequence + 1})


def cancel(
    session: Session, registrations: Collection[UUID], person: str | None = None
) -> Mapping[tuple[UUID, str], int]:
    """End the active entries of *registrations* (of one *person* only); their last sequences."""
    changes = {"sequence": CalendarEntry.sequence + 1, "state": CANCELLED}
    return _change(session, registrations, changes, person)


def _change(
    session: Session,
    registrations: Collection[UUID],
    changes: Mapping[str, object],
    person: str | None = None,
) -> Mapping[tuple[UUID, str], int]:
    if not registrations:
        return {}
    statement = update(table(CalendarEntry)).where(
        CalendarEntry.registration_id.in_(registrations), CalendarEntry.state == ACTIVE
    )
    if person is not None:
        statement = statement.where(CalendarEntry.person == person)
    rows = session.execute(
        statement.values(changes).returning(
            CalendarEntry.registration_id, CalendarEntry.person, CalendarEntry.sequence
        )
    )
    return {(row.registration_id, row.person): row.sequence for row in rows}
