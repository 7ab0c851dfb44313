"""What is planned for a meeting, with how many people get it as things stand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.notifications.domain.reminders import NUDGE
from services.notifications.models import PlannedMail


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Mails of one kind to one audience at one time."""

    kind: str
    due_at: datetime
    audience: str  # empty for nudges
    recipients: int


# Counted up to :most (null: all) for each slot, so that a page about a large meeting costs what others do.
_CONTACTS = text("""
    select slot_id, state, (select count(*) from (
        select from registration
        where registration.slot_id = slot.slot_id and registration.state = wanted.state
          and registration.data #>> '{contact,email}' is not null
        limit :most) few)
    from unnest(cast(:slots as uuid[])) slot (slot_id), unnest(array['confirmed', 'waitlisted']) wanted (state)
""")
# Those with an address of their own, by the calendar entries they have.
_ATTENDEES = text("""
    select slot_id, (select count(*) from (
        select id from registration
        where registration.slot_id = slot.slot_id and registration.state = 'confirmed'
        limit :most) few
        join calendar_entry on registration_id = few.id
        where calendar_entry.state = 'active' and person <> 'contact')
    from unnest(cast(:slots as uuid[])) slot (slot_id)
""")


def planned_mails(session: Session, meeting_id: UUID, *, most: int | None = None) -> list[Planned]:
    """Soonest first. With *most* no more than so many claims of a slot and state are looked at."""
    rows = session.execute(
        select(PlannedMail.kind, PlannedMail.due_at, PlannedMail.slot_id, PlannedMail.rule)
        .where(PlannedMail.meeting_id == meeting_id, PlannedMail.state == "planned")
        .order_by(PlannedMail.due_at)
    ).all()
    slots = {row.slot_id for row in rows if row.slot_id}
    readers = _readers_by_slot(session, {"slots": list(slots), "most": most}) if slots else {}
    counted: dict[tuple[str, datetime, str], int] = defaultdict(int)
    first_of_hour: dict[datetime, datetime] = {}
    for row in rows:
        if row.kind == NUDGE:
            # Each is due at its own minute; the list shows them by the hour.
            hour = row.due_at.replace(minute=0, second=0, microsecond=0)
            due_at = first_of_hour.setdefault(hour, row.due_at)
            counted["confirm_address", due_at, ""] += 1
        else:
            audience = row.rule.get("audience", "confirmed")
            counted[row.kind, row.due_at, audience] += readers.get((row.slot_id, audience), 0)
    return [
        Planned(kind=kind, due_at=due_at, audience=audience, recipients=number)
        for (kind, due_at, audience), number in counted.items()
    ]


def _readers_by_slot(session: Session, values: dict[str, Any]) -> dict[tuple[UUID, str], int]:
    readers: dict[tuple[UUID, str], int] = defaultdict(int)
    for slot_id, state, number in session.execute(_CONTACTS, values):
        if state == "waitlisted":
            readers[slot_id, "waitlisted"] += number
        else:
            readers[slot_id, "contacts"] += number
            readers[slot_id, "confirmed"] += number
    for slot_id, number in session.execute(_ATTENDEES, values):
        readers[slot_id, "confirmed"] += number
    return readers
