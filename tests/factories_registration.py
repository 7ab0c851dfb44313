"""Facts of registration as scheduling hears them; every field can be overridden."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.scheduling.use_cases import rosters
from shared.clock import now
from shared.database import Database
from shared.events import registration as facts
from shared.identifiers import new_id


def person(number: int, *, is_contact: bool = False) -> facts.Attendee:
    """Somebody with an own address."""
    return facts.Attendee(
        attendee_id=new_id(),
        name=f"Mensch {number}",
        email=f"mensch{number}@betrieb.example",
        link_version=1,
        is_contact=is_contact,
    )


def registered(
    kind: type[Any] = facts.RegistrationConfirmed, *, attendees: int = 1, **fields: Any
) -> Any:
    """A fact about a registration; its contact is the first attendee."""
    people = [person(number, is_contact=number == 0) for number in range(attendees)]
    contact = facts.Contact(
        contact_id=new_id(), name="Mensch 0", email="mensch0@betrieb.example", phone=""
    )
    company = facts.Company(
        company_id=new_id(), name="Schreinerei", postcode="44369", district="Huckarde"
    )
    given: dict[str, Any] = {
        "revision": 1,
        "registration_id": new_id(),
        "network_id": new_id(),
        "meeting_id": new_id(),
        "meeting_revision": 1,
        "slot_id": new_id(),
        "linked_to": None,
        "state": "confirmed",
        "previous_state": "held",
        "seats": attendees,
        "company": company,
        "contact": contact,
        "attendees": people,
        "language": "de",
        "signed_up_at": now(),
        "verified_at": now(),
        "held_until": None,
        "link_version": 1,
        "on_behalf": False,
        "reason": "",
    }
    return kind(**given | fields)


def confirmed(database: Database, meeting: dict[str, Any], *, attendees: int) -> None:
    """Let scheduling hear of a confirmed registration for the first slot of a told meeting."""
    fact = registered(
        attendees=attendees,
        meeting_id=UUID(meeting["meeting_id"]),
        slot_id=UUID(meeting["slots"][0]["slot_id"]),
    )
    with database.transaction() as session:
        rosters.keep(session, fact)
