"""What the page after a sign-up shows: one query, whether it was a first or a second sign-up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session, aliased

from services.registration.models import Registration, RepeatedSignUp

_claim, _first = aliased(Registration), aliased(Registration)
_again = RepeatedSignUp


def signed_up(session: Session, identifier: UUID) -> Any:
    """The claim (id, state, …), or what a second sign-up was told (shown, wish) with the claim it repeats.

    All columns are None where there is no such sign-up.
    """
    asked = select(literal(identifier).label("id")).subquery()
    query = (
        select(
            _claim.meeting_id,
            _claim.slot_id,
            _claim.state,
            _claim.seats,
            _claim.deadline_at,
            _claim.email,
            _again.shown,
            _again.wish,
            _first.meeting_id.label("first_meeting_id"),
            _first.slot_id.label("first_slot_id"),
        )
        .select_from(asked)
        .outerjoin(_claim, _claim.id == asked.c.id)
        .outerjoin(_again, _again.id == asked.c.id)
        .outerjoin(_first, _first.id == _again.registration_id)
    )
    return session.execute(query).one()


def first_of(session: Session, page: UUID) -> UUID:
    """The page with which a chain of corrections began; *page* itself where it corrects nothing."""
    return session.scalar(select(_again.first_id).where(_again.id == page)) or page


def latest(session: Session, page: UUID) -> UUID:
    """The page that is to be shown instead: that of the last correction; *page* itself where there was none."""
    first = select(_again.first_id).where(_again.id == page).scalar_subquery()
    corrections = select(_again.id).where(_again.first_id == func.coalesce(first, page))
    return session.scalar(corrections.order_by(_again.id.desc()).limit(1)) or page


def corrections_of(session: Session, first: UUID) -> int:
    """How often the address of a sign-up was corrected."""
    query = select(func.count()).select_from(_again).where(_again.first_id == first)
    return session.scalar(query) or 0
