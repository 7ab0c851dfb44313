"""What a check of the invariants found: their names and sentences, and the rows kept of each check.

The check itself sees all databases (treffpunkt/invariants); what it found stands in each of them, so that
every service can show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from shared.identifiers import new_id
from shared.messaging.tables import invariant_check

MOST_SHOWN = 50  # of what breaks one invariant
KEEP = timedelta(days=90)


def N_(message: str) -> str:  # noqa: N802 - the name by which message catalogues find it
    """Mark a sentence that is translated where it is shown."""
    return message


SENTENCES = {
    "seats-counted": N_("The taken seats of a slot are those of its held and confirmed claims."),
    "seats-within-capacity": N_(
        "No slot has more seats taken than it offers, unless its capacity was lowered later."
    ),
    "waiting-counted": N_("The waiting groups and seats of a slot are those of its waitlist."),
    "no-idle-seat": N_("No seat is free while a waiting group fits that may have it."),
    "holds-lapse": N_("No unconfirmed claim outlives its deadline."),
    "cancelled-ends-all": N_("No claim lives on in a cancelled meeting."),
    "changes-told": N_("Every change of a registration was recorded as an event."),
    "events-routed": N_("Every event is to be delivered to every service that wants it."),
    "events-arrived": N_(
        "Every event is done in every service that wants it, or parked with a reason."
    ),
    "events-within-lease": N_("No event lies about longer than it takes to try it again."),
    "roster-complete": N_(
        "The roster shows every living registration in its state and with its seats, and no other."
    ),
    "roster-counted": N_("The numbers of a slot are those of the roster."),
    "registrations-known": N_(
        "Mails know every living registration in its state and with its seats."
    ),
    "one-mail-per-event": N_(
        "Every event that asks for a mail to the contact or the invited has exactly one, and no mail"
        " about a registration or an invitation is without its event."
    ),
    "one-mail-per-calendar-step": N_("No step of a calendar entry went out in two mails."),
    "mails-out": N_("Every due mail is sent, or says why not."),
    "mails-within-lease": N_("No mail is being sent for longer than its lease."),
}


@dataclass(frozen=True, kw_only=True)
class Break:
    """What breaks an invariant: which thing, its id, and numbers or states. Never personal data."""

    thing: str
    id: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Result:
    """How one invariant stands."""

    name: str
    breaks: Sequence[Break]  # the first of them
    number: int  # of all of them

    @property
    def holds(self) -> bool:
        """Whether nothing breaks it."""
        return self.number == 0


@dataclass(frozen=True, kw_only=True)
class Check:
    """One check of all invariants."""

    id: UUID
    checked_at: datetime
    cause: str
    results: Sequence[Result]

    @property
    def holds(self) -> bool:
        """Whether nothing is broken."""
        return all(result.holds for result in self.results)


def make_check(results: Sequence[Result], *, checked_at: datetime, cause: str) -> Check:
    """A check that is to be kept."""
    return Check(id=new_id(), checked_at=checked_at, cause=cause, results=results)


def keep(session: Session, check: Check) -> None:
    """Write a check down, and forget those of long ago."""
    rows = [
        {
            "check_id": check.id,
            "name": result.name,
            "checked_at": check.checked_at,
            "cause": check.cause,
            "number": result.number,
            "breaks": [asdict(one) for one in result.breaks],
        }
        for result in check.results
    ]
    session.execute(insert(invariant_check), rows)
    long_ago = check.checked_at - KEEP
    session.execute(delete(invariant_check).where(invariant_check.c.checked_at < long_ago))


def last_check(session: Session) -> Check | None:
    """The newest check, its results in the order of SENTENCES; None before the first one."""
    table = invariant_check.c
    newest = select(table.check_id).order_by(table.checked_at.desc(), table.check_id).limit(1)
    query = select(invariant_check).where(table.check_id == newest.scalar_subquery())
    rows = session.execute(query).all()
    if not rows:
        return None
    order = {name: place for place, name in enumerate(SENTENCES)}
    results = [_result(row) for row in sorted(rows, key=lambda row: order.get(row.name, 99))]
    first = rows[0]
    return Check(id=first.check_id, checked_at=first.checked_at, cause=first.cause, results=results)


def last_checked_at(session: Session, cause: str) -> datetime | None:
    """When the newest check of this cause was made."""
    newest = select(func.max(invariant_check.c.checked_at))
    moment: datetime | None = session.scalar(newest.where(invariant_check.c.cause == cause))
    return moment


def _result(row: Any) -> Result:
    breaks = [Break(**one) for one in row.breaks]
    return Result(name=row.name, breaks=breaks, number=row.number)
