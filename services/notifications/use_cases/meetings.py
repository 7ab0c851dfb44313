"""Facts about a meeting become mails to everybody concerned, moved dates and new plans."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.notifications.domain import moves
from services.notifications.domain.scene import Claim, read_claim
from services.notifications.models import Mail, Registration
from services.notifications.use_cases import copies, news, plans, registrations
from shared.database import DATABASE_NOW
from shared.events.envelope import Envelope
from shared.events.scheduling import MeetingCancelled, MeetingChanged, MeetingPublished
from shared.events.states import LIVING


def published(session: Session, fact: MeetingPublished, envelope: Envelope) -> None:
    """Remember it and plan its reminders."""
    told = copies.save_meeting(session, fact, envelope)
    if told.newest:
        plans.replan(session, fact.meeting_id)


def changed(session: Session, fact: MeetingChanged, envelope: Envelope) -> None:
    """One mail to each person whom it concerns, or to all if wished, naming what changed; reminders planned anew.

    Time and place of a fact overtaken by a later one have been told with it: the later one was compared
    with what people knew. Other news that people are to hear of are in no comparison.
    """
    told = copies.save_meeting(session, fact, envelope)
    named = [(change.field, change.slot_id) for change in fact.changes]
    claims = living_claims(session, fact.meeting_id)
    if not told.newest:
        if fact.tell:
            untold = _told_nothing(claims, named)
            news.tell(session, untold, revision=fact.revision, before=told.before)
        return
    plans.replan(session, fact.meeting_id)
    changes = [
        (
            claim,
            moves.changed_fields(told.before, told.meeting, slot_id=claim.slot_id, named=named),
        )
        for claim in claims
    ]
    concerned = [(claim, fields) for claim, fields in changes if fields or fact.tell]
    news.tell(session, concerned, revision=fact.revision, before=told.before)


def _told_nothing(
    claims: Sequence[Claim], named: Sequence[moves.Named]
) -> list[tuple[Claim, list[str]]]:
    return [
        (claim, [])
        for claim in claims
        if not moves.is_seen_by_comparison(named, slot_id=claim.slot_id)
    ]


def living_claims(session: Session, meeting_id: UUID) -> list[Claim]:
    """All claims on the meeting that have not ended."""
    rows = session.scalars(
        select(Registration.data).where(
            Registration.meeting_id == meeting_id, Registration.state.in_(LIVING)
        )
    )
    return [read_claim(data) for data in rows]


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
