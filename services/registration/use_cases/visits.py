"""When a coordinator last looked at a place, so that it can say what is new."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

# Looking again within this time is the same visit.
SAME_VISIT = timedelta(minutes=30)

_SEEN = text("""
    insert into coordinator_visit (coordinator_id, place, seen_at)
    values (:coordinator_id, :place, :now)
    on conflict (coordinator_id, place) do update set
        seen_before_at = case when coordinator_visit.seen_at < :same_visit
                              then coordinator_visit.seen_at
                              else coordinator_visit.seen_before_at end,
        seen_at = greatest(coordinator_visit.seen_at, excluded.seen_at)
    returning seen_before_at
""")


def note_visit(
    session: Session, coordinator_id: UUID, *, place: str, now: datetime
) -> datetime | None:
    """Note that she looks at *place*; when she did so on the visit before, or None on the first."""
    values = {
        "coordinator_id": coordinator_id,
        "place": place,
        "now": now,
        "same_visit": now - SAME_VISIT,
    }
    seen_before: datetime | None = session.scalar(_SEEN, values)
    return seen_before
