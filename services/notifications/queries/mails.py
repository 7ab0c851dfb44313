"""The mail log: lists that cost what one page costs, however many mails there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.orm import Session

from services.notifications.domain.scene import CONTACT
from services.notifications.models import Addressee, Mail, Meeting, Registration
from shared.paging import COUNTED, Page, counted, paged, window
from shared.scope import Scope

MOST_PEOPLE = 200
MOST_OF_PERSON = 200

# Everything but the bytes, which may be large.
LINE = (
    Mail.id,
    Mail.kind,
    Mail.state,
    Mail.network_id,
    Mail.meeting_id,
    Mail.registration_id,
    Mail.invitation_id,
    Mail.person,
    Mail.recipient,
    Mail.recipient_name,
    Mail.language,
    Mail.subject,
    Mail.message_id,
    Mail.attempts,
    Mail.due_at,
    Mail.smtp_code,
    Mail.smtp_text,
    Mail.created_at,
    Mail.sent_at,
)


@dataclass(frozen=True, kw_only=True)
class MailFilter:
    """Which mails; all conditions together."""

    kind: str | None = None
    state: str | None = None
    registration_id: UUID | None = None
    meeting_id: UUID | None = None
    words: str = ""  # of a name, a company or an address


def mails(
    session: Session, scope: Scope, chosen: MailFilter, *, page: int, page_size: int
) -> Page[Any]:
    """One page, newest first."""
    everything: Any = select(*LINE)
    query = _chosen(session, everything, scope, chosen)
    rows = session.execute(
        window(query.order_by(Mail.id.desc()), number=page, size=page_size)
    ).all()
    count = counted(session, query.with_only_columns(Mail.id))
    return paged(rows, number=page, size=page_size, count=count)


def _chosen(session: Session, query: Select[Any], scope: Scope, chosen: MailFilter) -> Select[Any]:
    query = query.where(scope.over(Mail.network_id))
    for column, value in (
        (Mail.kind, chosen.kind),
        (Mail.state, chosen.state),
        (Mail.registration_id, chosen.registration_id),
        (Mail.meeting_id, chosen.meeting_id),
    ):
        if value:
            query = query.where(column == value)
    if chosen.words.strip():
        query = query.where(Mail.recipient_key.in_(_addresses(session, chosen.words)))
    found: Select[Any] = query
    return found


def _addresses(session: Session, words: str) -> Sequence[str]:
    """The addresses of people found by *words*; each word may be the beginning of one."""
    cleaned = "".join(char if char.isalnum() else " " for char in words.lower()).split()
    if not cleaned:
        return []
    wanted = func.to_tsquery("simple", " & ".join(f"{word}:*" for word in cleaned[:8]))
    query = select(Addressee.address).where(
        func.to_tsvector("simple", Addressee.words).bool_op("@@")(wanted)
    )
    return session.scalars(query.limit(MOST_PEOPLE)).all()


def mail(session: Session, scope: Scope, mail_id: UUID) -> Mail | None:
    """One mail with its bytes, or None where it is unknown or not open to her."""
    query = select(Mail).where(Mail.id == mail_id, scope.over(Mail.network_id))
    return session.scalar(query)


def titles(session: Session, lines: Sequence[Any]) -> dict[UUID, str]:
    """The titles of the meetings that *lines* are about."""
    wanted = {line.meeting_id for line in lines if line.meeting_id}
    if not wanted:
        return {}
    rows = session.execute(select(Meeting.id, Meeting.title).where(Meeting.id.in_(wanted)))
    return {row.id: row.title for row in rows}


_SENT = text("""
    select count(*) from (select from mail where meeting_id = :id and state = 'sent' limit :most) few
""")
_UNSENT = text("""
    select state, count(*) from (
        select state from mail where meeting_id = :id and state <> 'sent' limit :most) few
    group by state
""")


def states(session: Session, meeting_id: UUID) -> dict[str, int]:
    """How many mails about a meeting are in each state; COUNTED + 1 stands for more than COUNTED."""
    values = {"id": meeting_id, "most": COUNTED + 1}
    found = {row[0]: row[1] for row in session.execute(_UNSENT, values)}
    return {"sent": session.scalar(_SENT, values) or 0, **found}


def address_of_contact(session: Session, registration_id: UUID) -> str | None:
    """The present address of the contact of a registration; None where it is not known or erased."""
    present = Registration.data["contact"]["email"].astext
    return session.scalar(select(func.lower(present)).where(Registration.id == registration_id))


def mails_to_person(session: Session, target: UUID, *, everywhere: bool) -> Sequence[Mail]:
    """The newest mails to the contact of a registration at her present address, or to the holder of a seat.

    Those of the same network, unless *everywhere*.
    """
    others = Mail.recipient_key == (address_of_contact(session, target) or "-")
    if not everywhere:
        network = select(Registration.network_id).where(Registration.id == target)
        others &= Mail.network_id == network.scalar_subquery()
    about = (Mail.registration_id == target) & (Mail.person == CONTACT)
    mine = or_(about, Mail.person == str(target), others)
    query = select(Mail).where(mine, Mail.meeting_id.is_not(None), Mail.erased_at.is_(None))
    return session.scalars(query.order_by(Mail.id.desc()).limit(MOST_OF_PERSON)).all()
