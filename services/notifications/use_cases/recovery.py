"""Mails left by a mailer that died while sending: perhaps sent, so never simply sent again."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.engine import Connection

from services.notifications.domain import retries

INTERRUPTED = "the mailer ended while it was sending"

# A mailer's number can be locked by others only when its session has ended; then nothing more can come
# from that session. The lease is the net under a mailer that neither lives nor dies.
_SETTLE = text("""
    update mail set state = 'ambiguous', claimed_until = null, smtp_code = null, smtp_text = :words,
        due_at = case when kind = any(:kinds) and not repeated
            then statement_timestamp() + :wait else due_at end
    where id in (
        select id from mail
        where state = 'sending'
          and (claimed_until <= statement_timestamp() or pg_try_advisory_xact_lock(mailer))
        limit 500 for update skip locked)
""")
_REPEAT = text("""
    update mail set state = 'queued', repeated = true
    where state = 'ambiguous' and not repeated and due_at <= statement_timestamp()
      and kind = any(:kinds) and message is not null
""")
_KINDS = sorted(kind for kind, repeated in retries.REPEATED_ONCE.items() if repeated)


def settle(connection: Connection) -> int:
    """Mails in *sending* whose mailer is dead, or hangs beyond its lease, become *ambiguous*; how many.

    What the session of *connection* itself holds counts as left: call it while it is at no mail.
    """
    values = {"kinds": _KINDS, "wait": retries.REPEAT_AFTER, "words": INTERRUPTED}
    return connection.execute(_SETTLE, values).rowcount


def repeat(connection: Connection) -> int:
    """Send once more, with the same bytes, what somebody waits for and perhaps did not get; how many."""
    return connection.execute(_REPEAT, {"kinds": _KINDS}).rowcount
