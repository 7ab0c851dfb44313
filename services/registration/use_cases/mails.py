"""What notifications tells about mails: those that failed, those that are planned."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.names import email_key
from services.registration.models import FailingAddress, PlannedMails
from shared.events.notifications import MailFailed, MailsPlanned


def keep_failure(session: Session, fact: MailFailed) -> None:
    """Mark an address that refused a mail for good; the newest failure counts."""
    if not fact.recipient:  # erased meanwhile
        return
    values = {
        "email_key": email_key(fact.recipient),
        "kind": fact.kind,
        "mail_id": fact.mail_id,
        "failed_at": fact.failed_at,
        "registration_id": fact.registration_id,
        "invitation_id": fact.invitation_id,
    }
    statement = insert(FailingAddress).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["email_key"],
            set_={name: statement.excluded[name] for name in values if name != "email_key"},
            where=FailingAddress.failed_at < statement.excluded.failed_at,
        )
    )


def forget_failure(session: Session, email: str) -> None:
    """The address was corrected or proved to work."""
    session.execute(delete(FailingAddress).where(FailingAddress.email_key == email_key(email)))


def keep_planned_mails(session: Session, fact: MailsPlanned) -> None:
    """Copy which mails about a meeting are planned, unless a newer plan is known."""
    planned = [
        {"kind": mail.kind, "due_at": mail.due_at.isoformat(), "recipients": mail.recipients}
        for mail in fact.planned
    ]
    statement = insert(PlannedMails).values(
        meeting_id=fact.meeting_id, revision=fact.revision, planned=planned
    )
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["meeting_id"],
            set_={"revision": fact.revision, "planned": statement.excluded.planned},
            where=PlannedMails.revision < fact.revision,
        )
    )
