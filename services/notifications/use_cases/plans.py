"""Planned mails: rows with a due time. Reminders per slot and rule, nudges per registration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.domain import reminders
from services.notifications.domain.reminders import NUDGE, REMINDER
from services.notifications.domain.scene import Claim, read_meeting
from services.notifications.models import Meeting, PlannedMail, StalePlan, table
from shared.clock import now

NUDGE_AFTER = timedelta(hours=18)
# Closer to the end of the holding a nudge would come too late to help.
NUDGE_LEAD = timedelta(hours=1)


def replan(session: Session, meeting_id: UUID) -> None:
    """Bring the planned reminders in line with the meeting and its rules.

    A plan that stays keeps its row, even if it is due this moment; a new one whose time has passed is
    not planned. The caller holds the lock of the meeting's row.
    """
    row = session.execute(select(Meeting.data, Meeting.rules).where(Meeting.id == meeting_id)).one()
    wanted = reminders.plan(read_meeting(row.data), reminders.rules_of(row.rules))
    session.execute(
        delete(table(PlannedMail)).where(
            PlannedMail.meeting_id == meeting_id,
            PlannedMail.kind == REMINDER,
            PlannedMail.state == "planned",
            PlannedMail.key.not_in([planned.key for planned in wanted]),
        )
    )
    moment = now()
    rows = [_row(meeting_id, planned) for planned in wanted if planned.due_at > moment]
    if rows:
        session.execute(
            insert(table(PlannedMail)).on_conflict_do_nothing(index_elements=["key"]), rows
        )
    mark_stale(session, meeting_id)


def _row(meeting_id: UUID, planned: reminders.Planned) -> dict[str, Any]:
    return {
        "key": planned.key,
        "kind": REMINDER,
        "state": "planned",
        "meeting_id": meeting_id,
        "slot_id": planned.slot.id,
        "rule": planned.rule.plain(),
        "due_at": planned.due_at,
    }


def plan_nudge(session: Session, claim: Claim, since: datetime) -> None:
    """Ask once more after a while, if the seats are still held then."""
    due_at = since + NUDGE_AFTER
    if claim.state != "held" or claim.held_until is None or due_at > claim.held_until - NUDGE_LEAD:
        return
    statement = insert(table(PlannedMail)).values(
        key=f"{NUDGE}:{claim.id}",
        kind=NUDGE,
        state="planned",
        meeting_id=claim.meeting_id,
        slot_id=claim.slot_id,
        registration_id=claim.id,
        rule={},
        due_at=due_at,
    )
    session.execute(statement.on_conflict_do_nothing(index_elements=["key"]))
    mark_stale(session, claim.meeting_id)


def drop_nudge(session: Session, claim: Claim, before: Claim | None) -> None:
    """No nudge any more: the registration is not held, or its address is proved."""
    mark_stale(session, claim.meeting_id)
    if before is None or before.state != "held" or (claim.state == "held" and not claim.verified):
        return
    session.execute(
        update(table(PlannedMail))
        .where(PlannedMail.registration_id == claim.id, PlannedMail.state == "planned")
        .values(state="dropped")
    )


def mark_stale(session: Session, meeting_id: UUID) -> None:
    """What is planned for the meeting is to be told anew (use_cases.plan_news)."""
    session.execute(insert(table(StalePlan)).values(meeting_id=meeting_id).on_conflict_do_nothing())


def set_rules(session: Session, meeting: Meeting, rules: Sequence[reminders.Rule]) -> None:
    """Replace the reminder rules of *meeting*, whose row is locked here."""
    session.execute(select(Meeting.id).where(Meeting.id == meeting.id).with_for_update())
    session.execute(
        update(Meeting)
        .where(Meeting.id == meeting.id)
        .values(rules=[rule.plain() for rule in rules])
    )
    replan(session, meeting.id)
