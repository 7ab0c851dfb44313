"""What happened to a registration: what its row knows for good, and the facts of the last weeks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.registration.models import Registration
from services.registration.pages.coordination.words import reason_words
from shared.language import gettext as _
from shared.language import lazy_gettext
from shared.messaging import outbox

MOST = 40


@dataclass(frozen=True)
class Step:
    """One thing that happened."""

    at: datetime
    what: str
    why: str = ""


_FACTS = {
    "RegistrationHeld": lazy_gettext("Signed up, seats are held"),
    "ApprovalRequested": lazy_gettext("Waits for a decision"),
    "RegistrationConfirmed": lazy_gettext("Registered"),
    "RegistrationWaitlisted": lazy_gettext("On the waitlist"),
    "RegistrationChanged": lazy_gettext("Changed"),
    "RegistrationCancelled": lazy_gettext("Signed off"),
    "RegistrationExpired": lazy_gettext("Lapsed"),
    "RegistrationDeclined": lazy_gettext("Declined"),
    "LinkRequested": lazy_gettext("The link was sent again"),
}
_CHANGES = {
    "attendees": lazy_gettext("people"),
    "seats": lazy_gettext("seats"),
    "contact": lazy_gettext("contact"),
    "address": lazy_gettext("address"),
    "joined": lazy_gettext("moved up from the waitlist"),
}
_STATES = {
    "confirmed": "RegistrationConfirmed",
    "waitlisted": "RegistrationWaitlisted",
    "cancelled": "RegistrationCancelled",
    "expired": "RegistrationExpired",
    "declined": "RegistrationDeclined",
}


def history(session: Session, registration: Registration) -> list[Step]:
    """Newest first. Facts are kept for some weeks; what the row itself knows stays."""
    facts = [
        event
        for event in outbox.list_events(session, aggregate_id=registration.id, limit=MOST)
        if event.name in _FACTS and not _only_confirms(event)
    ]
    steps = [_of_fact(event) for event in facts]
    steps += _of_row(registration, known={event.name for event in facts})
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _only_confirms(event: Any) -> bool:
    """Whether it says no more than that the address was confirmed, which the row tells itself."""
    waits = event.name in {"ApprovalRequested", "RegistrationWaitlisted"}
    return waits and event.payload.get("previous_state") == event.payload.get("state")


def _of_fact(event: Any) -> Step:
    payload = event.payload
    why = reason_words(str(payload.get("reason") or ""))
    if event.name == "RegistrationChanged":
        why = ", ".join(str(_CHANGES.get(name, name)) for name in payload.get("changes", ()))
    if event.name == "LinkRequested":
        why = ""
    return Step(event.occurred_at, str(_FACTS[event.name]), why)


def _of_row(registration: Registration, known: set[str]) -> Iterator[Step]:
    if not known & {"RegistrationHeld", "ApprovalRequested"}:
        words = _("Signed up by a coordinator") if registration.on_behalf else _("Signed up")
        yield Step(registration.signed_up_at, words)
    if registration.verified_at and not registration.on_behalf:
        yield Step(registration.verified_at, _("Address confirmed"))
    fact = _STATES.get(registration.state)
    if fact and fact not in known:
        yield Step(
            registration.state_changed_at, str(_FACTS[fact]), reason_words(registration.reason)
        )
    for person in registration.attendees:
        if person.checked_in_at:
            yield Step(person.checked_in_at, _("%(name)s has arrived", name=person.name))
