"""A mail about a claim: to the contact, or to one of those who come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.notifications.domain.scene import CONTACT, Claim, Person
from services.notifications.use_cases.intents import Intent


def intent(
    kind: str,
    claim: Claim,
    key: str,
    *,
    person: Person | None = None,
    details: Mapping[str, Any] | None = None,
    recipient: str | None = None,
) -> Intent:
    """A mail to *person* of the claim, or to its contact."""
    reader = person or claim.contact
    return Intent(
        key=key,
        kind=kind,
        person=person.key if person else CONTACT,
        recipient=recipient or reader.email,
        recipient_name=reader.name if person is None else reader.known_name,
        language=claim.language,
        network_id=claim.network_id,
        meeting_id=claim.meeting_id,
        registration_id=claim.id,
        company=claim.company,
        details=details or {},
    )
