"""The security log: what happened around sign-ins, from where; kept for some weeks, then forgotten."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from services.scheduling.models import SecurityEvent
from shared.clock import now

SIGNED_IN = "signed_in"
REFUSED = "sign_in_refused"  # by whom is not noted: it would tell who has an account
PASSWORD_SET = "password_set"  # noqa: S105 - no secret
ENDED_EVERYWHERE = "sign_ins_ended"


def note(
    session: Session, kind: str, *, place: str = "", coordinator_id: UUID | None = None
) -> None:
    """Write down that it happened."""
    session.add(SecurityEvent(at=now(), kind=kind, place=place, coordinator_id=coordinator_id))
