"""Tells the other services which mails are planned for a meeting, whenever that changes."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.notifications.models import Meeting, StalePlan
from services.notifications.queries.planned import planned_mails
from shared.events.notifications import MailsPlanned, PlannedMail
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
    planned = [
        PlannedMail(kind=one.kind, due_at=one.due_at, recipients=one.recipients)
        for one in planned_mails(session, meeting_id)
    ]
    plain = [{**one.__dict__, "due_at": one.due_at.isoformat()} for one in planned]
    if plain == (meeting.published_plan or []):
        return False
    revision = meeting.plan_revision + 1
    session.execute(
        update(Meeting)
        .where(Meeting.id == meeting_id)
        .values(published_plan=plain, plan_revision=revision)
    )
    fact = MailsPlanned(revision=revision, meeting_id=meeting_id, planned=planned)
    outbox.record(session, fact)
    return True
