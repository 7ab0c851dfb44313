"""The mailer's view of the queue: claim, mark as being sent, record how it ended.

Each step is one statement and one transaction. *sending* is committed before the server hears of a mail;
a mail found in it after its lease was perhaps sent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from services.notifications.domain import retries
from services.notifications.domain.retries import Next
from services.notifications.models import Mail
from shared.events.notifications import MailFailed
from shared.messaging import outbox

# A claim alone commits to nothing: whoever dies with it is replaced soon.
CLAIM_LEASE = timedelta(seconds=60)

_CLAIM = text("""
    with due as (
        select id from mail
        where state in ('queued', 'retry') and ready and due_at <= :now
          and (claimed_until is null or claimed_until <= :now)
        order by priority, due_at limit :batch for update skip locked
    ), claimed as (
        update mail set claimed_until = :lease from due where mail.id = due.id returning mail.*
    )
    select claimed.*, registration.data as claim, invitation.data as guest, invitation.answer,
        meeting.revision as meeting_revision, network.revision as network_revision,
        (select earlier.message_id from mail earlier
         where earlier.registration_id = claimed.registration_id and earlier.id < claimed.id
           and earlier.recipient_key = claimed.recipient_key and earlier.message_id is not null
         order by earlier.id desc limit 1) as earlier_message_id,
        case when claimed.kind = 'reminder' then
            (select count(*) from registration waiting
             where waiting.slot_id = registration.slot_id and waiting.state = 'waitlisted')
        else 0 end as waiting
    from claimed
    left join registration on registration.id = claimed.registration_id
    left join invitation on invitation.id = claimed.invitation_id
    left join meeting on meeting.id = claimed.meeting_id
    left join network on network.id = meeting.network_id
    order by claimed.priority, claimed.due_at
""")
_SENDING = text("""
    update mail set state = 'sending', attempts = attempts + 1, claimed_until = :lease,
        subject = coalesce(mail.subject, given.subject),
        message = coalesce(mail.message, given.message),
        message_id = coalesce(mail.message_id, given.message_id)
    from unnest(cast(:ids as uuid[]), cast(:subjects as text[]), cast(:messages as bytea[]),
                cast(:message_ids as text[])) as given(id, subject, message, message_id)
    where mail.id = given.id and mail.claimed_until = :claim and mail.state in ('queued', 'retry')
    returning mail.id
""")
_ENDED = text("""
    update mail set state = given.state, claimed_until = null,
        attempts = attempts - given.uncounted,
        sent_at = case when given.state = 'sent' then :now end,
        due_at = coalesce(given.due_at, mail.due_at),
        smtp_code = given.code, smtp_text = given.words
    from unnest(cast(:ids as uuid[]), cast(:states as text[]), cast(:uncounted as int[]),
                cast(:due_ats as timestamptz[]), cast(:codes as int[]), cast(:words as text[]))
        as given(id, state, uncounted, due_at, code, words)
    where mail.id = given.id and mail.claimed_until = :claim
""")


def claim(connection: Connection, now: datetime, batch: int) -> tuple[datetime, Sequence[Any]]:
    """Up to *batch* due mails with all that is needed to render them, and the lease that names the claim."""
    lease = now + CLAIM_LEASE
    return lease, connection.execute(_CLAIM, {"now": now, "lease": lease, "batch": batch}).all()


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A mail about to be sent; rendered now where it had not been before."""

    id: UUID
    subject: str | None
    message: bytes | None
    message_id: str | None


def mark_sending(
    connection: Connection, mails: Sequence[Ready], claimed: datetime, lease: datetime
) -> set[UUID]:
    """Commit *sending* and what was rendered; the mails that are still ours to send."""
    rows = connection.execute(
        _SENDING,
        {
            "ids": [mail.id for mail in mails],
            "subjects": [mail.subject for mail in mails],
            "messages": [mail.message for mail in mails],
            "message_ids": [mail.message_id for mail in mails],
            "claim": claimed,
            "lease": lease,
        },
    )
    return {row.id for row in rows}


@dataclass(frozen=True, kw_only=True)
class Ended:
    """What became of one mail."""

    id: UUID
    next: Next
    code: int | None = None
    words: str = ""


def record(connection: Connection, ended: Sequence[Ended], lease: datetime, now: datetime) -> None:
    """Write down how the mails ended that are held by *lease*."""
    if not ended:
        return
    connection.execute(
        _ENDED,
        {
            "ids": [mail.id for mail in ended],
            "states": [mail.next.state for mail in ended],
            "uncounted": [0 if mail.next.counts else 1 for mail in ended],
            "due_ats": [now + mail.next.wait if mail.next.wait else None for mail in ended],
            "codes": [mail.code for mail in ended],
            "words": [mail.words or None for mail in ended],
            "claim": lease,
            "now": now,
        },
    )


def tell_failures(session: Session, mails: Sequence[UUID], now: datetime) -> None:
    """MailFailed for each mail that failed for good."""
    rows = session.execute(
        update(Mail)
        .where(Mail.id.in_(mails), Mail.state == "failed")
        .values(revision=Mail.revision + 1)
        .returning(
            Mail.id,
            Mail.kind,
            Mail.recipient,
            Mail.registration_id,
            Mail.invitation_id,
            Mail.revision,
        )
    )
    for row in rows.all():
        outbox.record(
            session,
            MailFailed(
                revision=row.revision,
                mail_id=row.id,
                kind=row.kind,
                recipient=row.recipient,
                registration_id=row.registration_id,
                invitation_id=row.invitation_id,
                failed_at=now,
            ),
        )


def settle_stuck(session: Session, now: datetime) -> int:
    """Mails whose mailer died while sending were perhaps sent; how many. Never simply sent again."""
    stuck = session.execute(
        select(Mail.id, Mail.kind, Mail.repeated)
        .where(Mail.state == "sending", Mail.claimed_until <= now)
        .with_for_update(skip_locked=True)
        .limit(500)
    ).all()
    for row in stuck:
        following = retries.after_unknown(kind=row.kind, repeated=row.repeated)
        session.execute(
            update(Mail)
            .where(Mail.id == row.id)
            .values(
                state=following.state,
                claimed_until=None,
                due_at=now + following.wait if following.wait else Mail.due_at,
                smtp_code=None,
                smtp_text="the mailer ended while it was sending",
            )
        )
    return len(stuck)


def repeat_ambiguous(session: Session, now: datetime) -> int:
    """Send once more, with the same bytes, what somebody waits for and perhaps did not get; how many."""
    kinds = [kind for kind, repeated in retries.REPEATED_ONCE.items() if repeated]
    statement = (
        update(Mail)
        .where(
            Mail.state == "ambiguous",
            ~Mail.repeated,
            Mail.due_at <= now,
            Mail.kind.in_(kinds),
            Mail.message.is_not(None),
        )
        .values(state="queued", repeated=True)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
