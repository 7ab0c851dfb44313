"""Tells the other services which mails are planned for a meeting, whenever that changes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from services.notifications.models import (
    CalendarEntry,
    Meeting,
    PlannedMail,
    Registration,
    StalePlan,
)
from services.notifications.use_cases.plans import NUDGE
from shared.events.notifications import MailsPlanned
from shared.events.notifications import PlannedMail as PlannedMailNews
from shared.messaging import outbox

BATCH = 50


def tell(session: Session) -> int:
    """Publish the plans that changed since they were told; how many. Safe to run twice at once."""
    stale = select(StalePlan.meeting_id).limit(BATCH).with_for_update(skip_locked=True)
    meetings = session.scalars(
        delete(StalePlan).where(StalePlan.meeting_id.in_(stale)).returning(StalePlan.meeting_id)
    ).all()
    return sum(_tell(session, meeting_id) for meeting_id in sorted(meetings))


def _tell(session: Session, meeting_id: UUID) -> bool:
    meeting = session.scalar(select(Meeting).where(Meeting.id == meeting_id).with_for_update())
    if meeting is None:
        return False
    planned = planned_mails(session, meeting_id)
    plain = [{**news.__dict__, "due_at": news.due_at.isoformat()} for news in planned]
    if plain == (meeting.published_plan or []):
        return False
    session.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id)
        .values(published_plan=plain, plan_revision=Meeting.plan_revision + 1)
    )
    revision = session.scalar(select(Meeting.plan_revision).where(Meeting.id == meeting_id))
    fact = MailsPlanned(revision=revision or 1, meeting_id=meeting_id, planned=planned)
    outbox.record(session, fact)
    return True


def planned_mails(session: Session, meeting_id: UUID) -> list[PlannedMailNews]:
    """What is planned for the meeting, soonest first, with how many people get it as things stand."""
    rows = session.execute(
        select(PlannedMail.kind, PlannedMail.due_at, PlannedMail.slot_id, PlannedMail.rule)
        .where(PlannedMail.meeting_id == meeting_id, PlannedMail.state == "planned")
        .order_by(PlannedMail.due_at)
    ).all()
    readers = readers_by_slot(session, meeting_id) if rows else {}
    counted: dict[tuple[str, Any], int] = defaultdict(int)
    for row in rows:
        if row.kind == NUDGE:
            counted["confirm_address", row.due_at] += 1
        else:
            audience = row.rule.get("audience", "confirmed")
            counted[row.kind, row.due_at] += readers.get((row.slot_id, audience), 0)
    return [
        PlannedMailNews(kind=kind, due_at=due_at, recipients=number)
        for (kind, due_at), number in counted.items()
    ]


def readers_by_slot(session: Session, meeting_id: UUID) -> dict[tuple[UUID, str], int]:
    """How many people each audience of each slot has."""
    claims = session.execute(
        select(Registration.slot_id, Registration.state, func.count())
        .where(
            Registration.meeting_id == meeting_id,
            Registration.state.in_(("confirmed", "waitlisted")),
            Registration.data["contact"]["email"].astext.is_not(None),
        )
        .group_by(Registration.slot_id, Registration.state)
    )
    readers: dict[tuple[UUID, str], int] = defaultdict(int)
    for slot_id, state, number in claims:
        if state == "waitlisted":
            readers[slot_id, "waitlisted"] += number
        else:
            readers[slot_id, "contacts"] += number
            readers[slot_id, "confirmed"] += number
    attendees = session.execute(
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
    for slot_id, number in attendees:
        readers[slot_id, "confirmed"] += number
    return readers
