"""The clock of personal data: rosters of meetings long over keep companies and seats; the security log ends."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, and_, delete, or_, select
from sqlalchemy.orm import Session

from services.scheduling.models import Meeting, RosterEntry, SecurityEvent
from services.scheduling.use_cases import rosters
from shared.messaging import erasures

BATCH = 200


def empty_past(
    session: Session, *, ended_before: datetime, signed_up_before: datetime, now: datetime
) -> int:
    """Empty up to 200 entries of meetings long over, or of sign-ups that ended without being confirmed; how many."""
    past = past_meetings(ended_before)
    unconfirmed = and_(
        RosterEntry.living.is_(False),
        RosterEntry.verified_at.is_(None),
        RosterEntry.on_behalf.is_(False),
        RosterEntry.signed_up_at < signed_up_before,
    )
    query = select(RosterEntry.registration_id).where(
        RosterEntry.erased_at.is_(None), or_(RosterEntry.meeting_id.in_(past), unconfirmed)
    )
    found = session.scalars(query.limit(BATCH)).all()
    erasures.scrub_messages_about(session, "registration_id", found)
    return rosters.empty(session, found, now)


def past_meetings(ended_before: datetime) -> Select[UUID]:
    """The meetings long over."""
    return select(Meeting.id).where(Meeting.ends_at < ended_before)


def forget_security_events(session: Session, before: datetime) -> None:
    """Remove what happened before."""
    session.execute(delete(SecurityEvent).where(SecurityEvent.at < before))
