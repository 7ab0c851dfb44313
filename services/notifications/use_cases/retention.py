"""The clock of personal data: who got which mail is forgotten long after the meeting; that it went out stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, Select, SelectBase, cast, delete, select
from sqlalchemy.orm import Session

from services.notifications.models import (
    Invitation,
    Mail,
    Meeting,
    MeetingVersion,
    PlannedMail,
    Registration,
)
from services.notifications.use_cases import emptying
from services.notifications.use_cases.emptying import Chosen
from shared.events.states import ENDED
from shared.messaging import erasures

BATCH = 200


def empty_past(session: Session, ended_before: datetime, now: datetime) -> int:
    """Empty what is kept of up to 200 registrations and 200 invitations of meetings long over; how many."""
    past = past_meetings(ended_before)
    claims = session.scalars(
        select(Registration.id)
        .where(Registration.meeting_id.in_(past), Registration.erased_at.is_(None))
        .limit(BATCH)
    ).all()
    invited = session.scalars(
        select(Invitation.id)
        .where(Invitation.meeting_id.in_(past), Invitation.erased_at.is_(None))
        .limit(BATCH)
    ).all()
    _empty(session, claims, invited, now)
    return len(claims) + len(invited)


def empty_mails_of_past(session: Session, ended_before: datetime, now: datetime) -> None:
    """The same for mails whose registration or invitation was empty already when they were made."""
    past = past_meetings(ended_before)
    late: Select[UUID | None, UUID | None] = select(Mail.registration_id, Mail.invitation_id)
    rows = session.execute(
        late.where(Mail.meeting_id.in_(past), Mail.erased_at.is_(None)).distinct()
    ).all()
    chosen = Chosen(
        registrations=[row.registration_id for row in rows if row.registration_id],
        invitations=[row.invitation_id for row in rows if row.invitation_id],
    )
    emptying.empty_mails(session, chosen, now)


def empty_unconfirmed(session: Session, signed_up_before: datetime, now: datetime) -> int:
    """Empty up to 200 sign-ups that ended without the address ever being confirmed; how many."""
    data = Registration.data
    claims = session.scalars(
        select(Registration.id)
        .where(
            Registration.erased_at.is_(None),
            Registration.state.in_(ENDED),
            data["verified_at"].astext.is_(None),
            data["on_behalf"].astext == "false",
            cast(data["signed_up_at"].astext, DateTime(timezone=True)) < signed_up_before,
        )
        .limit(BATCH)
    ).all()
    erasures.scrub_messages_about(session, "registration_id", claims)
    _empty(session, claims, (), now)
    return len(claims)


def _empty(
    session: Session, claims: Sequence[UUID], invited: Sequence[UUID], now: datetime
) -> None:
    emptying.empty_registrations(session, claims, now)
    emptying.empty_invitations(session, invited, now)
    emptying.empty_calendars(session, claims)
    emptying.empty_mails(session, Chosen(registrations=claims, invitations=invited), now)


def past_meetings(ended_before: datetime) -> Select[UUID]:
    """The meetings long over."""
    return select(Meeting.id).where(Meeting.ends_at < ended_before)


def past_subjects(ended_before: datetime) -> SelectBase:
    """Their registrations and invitations."""
    past = past_meetings(ended_before)
    claims = select(Registration.id).where(Registration.meeting_id.in_(past))
    return claims.union_all(select(Invitation.id).where(Invitation.meeting_id.in_(past)))


def forget_versions(session: Session, ended_before: datetime) -> None:
    """Nobody asks any more how meetings long over were told."""
    past = select(Meeting.id).where(Meeting.ends_at < ended_before)
    session.execute(delete(MeetingVersion).where(MeetingVersion.meeting_id.in_(past)))


def forget_account_mails(session: Session, before: datetime) -> None:
    """Remove mails about accounts, and plans that are done."""
    done = Mail.state.in_(("sent", "failed", "ambiguous", "suppressed"))
    session.execute(delete(Mail).where(Mail.meeting_id.is_(None), Mail.created_at < before, done))
    session.execute(
        delete(PlannedMail).where(PlannedMail.due_at < before, PlannedMail.state != "planned")
    )
