"""A second sign-up of the same address: the same answer, the difference told by mail only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.models import Registration, RepeatedSignUp
from services.registration.use_cases.facts import record
from services.registration.use_cases.sign_up import SignedUp, Wish
from shared.events.registration import LinkRequested

# Nobody can be flooded with mails by somebody who knows the address.
MAILS_PER_HOUR = 5
ASKED = "asked"
REPEATED = "repeated"


def keep_repetition(session: Session, done: SignedUp, wish: Wish, now: datetime) -> None:
    """Remember what was typed and shown, and have the owner of the address told."""
    if done.repeats is None:
        return
    # Locked before the new row refers to it: two repetitions would wait for each other otherwise.
    session.get(Registration, done.repeats, with_for_update={"key_share": True})
    session.add(
        RepeatedSignUp(
            id=done.id,
            registration_id=done.repeats,
            shown={
                "state": done.state,
                "seats": done.seats,
                "held_until": done.held_until.isoformat() if done.held_until else None,
            },
            wish=asdict(wish) | {"slot_id": str(wish.slot_id)},
            created_at=now,
        )
    )
    session.flush()
    send_link(session, done.repeats, REPEATED, now)


def send_link(session: Session, registration_id: UUID, reason: str, now: datetime) -> None:
    """Have the present link mailed to the address of a claim, within limits."""
    claim = session.get(Registration, registration_id, with_for_update={"key_share": True})
    if claim is None or claim.email is None or _mailed_enough(claim, now):
        return
    claim.link_requests = [*_recent(claim, now), now]
    record(session, LinkRequested, claim, previous=claim.state, reason=reason)


def _recent(claim: Registration, now: datetime) -> list[datetime]:
    return [moment for moment in claim.link_requests if moment > now - timedelta(hours=1)]


def _mailed_enough(claim: Registration, now: datetime) -> bool:
    return len(_recent(claim, now)) >= MAILS_PER_HOUR
