"""A second sign-up of the same address: the same answer, the difference told by mail only."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.models import Registration
from services.registration.queries.sign_up import keep_repeated
from services.registration.use_cases.facts import record
from services.registration.use_cases.sign_up import Person, SignedUp, Wish
from shared.database import Executor
from shared.events.registration import LinkRequested, SignUpRepeated
from shared.messaging.outbox import prepared

# Nobody can be flooded with mails by somebody who knows the address.
MAILS_PER_HOUR = 5
ASKED = "asked"
REPEATED = "repeated"


def keep_repetition(connection: Executor, done: SignedUp, wish: Wish, now: datetime) -> None:
    """Remember what was typed and shown; the owner of the address is told later, by the fact's handler.

    One statement, so that this takes no longer than a first sign-up.
    """
    if done.repeats is None:
        return
    shown = as_shown(done.state, done.seats, done.held_until)
    fact = SignUpRepeated(revision=1, repeated_id=done.id, registration_id=done.repeats)
    values = {"id": done.id, "registration_id": done.repeats, "now": now}
    texts = {"shown": json.dumps(shown), "wish": json.dumps(as_kept(wish))}
    keep_repeated(connection, {**values, **texts, **prepared(fact)})


def as_shown(state: str, seats: int, held_until: datetime | None) -> dict[str, Any]:
    """What the page after signing up says, to be kept."""
    until = held_until.isoformat() if held_until else None
    return {"state": str(state), "seats": seats, "held_until": until}


def as_kept(wish: Wish) -> dict[str, Any]:
    """What was typed, to be kept."""
    return asdict(wish) | {"slot_id": str(wish.slot_id)}


def from_kept(kept: dict[str, Any]) -> Wish:
    """What was typed."""
    people = tuple(Person(person["name"], person["email"]) for person in kept["attendees"])
    return Wish(**(kept | {"slot_id": UUID(kept["slot_id"]), "attendees": people}))


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
