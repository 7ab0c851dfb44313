"""Facts about a meeting become mails to everybody concerned, moved dates and new plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notifications.domain import calendars, moves
from services.notifications.domain.relevance import LIVING
from services.notifications.domain.scene import CONTACT, Claim, Meeting, Person, read_claim
from services.notifications.models import Mail, Registration
from services.notifications.use_cases import calendar_entries, copies, intents, plans, registrations
from services.notifications.use_cases.intents import Intent
from shared.database import DATABASE_NOW
from shared.events.envelope import Envelope
from shared.events.scheduling import MeetingCancelled, MeetingChanged, MeetingPublished

KIND = "meeting_changed"
Sequences = Mapping[tuple[UUID, str], int]


def published(session: Session, fact: MeetingPublished, envelope: Envelope) -> None:
    """Remember it and plan its reminders."""
    told = copies.save_meeting(session, fact, envelope)
    if told.newest:
        plans.replan(session, fact.meeting_id)


def changed(session: Session, fact: MeetingChanged, envelope: Envelope) -> None:
    """One mail to each person with a living claim, naming what changed; reminders planned anew.

    A fact overtaken by a later one has been told with it: the later one was compared with what people
    knew.
    """
    told = copies.save_meeting(session, fact, envelope)
    if not told.newest:
        return
    plans.replan(session, fact.meeting_id)
    named = [(change.field, change.slot_id) for change in fact.changes]
    concerned = {
        claim.id: (claim, fields)
        for claim in living_claims(session, fact.meeting_id)
        if (
            fields := moves.changed_fields(
                told.before, told.meeting, slot_id=claim.slot_id, named=named
            )
        )
        or fact.tell
    }
    moved = [claim.id for claim, fields in concerned.values() if fields]
    sequences = calendar_entries.raise_all(session, moved)
    mails: list[Intent] = []
    for claim, fields in concerned.values():
        details = {"fields": fields, "before": _before(told.before, claim.slot_id)}
        mails += _to_everybody(session, claim, fact.revision, details=details, sequences=sequences)
    intents.put(session, mails)


def living_claims(session: Session, meeting_id: UUID) -> list[Claim]:
    """All claims on the meeting that have not ended."""
    rows = session.scalars(
        select(Registration.data).where(
            Registration.meeting_id == meeting_id, Registration.state.in_(LIVING)
        )
    )
    return [read_claim(data) for data in rows]


def _before(meeting: Meeting | None, slot_id: UUID) -> dict[str, Any]:
    """What people knew, for the mail to name it."""
    if meeting is None:
        return {}
    slot = meeting.slot(slot_id)
    return {
        "starts_at": slot.starts_at.isoformat(),
        "ends_at": slot.ends_at.isoformat(),
        "venue": asdict(meeting.place),
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
        mails.append(
            registrations.intent(KIND, claim, key, person=person, details={**details, **entry})
        )
    return mails


def cancelled(session: Session, fact: MeetingCancelled, envelope: Envelope) -> None:
    """One mail to each person with a living claim; reminders dropped, dates taken from calendars."""
    told = copies.save_meeting(session, fact, envelope)
    if not told.newest:
        return
    plans.replan(session, fact.meeting_id)
    registrations.put_meeting_cancelled(session, living_claims(session, fact.meeting_id))
    # Those that came by way of the registration have waited for the reason.
    session.execute(
        update(Mail)
        .where(
            Mail.meeting_id == fact.meeting_id,
            Mail.kind == "meeting_cancelled",
            Mail.state == "queued",
        )
        .values(due_at=DATABASE_NOW)
    )
