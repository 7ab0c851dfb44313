"""Planned mails whose time has come become mails; safe to run twice at once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from services.notifications.domain import reminders
from services.notifications.domain.scene import CONTACT, Claim, read_claim, read_meeting
from services.notifications.models import Meeting, PlannedMail, Registration
from services.notifications.use_cases import copies, intents, plans
from services.notifications.use_cases.addressing import intent
from services.notifications.use_cases.intents import Intent

BATCH = 20
_later = aliased(PlannedMail)
# After an outage several reminders of one slot are due at once: only the last one still says something.
_OVERTAKEN = exists().where(
    PlannedMail.kind == reminders.REMINDER,
    _later.kind == reminders.REMINDER,
    _later.slot_id == PlannedMail.slot_id,
    _later.rule["audience"] == PlannedMail.rule["audience"],
    _later.due_at > PlannedMail.due_at,
    _later.state != "dropped",
)


def make_due(session: Session, now: datetime) -> int:
    """Turn up to twenty due plans into mails; how many plans."""
    waiting = (PlannedMail.state == "planned", PlannedMail.due_at <= now)
    # Meetings before their plans, in the order of a change of the meeting, which may be on its way.
    first = select(PlannedMail.meeting_id).where(*waiting).order_by(PlannedMail.due_at).limit(BATCH)
    for meeting_id in sorted(set(session.scalars(first))):
        copies.hold_meeting(session, meeting_id)
    due = session.execute(
        select(PlannedMail, _OVERTAKEN.where(_later.due_at <= now))
        .where(*waiting, PlannedMail.meeting_id.in_(first))
        .order_by(PlannedMail.due_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=PlannedMail)
    ).all()
    for planned, overtaken in due:
        if not overtaken:
            intents.put(session, _mails(session, planned, now))
        plans.mark_stale(session, planned.meeting_id)
    if due:
        done = update(PlannedMail).where(PlannedMail.id.in_([planned.id for planned, _ in due]))
        session.execute(done.values(state="done"))
    return len(due)


def _mails(session: Session, planned: PlannedMail, now: datetime) -> list[Intent]:
    if planned.kind == reminders.NUDGE:
        return _nudge(session, planned)
    return _reminders(session, planned, now)


def _nudge(session: Session, planned: PlannedMail) -> list[Intent]:
    row = session.get(Registration, planned.registration_id)
    if row is None or row.state != "held":
        return []
    claim = read_claim(row.data)
    key = f"confirm_address:{claim.id}:nudge"
    return [intent("confirm_address", claim, key, details={"nudge": True})]


def _reminders(session: Session, planned: PlannedMail, now: datetime) -> list[Intent]:
    data = session.scalar(select(Meeting.data).where(Meeting.id == planned.meeting_id))
    meeting, rule = read_meeting(data), reminders.Rule(**planned.rule)  # type: ignore[arg-type]
    if planned.slot_id is None or meeting.state != "published":
        return []
    slot = meeting.slot(planned.slot_id)
    if slot.starts_at <= now:
        return []
    occasion = reminders.occasion(slot, rule)
    return [
        mail for claim in _audience(session, planned, rule) for mail in _to(claim, rule, occasion)
    ]


def _audience(session: Session, planned: PlannedMail, rule: reminders.Rule) -> list[Claim]:
    """Those who were in the slot before the mail was due; later ones have just had another mail."""
    waiting = rule.audience == "waitlisted"
    query = select(Registration.data).where(
        Registration.slot_id == planned.slot_id,
        Registration.state == ("waitlisted" if waiting else "confirmed"),
    )
    if not waiting:
        query = query.where(Registration.confirmed_at < planned.due_at)
    claims = [read_claim(data) for data in session.scalars(query)]
    return [claim for claim in claims if not waiting or claim.verified]


def _to(claim: Claim, rule: reminders.Rule, occasion: str) -> list[Intent]:
    details = {"audience": rule.audience}
    people = [None, *(claim.own_mail if rule.audience == "confirmed" else ())]
    return [
        intent(
            "reminder",
            claim,
            f"reminder:{claim.id}:{occasion}:{person.key if person else CONTACT}",
            person=person,
            details=details,
        )
        for person in people
    ]
