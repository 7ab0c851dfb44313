"""The roster: kept from facts, shown by slot. Facts older than what is known are dropped."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain import roster as rules
from services.scheduling.domain.names import sort_key
from services.scheduling.models import CheckIn, Meeting, RosterEntry, Slot
from shared.clock import now
from shared.events.registration import AttendeeCheckedIn, RegistrationFact, SlotOverbooked
from shared.events.scrubbing import blank_seat, without_person
from shared.events.states import LIVING, State
from shared.paging import Page


def keep(session: Session, fact: RegistrationFact) -> bool:
    """Show the registration as *fact* tells; False if something newer is known already."""
    entry = session.scalar(
        select(RosterEntry)
        .where(RosterEntry.registration_id == fact.registration_id)
        .with_for_update()
    )
    if entry is None:
        entry = _first_heard_of(session, fact)
    if entry.revision >= fact.revision:
        return False
    before_slot, before = entry.slot_id, rules.numbers(_claim(entry))
    _write(entry, fact)
    after = rules.numbers(_claim(entry))
    if before_slot == fact.slot_id:
        _add(session, fact.slot_id, rules.difference(before, after))
    else:
        nothing = dict.fromkeys(rules.COUNTERS, 0)
        _add(session, before_slot, rules.difference(before, nothing))
        _add(session, fact.slot_id, rules.difference(nothing, after))
    return True


def _first_heard_of(session: Session, fact: RegistrationFact) -> RosterEntry:
    # Two workers may hear of it first at once: one inserts, both then lock the same row.
    blank = {
        "registration_id": fact.registration_id,
        "revision": -1,
        "meeting_id": fact.meeting_id,
        "slot_id": fact.slot_id,
        "state": "",
        "living": False,
        "seats": 0,
        "company": "",
        "sort_key": "",
        "contact_name": "",
        "contact_phone": "",
        "attendees": [],
        "mails": 0,
        "calendar_entries": 0,
        "on_behalf": False,
        "signed_up_at": fact.signed_up_at,
        "updated_at": now(),
    }
    session.execute(insert(RosterEntry).values(blank).on_conflict_do_nothing())
    query = select(RosterEntry).where(RosterEntry.registration_id == fact.registration_id)
    return session.scalars(query.with_for_update()).one()


def _claim(entry: RosterEntry) -> rules.Claim:
    return rules.Claim(
        state=entry.state,
        seats=entry.seats,
        mails=entry.mails,
        calendar_entries=entry.calendar_entries,
    )


def _write(entry: RosterEntry, fact: RegistrationFact) -> None:
    told = rules.people_told(fact.state, fact.contact.email, [a.email for a in fact.attendees])
    if fact.linked_to is not None:
        told = 0  # its people are told with the registration it belongs to
    entry.revision = fact.revision
    entry.meeting_id, entry.slot_id = fact.meeting_id, fact.slot_id
    entry.state, entry.living = fact.state, fact.state in LIVING
    entry.seats = fact.seats
    entry.company = fact.company.name or fact.contact.name
    entry.sort_key = sort_key(entry.company)
    entry.contact_name, entry.contact_email = fact.contact.name, fact.contact.email
    entry.contact_phone = fact.contact.phone
    entry.attendees = [
        {"attendee_id": str(a.attendee_id), "name": a.name, "is_contact": a.is_contact}
        for a in fact.attendees
    ]
    entry.mails = told
    entry.calendar_entries = told if fact.state == State.CONFIRMED else 0
    entry.on_behalf = fact.on_behalf
    entry.signed_up_at, entry.verified_at = fact.signed_up_at, fact.verified_at
    entry.updated_at = now()
    entry.erased_at = None  # whether anybody is in it is seen by the clock


def empty(session: Session, registration_ids: Collection[UUID], moment: datetime) -> int:
    """Take the people out of these registrations; company, seats and states stay. How many."""
    entries = session.scalars(
        select(RosterEntry)
        .where(RosterEntry.registration_id.in_(registration_ids), RosterEntry.erased_at.is_(None))
        .order_by(RosterEntry.registration_id)
        .with_for_update()
    ).all()
    for entry in entries:
        before = rules.numbers(_claim(entry))
        entry.company = without_person(entry.company, entry.contact_name)
        entry.sort_key = sort_key(entry.company)
        entry.contact_name, entry.contact_email, entry.contact_phone = "", None, ""
        entry.attendees = [blank_seat(person) for person in entry.attendees]
        entry.mails, entry.calendar_entries = 0, 0
        entry.erased_at = moment
        _add(session, entry.slot_id, rules.difference(before, rules.numbers(_claim(entry))))
    session.flush()
    return len(entries)


def empty_seats(session: Session, attendee_ids: Collection[UUID]) -> None:
    """Take these people off their seats, which stay."""
    for attendee_id in attendee_ids:
        on_seat = RosterEntry.attendees.contains([{"attendee_id": str(attendee_id)}])
        for entry in session.scalars(select(RosterEntry).where(on_seat).with_for_update()):
            entry.attendees = [
                blank_seat(person) if person["attendee_id"] == str(attendee_id) else person
                for person in entry.attendees
            ]
    session.flush()


def _add(session: Session, slot_id: UUID, deltas: Mapping[str, int]) -> None:
    if deltas:
        values = {name: getattr(Slot, name) + delta for name, delta in deltas.items()}
        session.execute(
            update(Slot)
            .where(Slot.id == slot_id)
            .values(values)
            .execution_options(synchronize_session=False)
        )


def arrived(session: Session, fact: AttendeeCheckedIn) -> None:
    """Somebody has come; the first time counts."""
    session.execute(
        insert(CheckIn)
        .values(
            attendee_id=fact.attendee_id,
            registration_id=fact.registration_id,
            meeting_id=fact.meeting_id,
            checked_in_at=fact.checked_in_at,
        )
        .on_conflict_do_nothing()
    )


def overbooked(session: Session, fact: SlotOverbooked) -> None:
    """Warn of a slot with more seats taken than it has; also ends the warning."""
    session.execute(
        update(Slot)
        .where(Slot.id == fact.slot_id, Slot.overbooked_revision < fact.revision)
        .values(overbooked_by=max(0, fact.taken - fact.capacity), overbooked_revision=fact.revision)
    )


@dataclass(frozen=True)
class RosterPage:
    """The slots of a meeting, each with its entries of this page."""

    slots: Sequence[Slot]
    entries: Mapping[UUID, Sequence[RosterEntry]]
    arrivals: Mapping[UUID, datetime]
    page: Page[RosterEntry]

    def attendees(self, entry: RosterEntry) -> list[dict[str, Any]]:
        """Those who come, with when they arrived."""
        return [
            {**person, "checked_in_at": self.arrivals.get(UUID(person["attendee_id"]))}
            for person in entry.attendees
        ]


def roster_page(
    session: Session,
    meeting: Meeting,
    *,
    page: int,
    page_size: int,
    slot_id: UUID | None = None,
    state: str | None = None,
) -> RosterPage:
    """One page of the roster, counted in entries."""
    found = queries.roster(
        session, meeting.id, page=page, page_size=page_size, slot_id=slot_id, state=state
    )
    slots = [slot for slot in meeting.slots if slot_id in (None, slot.id)]
    by_slot: dict[UUID, list[RosterEntry]] = {slot.id: [] for slot in slots}
    for entry in found.rows:
        by_slot.setdefault(entry.slot_id, []).append(entry)
    arrivals = queries.check_ins(session, [entry.registration_id for entry in found.rows])
    return RosterPage(slots, by_slot, arrivals, found)
