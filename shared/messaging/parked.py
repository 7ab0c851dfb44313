"""Facts that failed for good and wait for a person: seen, tried again, or dropped with a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shared.clock import now
from shared.database import DATABASE_NOW
from shared.messaging.order import comes_before
from shared.messaging.tables import inbox


def list_parked(session: Session) -> Sequence[Any]:
    """The parked rows, oldest first."""
    query = select(inbox).where(inbox.c.state == "parked").order_by(inbox.c.received_at)
    return session.execute(query).all()


def list_dropped(session: Session, *, limit: int = 10) -> Sequence[Any]:
    """What was given up last, newest first."""
    query = select(inbox).where(inbox.c.state == "dropped")
    return session.execute(query.order_by(inbox.c.done_at.desc()).limit(limit)).all()


def count_behind(session: Session, row: Any) -> int:
    """How many later events wait for this one."""
    waiting = select(func.count()).where(comes_before(row, inbox.c), inbox.c.state == "new")
    return session.scalar(waiting) or 0


def show(session: Session, event_id: UUID) -> Any | None:
    """One inbox row, whatever its state."""
    return session.execute(select(inbox).where(inbox.c.event_id == event_id)).first()


def retry(session: Session, event_id: UUID) -> bool:
    """Let the next sweep try a parked event again, with all its attempts; False if it is not parked."""
    return _change(session, event_id, state="new", attempts=0, due_at=DATABASE_NOW)


def drop(session: Session, event_id: UUID, *, reason: str) -> bool:
    """Give up a parked event, so that those behind it go on; False if it is not parked."""
    note = func.concat("dropped: ", reason, " | ", inbox.c.last_error)
    return _change(session, event_id, state="dropped", done_at=now(), last_error=note)


def _change(session: Session, event_id: UUID, **values: Any) -> bool:
    statement = (
        update(inbox)
        .where(inbox.c.event_id == event_id, inbox.c.state == "parked")
        .values(**values)
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]
