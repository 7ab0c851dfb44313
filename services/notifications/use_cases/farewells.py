"""Last mails before somebody is erased. They hold an address, no name, until they are delivered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.domain import calendars
from services.notifications.domain.scene import CONTACT, Claim, Person, read_claim
from services.notifications.models import Registration
from services.notifications.use_cases import calendar_entries, copies, intents
from services.notifications.use_cases.intents import Intent
from shared.events.states import LIVING


def say_farewell(session: Session, claim: Claim, now: datetime) -> None:
    """Those who had the date hear that it is over, with the entry that removes it. Once, whoever calls."""
    if _is_over(session, claim, now):
        return
    sequences = calendar_entries.cancel(session, [claim.id])
    organizer = calendar_entries.organizer_of(session, claim.id)
    entries = {person: sequence for (_, person), sequence in sequences.items()}
    mails = (
        [_farewell(claim, None, sequence=entries.get(CONTACT), organizer=organizer)]
        if claim.verified
        else []
    )
    mails += [
        _farewell(claim, person, sequence=entries[person.key], organizer=organizer)
        for person in claim.own_mail
        if person.key in entries
    ]
    intents.put(session, mails)


def say_farewell_to_seat(session: Session, claim: Claim, seat: UUID, now: datetime) -> None:
    """The same for one person, if she had the date."""
    if _is_over(session, claim, now):
        return
    sequence = calendar_entries.cancel(session, [claim.id], str(seat)).get((claim.id, str(seat)))
    people = [person for person in claim.own_mail if person.key == str(seat)]
    if sequence is not None:
        organizer = calendar_entries.organizer_of(session, claim.id)
        intents.put(
            session,
            [_farewell(claim, person, sequence=sequence, organizer=organizer) for person in people],
        )


def tell_contact(session: Session, registration_id: UUID, erasure_id: UUID) -> None:
    """Nothing was given up, so no other mail tells the person."""
    data = session.scalar(select(Registration.data).where(Registration.id == registration_id))
    if data is not None:
        claim, kind = read_claim(data), "data_erased"
        mail = _mail(kind, claim, None, key=f"{kind}:{erasure_id}", details={})
        intents.put(session, [mail])


def _is_over(session: Session, claim: Claim, now: datetime) -> bool:
    if claim.state not in LIVING:
        return True
    # Before the calendar entries, as a change of the meeting does it.
    meeting = copies.hold_meeting(session, claim.meeting_id)
    return meeting is not None and meeting.slot(claim.slot_id).starts_at <= now


def _farewell(
    claim: Claim,
    person: Person | None,
    *,
    sequence: int | None,
    organizer: Mapping[str, Any] | None,
) -> Intent:
    # The entry itself is gone when the mail is written.
    details: dict[str, Any] = {"organizer": organizer} if organizer else {}
    if sequence is not None:
        details |= {"sequence": sequence, "method": calendars.CANCEL}
    if person is not None:
        details["removed"] = {
            "attendee_id": person.key,
            "name": "",
            "email": None,
            "link_version": person.link_version,
            "is_contact": False,
        }
    key = f"erased:{claim.id}:{person.key if person else CONTACT}"
    return _mail("registration_cancelled", claim, person, key=key, details=details)


def _mail(
    kind: str, claim: Claim, person: Person | None, *, key: str, details: dict[str, Any]
) -> Intent:
    return Intent(
        key=key,
        kind=kind,
        person=person.key if person else CONTACT,
        recipient=(person or claim.contact).email,
        recipient_name="",
        language=claim.language,
        network_id=claim.network_id,
        meeting_id=claim.meeting_id,
        registration_id=claim.id,
        details=details | {"farewell": True, "erased": True},
    )
