"""Facts heard again after a restore: the mails they make were sent already, or may have been."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.models import ReplayedEvent
from shared.events.envelope import Envelope, Fact
from shared.messaging.service import Handler

SENT_BEFORE = "its fact had had its effect before a restore"
MAY_BE_SENT = "in doubt since a restore: it may have been sent"
_EVENT = "replayed_event_id"  # in the notes of a session


def noted(handlers: Mapping[type[Fact], Handler]) -> Mapping[type[Fact], Handler]:
    """*handlers* whose session knows which event it works for."""
    return {fact: _noting(handler) for fact, handler in handlers.items()}


def _noting(handler: Handler) -> Handler:
    def note_and_handle(session: Session, fact: Any, envelope: Envelope) -> None:
        session.info[_EVENT] = envelope.id
        handler(session, fact, envelope)

    return note_and_handle


def doubt(session: Session) -> dict[str, Any]:
    """What becomes of the mails of the event at work, in place of being sent; empty as a rule."""
    event_id = session.info.get(_EVENT)
    if event_id is None:
        return {}
    query = select(ReplayedEvent.certain).where(ReplayedEvent.event_id == event_id)
    certain = session.scalar(query)
    if certain is None:
        return {}
    if certain:
        return {"state": "suppressed", "smtp_text": SENT_BEFORE}
    return {"state": "held_back", "smtp_text": MAY_BE_SENT}
