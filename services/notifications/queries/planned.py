"""What is planned for a meeting, with how many people get it as things stand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.notifications.domain.reminders import NUDGE
from services.notifications.models import CalendarEntry, PlannedMail, Registration


@dataclass(frozen=True, kw_only=True)
class Planned:
    """Mails of one kind to one audience at one time."""

    kind: str
    due_at: datetime
    audience: str  # empty for nudges
    recipients: int


def planned_mails(session: Session, meeting_id: UUID) -> list[Planned]:
    """Soonest first."""
    rows = session.execute(
        select(PlannedMail.kind, PlannedMail.due_at, PlannedMail.slot_id, PlannedMail.rule)
        .where(PlannedMail.meeting_id == meeting_id, PlannedMail.state == "planned")
        .order_by(PlannedMail.due_at)
    ).all()
    readers = _readers_by_slot(session, meeting_id) if rows else {}
    counted: dict[tuple[str, datetime, str], int] = defaultdict(int)
    for row in rows:
        if row.kind == NUDGE:
            counted["confirm_address", row.due_at, ""] += 1
        else:
            audience = row.rule.get("audience", "confirmed")
            counted[row.kind, row.due_at, audience] += readers.get((row.slot_id, audience), 0)
    return [
        Planned(kind=kind, due_at=due_at, audience=audience, recipients=number)
        for (kind, due_at, audience), number in counted.items()
    ]


def _readers_by_slot(session: Session, meeting_id: UUID) -> dict[tuple[UUID, str], int]:
    readers: dict[tuple[UUID, str], int] = defaultdict(int)
    for slot_id, state, number in _contacts(session, meeting_id):
        if state == "waitlisted":
            readers[slot_id, "waitlisted"] += number
        else:
            readers[slot_id, "contacts"] += number
            readers[slot_id, "confirmed"] += number
    for slot_id, number in _attendees(session, meeting_id):
        readers[slot_id, "confirmed"] += number
    return readers


def _contacts(session: Session, meeting_id: UUID) -> list[tuple[UUID, str, int]]:
    rows = session.execute(
        select(Registration.slot_id, Registration.state, func.count())
        .where(
            Registration.meeting_id == meeting_id,
            Registration.state.in_(("confirmed", "waitlisted")),
            Registration.data["contact"]["email"].astext.is_not(None),
        )
        .group_by(Registration.slot_id, Registration.state)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _attendees(session: Session, meeting_id: UUID) -> list[tuple[UUID, int]]:
    """Those with an address of their own, by the calendar entries they have."""
    rows = session.execute(
        select(Registration.slot_id, func.count())
        .join(CalendarEntry, CalendarEntry.registration_id == Registration.id)
        .where(
            Registration.meeting_id == meeting_id,
            Registration.state == "confirmed",
            CalendarEntry.state == "active",
            CalendarEntry.person != "contact",
        )
        .group_by(Registration.slot_id)
    )
    return [(row[0], row[1]) for row in rows]
