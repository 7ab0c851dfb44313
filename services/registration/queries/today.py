"""What a coordinator sees first: news since a moment, what needs a person, the next mail."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any
from uuid import UUID

from sqlalchemy import case, false, func, or_, select
from sqlalchemy.orm import Session, joinedload

from services.registration.domain.lifecycle import LIVING
from services.registration.models import (
    Attendee,
    FailingAddress,
    Invitation,
    Meeting,
    PlannedMails,
    Registration,
    Slot,
)
from services.registration.queries.invitation_list import silent
from services.registration.queries.scope import within
from shared.paging import COUNTED

MOST_NEWS = 200
MOST_TASKS = 30


@dataclass(frozen=True, kw_only=True)
class News:
    """Who signed up and who left since a moment; at most MOST_NEWS of them."""

    since: datetime
    came: Sequence[Registration]
    went: Sequence[Registration]


def news(session: Session, meeting_id: UUID, *, since: datetime) -> News:
    """What changed for a meeting; a claim that came and went meanwhile is no news."""
    rows = session.scalars(
        select(Registration)
        .where(Registration.meeting_id == meeting_id, Registration.state_changed_at > since)
        .order_by(Registration.state_changed_at.desc())
        .limit(MOST_NEWS)
    ).all()
    return News(
        since=since,
        came=[row for row in rows if row.state in LIVING and row.signed_up_at > since],
        went=[row for row in rows if row.state not in LIVING and row.signed_up_at <= since],
    )


class Urgency(IntEnum):
    """What needs a person, most urgent first."""

    OVERBOOKED = 1
    FAILING = 2
    PENDING = 3
    DOUBTFUL = 4


@dataclass(frozen=True, kw_only=True)
class Task:
    """One thing that waits for a person."""

    urgency: Urgency
    meeting: Meeting
    slot: Slot | None = None
    registration: Registration | None = None
    invitation: Invitation | None = None
    number: int = 1
    email: str = ""  # the address that refuses its mail
    seat_name: str = ""  # whose it is, unless it is the contact's


def tasks(session: Session, networks: Collection[UUID] | None, *, now: datetime) -> list[Task]:
    """What waits for a person at meetings that are not over, most urgent first, then soonest."""
    found = [
        *_overbooked(session, networks, now),
        *_failing(session, networks, now),
        *_claims(session, networks, now, Urgency.PENDING),
        *_claims(session, networks, now, Urgency.DOUBTFUL),
    ]
    found.sort(key=lambda task: (task.urgency, task.meeting.starts_at))
    return found


def _living_meeting(networks: Collection[UUID] | None, now: datetime) -> Any:
    return (
        within(Meeting.network_id, networks)
        & (Meeting.state == "published")
        & (Meeting.ends_at > now)
    )


def _overbooked(session: Session, networks: Collection[UUID] | None, now: datetime) -> list[Task]:
    rows = session.scalars(
        select(Slot)
        .join(Meeting)
        .where(_living_meeting(networks, now), Slot.overbooked, Slot.taken > Slot.capacity)
        .options(joinedload(Slot.meeting))
        .limit(MOST_TASKS)
    )
    return [Task(urgency=Urgency.OVERBOOKED, meeting=slot.meeting, slot=slot) for slot in rows]


_SEAT_NAME = (
    select(func.min(Attendee.name))
    .where(
        Attendee.registration_id == Registration.id,
        func.lower(Attendee.email) == FailingAddress.email_key,
    )
    .scalar_subquery()
)
_IS_CONTACTS = func.coalesce(
    FailingAddress.email_key == func.coalesce(Registration.email_key, Invitation.email_key), false()
)


def _failing(session: Session, networks: Collection[UUID] | None, now: datetime) -> list[Task]:
    """Addresses that refuse their mail, as long as somebody has them: a correction may overtake the news."""
    seat_name = case((_IS_CONTACTS, ""), else_=_SEAT_NAME)
    rows = session.execute(
        select(FailingAddress.email_key, seat_name, Registration, Invitation, Meeting)
        .outerjoin(Registration, Registration.id == FailingAddress.registration_id)
        .outerjoin(Invitation, Invitation.id == FailingAddress.invitation_id)
        .join(Meeting, Meeting.id == func.coalesce(Registration.meeting_id, Invitation.meeting_id))
        .where(
            _living_meeting(networks, now),
            or_(Registration.state.in_(sorted(LIVING)), Registration.id.is_(None)),
            or_(_IS_CONTACTS, _SEAT_NAME.is_not(None)),
        )
        .order_by(FailingAddress.failed_at)
        .limit(MOST_TASKS)
    )
    return [
        Task(
            urgency=Urgency.FAILING,
            meeting=meeting,
            registration=registration,
            invitation=invitation,
            email=email,
            seat_name=name,
        )
        for email, name, registration, invitation, meeting in rows
    ]


def _claims(
    session: Session, networks: Collection[UUID] | None, now: datetime, urgency: Urgency
) -> list[Task]:
    """One task per meeting; it names the claim where there is only one."""
    if urgency is Urgency.PENDING:
        wanted: Any = Registration.state == "pending_approval"
    else:
        wanted = (Registration.hint != "") & Registration.state.in_(sorted(LIVING))
    rows = session.scalars(
        select(Registration)
        .join(Meeting, Meeting.id == Registration.meeting_id)
        .where(within(Registration.network_id, networks), wanted, _living_meeting(networks, now))
        .options(joinedload(Registration.meeting))
        .order_by(Registration.network_id, Registration.id)
        .limit(COUNTED)
    ).all()
    by_meeting: dict[UUID, list[Registration]] = {}
    for row in rows:
        by_meeting.setdefault(row.meeting_id, []).append(row)
    return [
        Task(urgency=urgency, meeting=few[0].meeting, registration=few[0], number=len(few))
        for few in by_meeting.values()
    ]


@dataclass(frozen=True, kw_only=True)
class NextMail:
    """A mail that will go out."""

    meeting: Meeting
    kind: str
    due_at: datetime
    recipients: int


def next_mail(session: Session, meetings: Sequence[Meeting], *, now: datetime) -> NextMail | None:
    """The soonest planned mail about one of *meetings*."""
    by_id = {meeting.id: meeting for meeting in meetings}
    rows = session.scalars(select(PlannedMails).where(PlannedMails.meeting_id.in_(by_id)))
    planned = [
        NextMail(
            meeting=by_id[row.meeting_id],
            kind=str(mail["kind"]),
            due_at=datetime.fromisoformat(str(mail["due_at"])),
            recipients=int(mail["recipients"]),
        )
        for row in rows
        for mail in row.planned
    ]
    return min(
        (mail for mail in planned if mail.due_at > now), key=lambda m: m.due_at, default=None
    )


def silent_invitations(session: Session, meeting_id: UUID) -> tuple[int, int]:
    """How many were asked to a meeting, and how many of them nothing was heard from."""
    asked, unheard = session.execute(
        select(func.count(), func.count().filter(silent())).where(
            Invitation.meeting_id == meeting_id
        )
    ).one()
    return int(asked), int(unheard)
