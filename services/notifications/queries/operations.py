"""What the operator sees of mails: how many are in which state, how late, and which failed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from shared.clock import now
from shared.messaging.condition import Trouble
from shared.observability import Figure

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

LATE = 300.0  # seconds that a due mail may wait
RECENT = timedelta(days=7)
DAY = timedelta(days=1)
MOST_SHOWN = 20

# Mails that were sent are many: only those of the last day are counted, the others by their index.
_STATES = text("""
    select kind, state, count(*) as number from mail where state <> 'sent' group by kind, state
    union all
    select kind, 'sent', count(*) from mail
    where state = 'sent' and id >= cast(:day as uuid) group by kind
    order by kind, state
""")
# By the clock that makes mails due.
_DUE = text("""
    select extract(epoch from :now - min(due_at))::float from mail
    where state in ('queued', 'retry') and ready and due_at <= :now
""")
# Those that the recipient's server does not take yet have their own pause.
_FAILED = text("""
    select count(*) from mail
    where state = 'failed' and created_at > :since
""")
_BAD = text("""
    select id, kind, state, recipient, recipient_name, smtp_code, smtp_text, created_at from mail
    where state in ('failed', 'ambiguous') and created_at > :since order by id desc limit :most
""")


def figures(connection: Connection) -> Iterator[Figure]:
    """Mails by kind and state, and how long the oldest due one has waited."""
    words = "Mails that are not sent, and those sent of the last 24 hours"
    for row in connection.execute(_STATES, {"day": _first_id(DAY)}):
        labels = {"kind": row.kind, "state": row.state}
        yield Figure(name="mails", help=words, value=row.number, labels=labels)
    words = "How long the oldest due mail has waited"
    yield Figure(name="mail_due_age_seconds", help=words, value=_due_age(connection))


def troubles(connection: Connection) -> Iterator[Trouble]:
    """Late mails, and those that did not arrive."""
    age = _due_age(connection)
    if age > LATE:
        yield Trouble("mail_late", number=int(age))
    failed = connection.scalar(_FAILED, {"since": now() - RECENT}) or 0
    if failed:
        yield Trouble("mails_failed", number=failed)


def values(connection: Connection) -> dict[str, Any]:
    """For the operations page: numbers by state, and the newest that failed."""
    by_state: dict[str, int] = {}
    for row in connection.execute(_STATES, {"day": _first_id(DAY)}):
        by_state[row.state] = by_state.get(row.state, 0) + row.number
    since = now() - RECENT
    bad = connection.execute(_BAD, {"since": since, "most": MOST_SHOWN}).all()
    return {"by_state": by_state, "due_age": _due_age(connection), "bad": bad}


def _due_age(connection: Connection) -> float:
    return connection.scalar(_DUE, {"now": now()}) or 0.0


def _first_id(age: timedelta) -> str:
    """The smallest identifier made since *age* ago: they begin with the time in milliseconds."""
    milliseconds = int((now() - age).timestamp() * 1000)
    return f"{milliseconds:012x}" + "0" * 20
