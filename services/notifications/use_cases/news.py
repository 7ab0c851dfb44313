"""What is new about a meeting, told to those with a living claim: each person once, only what changed for her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain import calendars, moves
from services.notifications.domain.letters import differences
from services.notifications.domain.scene import CONTACT, Claim, Meeting, Person
from services.notifications.use_cases import calendar_entries, copies, intents
from services.notifications.use_cases.addressing import intent
from services.notifications.use_cases.copies import ClaimTold
from services.notifications.use_cases.intents import Intent
from shared.events.states import LIVING

KIND = "meeting_changed"
Sequences = Mapping[tuple[UUID, str], int]


def tell(
    session: Session,
    concerned: Iterable[tuple[Claim, list[str]]],
    *,
    revision: int,
    before: Meeting | None,
) -> None:
    """One mail to each person of the claims about this revision of the meeting, with the fields that changed.

    Additional seats that wait belong to a claim that is told anyway. Told twice, it is the same mail.
    """
    mains = [(claim, fields) for claim, fields in concerned if claim.linked_to is None]
    sequences = calendar_entries.raise_all(session, [claim.id for claim, fields in mains if fields])
    mails: list[Intent] = []
    for claim, fields in mains:
        details = {"fields": fields, "before": _before(before, claim.slot_id)}
        mails += _to_everybody(session, claim, revision, details=details, sequences=sequences)
    intents.put(session, mails)


def tell_missed(session: Session, told: ClaimTold, meeting: Meeting | None) -> None:
    """A claim heard of for the first time, after a change that its people had not seen when they signed up."""
    claim = told.claim
    if told.before is not None or claim.state not in LIVING or not claim.meeting_revision:
        return
    if (
        meeting is None
        or meeting.revision <= claim.meeting_revision
        or meeting.state != "published"
    ):
        return
    seen = copies.meeting_as_of(session, meeting.id, claim.meeting_revision)
    fields = moves.changed_fields(seen, meeting, slot_id=claim.slot_id, named=())
    if fields:
        tell(session, [(claim, fields)], revision=meeting.revision, before=seen)


def _before(meeting: Meeting | None, slot_id: UUID) -> dict[str, Any]:
    """What people knew, for the mail to name it."""
    if meeting is None:
        return {}
    slot = meeting.slot(slot_id)
    return {
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "venue": asdict(meeting.place),
        **differences.as_known(meeting),
    }


def _to_everybody(
    session: Session,
    claim: Claim,
    revision: int,
    *,
    details: Mapping[str, Any],
    sequences: Sequences,
) -> list[Intent]:
    readers: list[Person | None] = [None]
    if claim.state == "confirmed":
        entered = calendar_entries.active(session, claim.id)
        readers += [person for person in claim.own_mail if person.key in entered]
    mails = []
    for person in readers:
        who = person.key if person else CONTACT
        key = f"{KIND}:{claim.meeting_id}:{revision}:{claim.id}:{who}"
        sequence = sequences.get((claim.id, who))
        entry = {} if sequence is None else {"sequence": sequence, "method": calendars.REQUEST}
        mails.append(intent(KIND, claim, key, person=person, details={**details, **entry}))
    return mails
