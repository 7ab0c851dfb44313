"""What coordinators and operators do with mails: look, send again, hold back, release."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notifications.models import Mail, Meeting
from services.notifications.queries import mails as queries
from services.notifications.queries.mails import MailFilter
from shared.database import DATABASE_NOW
from shared.scope import EVERYTHING, Scope

# What may be sent again by hand. The bytes stay the same, so whoever has it already may see one only.
RETRYABLE = ("failed", "ambiguous", "retry")


def list_mails(
    session: Session, *, chosen: MailFilter | None = None, limit: int = 50
) -> Sequence[Any]:
    """The newest mails, without their content (queries.mails.LINE)."""
    everything = chosen or MailFilter()
    return queries.mails(session, EVERYTHING, everything, page=1, page_size=limit).rows


def show_mail(session: Session, mail_id: UUID) -> Mail | None:
    """One mail with its content."""
    return queries.mail(session, EVERYTHING, mail_id)


def retry_mail(session: Session, mail_id: UUID, scope: Scope = EVERYTHING) -> bool:
    """Send once more, now; False if there is nothing to send again."""
    statement = (
        update(Mail)
        .where(Mail.id == mail_id, Mail.state.in_(RETRYABLE), scope.over(Mail.network_id))
        .where(Mail.erased_at.is_(None))
        .values(state="queued", due_at=DATABASE_NOW, attempts=0, claimed_until=None)
    )
    return bool(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def hold_mails(
    session: Session, *, meeting_id: UUID | None = None, mail_id: UUID | None = None
) -> int:
    """Hold back one mail, or all of a meeting that go to many and have not gone, now and later.

    How many mails are held back by it. What is just being sent goes out.
    """
    chosen = _waiting(Mail.state.in_(("queued", "retry")), mail_id=mail_id)
    if meeting_id is not None:
        _mark(session, meeting_id, held_back=True)
        chosen = [*chosen, Mail.meeting_id == meeting_id, Mail.priority > 0]
    return _change(session, chosen, {"state": "held_back"})


def release_mails(
    session: Session, *, meeting_id: UUID | None = None, mail_id: UUID | None = None
) -> int:
    """Let go what was held back: one mail, those of a meeting, or all; how many."""
    chosen = _waiting(Mail.state == "held_back", mail_id=mail_id)
    if meeting_id is not None:
        _mark(session, meeting_id, held_back=False)
        chosen.append(Mail.meeting_id == meeting_id)
    return _change(session, chosen, {"state": "queued"})


def _waiting(condition: Any, *, mail_id: UUID | None) -> list[Any]:
    free = (Mail.claimed_until.is_(None)) | (Mail.claimed_until <= DATABASE_NOW)
    chosen = [condition, free]
    return chosen if mail_id is None else [*chosen, Mail.id == mail_id]


def _change(session: Session, chosen: Sequence[Any], values: dict[str, Any]) -> int:
    return int(session.execute(update(Mail).where(*chosen).values(values)).rowcount)  # type: ignore[attr-defined]


def _mark(session: Session, meeting_id: UUID, *, held_back: bool) -> None:
    # Waits for whoever makes mails of this meeting with the old mark (intents), so that they are found.
    session.execute(select(Meeting.id).where(Meeting.id == meeting_id).with_for_update())
    session.execute(update(Meeting).where(Meeting.id == meeting_id).values(held_back=held_back))
