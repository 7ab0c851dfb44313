"""The operator's own texts of imprint, privacy and accessibility."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.models import LegalText


def save_legal_text(
    session: Session, *, page: str, language: str, body: str, now: datetime, by: UUID
) -> None:
    """Keep *body* as the text of *page* in *language*; an empty one brings the default back."""
    own = session.get(LegalText, (page, language), with_for_update=True)
    if not body:
        if own is not None:
            session.delete(own)
        return
    if own is None:
        own = LegalText(page=page, language=language)
        session.add(own)
    own.body, own.updated_at, own.updated_by = body, now, by
