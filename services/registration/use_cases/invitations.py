"""Asking contacts personally, and reminding those who have not answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.invitations import InvitedContact, can_answer
from services.registration.domain.names import email_key, sort_key
from services.registration.domain.refusals import ClosedError
from services.registration.models import Invitation, Meeting, Network
from services.registration.queries.invitation_list import silent
from services.registration.use_cases.facts import record_invitation
from services.registration.use_cases.mails import forget_failure
from shared.events.registration import InvitationIssued
from shared.identifiers import new_id

FALLBACK_LANGUAGE = "de"


@dataclass(frozen=True, kw_only=True)
class Issued:
    """Who was asked just now, and who had been asked before (and is not asked again)."""

    invitations: Sequence[Invitation]
    known: Sequence[InvitedContact]


@dataclass(frozen=True, kw_only=True)
class Passed:
    """Who passed an invitation on: the colleague's own invitation."""

    by: str = ""
    invitation_id: UUID | None = None


def issue(
    session: Session,
    meeting: Meeting,
    contacts: Sequence[InvitedContact],
    *,
    now: datetime,
    by: UUID | None = None,
    passed: Passed | None = None,
) -> Issued:
    """Ask each of *contacts* once per meeting; a second time nothing happens. Raises ClosedError."""
    refuse_closed(meeting, now)
    network = session.get(Network, meeting.network_id)
    language = network.language if network else FALLBACK_LANGUAGE
    made: dict[int, Invitation] = {}
    # Two lists with the same addresses may come at once: each waits for the other's rows, in one order.
    for number, contact in sorted(enumerate(contacts), key=lambda pair: email_key(pair[1].email)):
        values = _row(meeting, contact, now=now, by=by, passed=passed or Passed())
        invitation = _inserted(session, values | {"language": language})
        if invitation is not None:
            made[number] = invitation
            _record_issued(session, invitation)
    return Issued(
        invitations=[made[number] for number in sorted(made)],
        known=[contact for number, contact in enumerate(contacts) if number not in made],
    )


def _inserted(session: Session, values: dict[str, Any]) -> Invitation | None:
    """The new invitation; None where the address is asked already."""
    return session.scalar(
        insert(Invitation).values(values).on_conflict_do_nothing().returning(Invitation)
    )


def refuse_closed(meeting: Meeting, now: datetime) -> None:
    """Raises ClosedError where an invitation could not be answered any more."""
    if not is_answerable(meeting, now):
        raise ClosedError


def is_answerable(meeting: Meeting, now: datetime) -> bool:
    """Whether an invitation can still be answered."""
    return can_answer(
        meeting_state=meeting.state,
        starts=[slot.starts_at for slot in meeting.open_slots] or [meeting.starts_at],
        closes_at=meeting.registration_closes_at,
        now=now,
    )


def _row(
    meeting: Meeting, contact: InvitedContact, *, now: datetime, by: UUID | None, passed: Passed
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "revision": 0,  # raised with the first fact
        "network_id": meeting.network_id,
        "meeting_id": meeting.id,
        "company_name": contact.company,
        "company_sort": sort_key(contact.company),
        "contact_name": contact.name,
        "email": contact.email,
        "email_key": email_key(contact.email),
        "created_at": now,
        "last_issued_at": now,
        "on_recommendation_of": passed.by,
        "forwarded_by": passed.invitation_id,
        "created_by": by,
    }


def _record_issued(session: Session, invitation: Invitation) -> None:
    record_invitation(
        session,
        InvitationIssued,
        invitation,
        reminder_number=invitation.reminder_number,
        on_recommendation_of=invitation.on_recommendation_of,
    )


def count_silent(session: Session, meeting_id: UUID) -> tuple[int, datetime | None]:
    """How many a reminder would reach, and when the last of them was written to."""
    number, last = session.execute(
        select(func.count(), func.max(Invitation.last_issued_at)).where(
            Invitation.meeting_id == meeting_id, silent()
        )
    ).one()
    return int(number), last


def remind_silent(
    session: Session, meeting: Meeting, *, written_until: datetime, now: datetime
) -> int:
    """Remind everybody silent who was last written to by *written_until*; how many. Raises ClosedError.

    The second of two presses on the same page finds nobody: the first has written to them since.
    """
    refuse_closed(meeting, now)
    reminded = session.scalars(
        update(Invitation)
        .where(
            Invitation.meeting_id == meeting.id,
            silent(),
            Invitation.last_issued_at <= min(written_until, now),
        )
        .values(
            last_issued_at=now,
            reminder_number=Invitation.reminder_number + 1,
        )
        .returning(Invitation),
        execution_options={"synchronize_session": False, "populate_existing": True},
    ).all()
    for invitation in reminded:
        _record_issued(session, invitation)
    return len(reminded)


def correct_invited_address(
    session: Session, invitation: Invitation, *, email: str, now: datetime
) -> None:
    """Write to another address: the old link ends, a new mail goes out. The invitation is locked.

    Raises IntegrityError if that address is asked already.
    """
    forget_failure(session, invitation.email)
    invitation.email = email
    invitation.email_key = email_key(email)
    invitation.link_version += 1
    invitation.last_issued_at = now
    _record_issued(session, invitation)
