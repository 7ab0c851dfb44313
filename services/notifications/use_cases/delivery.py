"""The mailer's view of the queue: claim, mark as being sent, record how it ended.

Each step is one statement and one transaction. *sending* is committed before the server hears of a mail.
A mailer is a database session: its number is an advisory lock that PostgreSQL frees the moment the session
ends, so everybody can tell whether the mailer of a mail still lives (see ``recovery``). Leases and due times
go by the clock of the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text, update
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from services.notifications.domain.retries import LEASE, Next
from services.notifications.models import Mail
from shared.events.notifications import MailFailed
from shared.messaging import outbox

# A claim alone commits to nothing. The lease is for a mailer that hangs; a dead one is replaced at once.
CLAIM_LEASE = timedelta(seconds=60)

_SIGN_ON = text("select pg_try_advisory_lock(:mailer)")
_CLAIM = text("""
    with due as (
        select id from mail
        where state in ('queued', 'retry') and ready and due_at <= statement_timestamp()
          and (claimed_until is null or claimed_until <= statement_timestamp()
               or pg_try_advisory_xact_lock(mailer))
        order by priority, due_at limit :batch for update skip locked
    ), claimed as (
        update mail set claimed_until = statement_timestamp() + :lease, mailer = :mailer
        from due where mail.id = due.id returning mail.*
    )
    select claimed.*, registration.data as claim, invitation.data as guest, invitation.answer,
        meeting.revision as meeting_revision, network.revision as network_revision,
        (select earlier.message_id from mail earlier
         where earlier.registration_id = claimed.registration_id and earlier.id < claimed.id
           and earlier.recipient_key = claimed.recipient_key and earlier.message_id is not null
         order by earlier.id desc limit 1) as earlier_message_id,
        (select entry.organizer from calendar_entry entry
         where entry.registration_id = claimed.registration_id and entry.person = claimed.person) as organizer,
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
    update mail set state = 'sending', attempts = attempts + 1,
        claimed_until = statement_timestamp() + :lease,
        subject = coalesce(mail.subject, given.subject),
        message = coalesce(mail.message, given.message),
        message_id = coalesce(mail.message_id, given.message_id)
    from unnest(cast(:ids as uuid[]), cast(:subjects as text[]), cast(:messages as bytea[]),
                cast(:message_ids as text[])) as given(id, subject, message, message_id)
    where mail.id = given.id and mail.mailer = :mailer and mail.claimed_until is not null
      and mail.state in ('queued', 'retry')
    returning mail.id
""")
_ENDED = text("""
    update mail set state = given.state, claimed_until = null,
        attempts = attempts
            + case when mail.state in ('sending', 'ambiguous') then - given.uncounted
                else given.counted_unsent end,
        sent_at = case when given.state = 'sent' then :now end,
        due_at = coalesce(statement_timestamp() + given.wait, mail.due_at),
        smtp_code = given.code, smtp_text = given.words
    from unnest(cast(:ids as uuid[]), cast(:states as text[]), cast(:uncounted as int[]),
                cast(:counted_unsent as int[]), cast(:waits as interval[]),
                cast(:codes as int[]), cast(:words as text[]))
        as given(id, state, uncounted, counted_unsent, wait, code, words)
    where mail.id = given.id and mail.mailer = :mailer
      and (mail.state = 'ambiguous'
           or (mail.claimed_until is not null and mail.state in ('queued', 'retry', 'sending'))
           or (given.state = 'sent' and mail.state in ('queued', 'retry', 'held_back')))
    returning mail.id
""")


def sign_on(connection: Connection) -> int:
    """The number of this database session as a mailer; others see by it that the session lives."""
    if "mailer" not in connection.info:
        number = secrets.randbits(63)
        if not connection.execute(_SIGN_ON, {"mailer": number}).scalar():
            raise RuntimeError("another mailer has the same number")
        connection.info["mailer"] = number
    mailer: int = connection.info["mailer"]
    return mailer


def claim(connection: Connection, batch: int) -> Sequence[Any]:
    """Up to *batch* due mails with all that is needed to render them.

    To be called while this session is at no mail: what it holds from before counts as left by the dead.
    """
    mailer = sign_on(connection)
    values = {"lease": CLAIM_LEASE, "batch": batch, "mailer": mailer}
    return connection.execute(_CLAIM, values).all()


@dataclass(frozen=True, kw_only=True)
class Ready:
    """A mail about to be sent; rendered now where it had not been before."""

    id: UUID
    subject: str | None
    message: bytes | None
    message_id: str | None


def mark_sending(connection: Connection, mails: Sequence[Ready], mailer: int) -> set[UUID]:
    """Commit *sending* and what was rendered; the mails that are still ours to send."""
    rows = connection.execute(
        _SENDING,
        {
            "ids": [mail.id for mail in mails],
            "subjects": [mail.subject for mail in mails],
            "messages": [mail.message for mail in mails],
            "message_ids": [mail.message_id for mail in mails],
            "mailer": mailer,
            "lease": LEASE,
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
    # An attempt counts when *sending* is committed. One that ended before that counts only where it says so.
    counts_unsent: bool = False


def record(
    connection: Connection, ended: Sequence[Ended], *, mailer: int, now: datetime
) -> Sequence[UUID]:
    """Write down how the mails ended that *mailer* holds; which of them. A second time it changes nothing.

    Whoever comes late, after the mail was given up as perhaps sent, still says what he knows: it takes
    back *ambiguous*, and *sent* takes back a repetition that nobody has begun.
    """
    if not ended:
        return []
    rows = connection.execute(
        _ENDED,
        {
            "ids": [mail.id for mail in ended],
            "states": [mail.next.state for mail in ended],
            "uncounted": [0 if mail.next.counts else 1 for mail in ended],
            "counted_unsent": [int(mail.counts_unsent) for mail in ended],
            "waits": [mail.next.wait for mail in ended],
            "codes": [mail.code for mail in ended],
            "words": [mail.words or None for mail in ended],
            "mailer": mailer,
            "now": now,
        },
    )
    return [row.id for row in rows]


def record_failures(
    session: Session, failed: Sequence[Ended], *, mailer: int, now: datetime
) -> None:
    """The same for mails whose address does not work, together with MailFailed for each of them."""
    recorded = record(session.connection(), failed, mailer=mailer, now=now)
    rows = session.execute(
        update(Mail)
        # A last mail to somebody erased leaves no trace of its reader.
        .where(Mail.id.in_(recorded), ~Mail.details.has_key("farewell"))
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
