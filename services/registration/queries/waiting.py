"""Where a claim stands in the waitlist of its slot."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import Reason, State
from services.registration.models import Registration


def position(session: Session, claim: Registration) -> int:
    """Groups ahead of *claim* in the list, plus one."""
    ahead = session.scalar(
        select(func.count())
        .select_from(Registration)
        .where(
            Registration.slot_id == claim.slot_id,
            Registration.state == State.WAITLISTED,
            Registration.reason != Reason.COMPANY_CAP,
            Registration.rank < claim.rank,
        )
    )
    return (ahead or 0) + 1
