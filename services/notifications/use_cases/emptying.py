"""Rows without people: mails lose their reader and their words, copies and calendars their names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from services.notifications.domain.relevance import ENDINGS
from services.notifications.models import CalendarEntry, Invitation, Registration
from shared.events.scrubbing import without_people

# A last mail that finds no server for so long is given up.
FAREWELL_ENDS = timedelta(days=7)
# One that was perhaps delivered goes out once more before then.
IN_DOUBT = timedelta(hours=1)

_CHOSEN = """
    erased_at is null and (registration_id = any(:registrations)
        or invitation_id = any(:invitations) or person = any(:people))
"""
_NOTHING = """
    recipient = '', recipient_key = '', recipient_name = '', details = '{}', subject = null,
    message = null, claimed_until = null, erased_at = :now
"""
_ADDRESSES = text(f"select distinct recipient_key from mail where {_CHOSEN}")  # noqa: S608 - constants
# An end that was to be told is told, without names, written anew: what it was written from is empty now.
_LAST = text(f"""
    update mail set recipient_name = '', subject = null, message = null,
        details = case when details ? 'removed' then jsonb_set(details, '{{removed,name}}', '""')
                  else details end || '{{"farewell": true}}'
    where {_CHOSEN} and state in ('queued', 'retry', 'held_back') and not details ? 'farewell'
      and (kind = any(:endings) or details ->> 'method' = 'CANCEL')
""")  # noqa: S608 - constants
_UNSENT = text(f"""
    update mail set {_NOTHING}, state = 'suppressed', smtp_text = 'erased'
    where {_CHOSEN} and state in ('queued', 'retry', 'held_back')
      and (not details ? 'farewell' or created_at < :given_up)
""")  # noqa: S608 - constants
_DONE = text(f"""
    update mail set {_NOTHING}, smtp_text = null
    where {_CHOSEN} and state in ('sent', 'failed', 'suppressed', 'ambiguous')
      and not (state = 'ambiguous' and details ? 'farewell' and created_at > :in_doubt)
""")  # noqa: S608 - constants
_STILL = text(f"select distinct registration_id, invitation_id from mail where {_CHOSEN}")  # noqa: S608 - constants
_WORDS = text("""
    update mail set subject = null, message = null, details = details - '{on_recommendation_of,people}'::text[]
    where state <> 'sending' and erased_at is null
      and (registration_id = any(:registrations) or invitation_id = any(:invitations))
""")
_UNUSED = text("""
    delete from addressee where address = any(:addresses)
      and not exists (select from mail where recipient_key = address)
""")
# Whoever else has the address is found by it, no longer by the name that is gone.
_NAMELESS = text("""
    update addressee set words = regexp_replace(address, '[^[:alnum:]]+', ' ', 'g')
    where address = any(:addresses)
""")
_LOST = text("""
    delete from addressee where not exists (select from mail where recipient_key = address)
""")


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Whose mails: those about registrations and invitations, and those to people on seats."""

    registrations: Collection[UUID] = ()
    invitations: Collection[UUID] = ()
    people: Collection[UUID] = ()

    def values(self) -> dict[str, Any]:
        """As parameters."""
        return {
            "registrations": list(self.registrations),
            "invitations": list(self.invitations),
            "people": [str(person) for person in self.people],
        }


def empty_mails(session: Session, chosen: Chosen, now: datetime) -> None:
    """Empty the chosen mails. What is unsent is not sent; but an end that was to be told is told first.

    What is just being sent stays for the next time, and so does a last mail until it is delivered.
    """
    values = chosen.values() | {
        "now": now,
        "endings": sorted(ENDINGS),
        "given_up": now - FAREWELL_ENDS,
        "in_doubt": now - IN_DOUBT,
    }
    addresses = {"addresses": list(session.scalars(_ADDRESSES, values))}
    for statement in (_LAST, _UNSENT, _DONE):
        session.execute(statement, values)
    session.execute(_UNUSED, addresses)
    session.execute(_NAMELESS, addresses)


def empty_words(session: Session, chosen: Chosen) -> None:
    """Mails to others that speak of somebody erased lose their words; unsent ones are written anew."""
    session.execute(_WORDS, chosen.values())


def still_open(session: Session, chosen: Chosen) -> set[UUID]:
    """The registrations and invitations whose mails still have a reader."""
    rows = session.execute(_STILL, chosen.values()).all()
    return {identifier for row in rows for identifier in row if identifier is not None}


def forget_lost_addressees(session: Session) -> None:
    """Nobody is found by an address that no mail has any more."""
    session.execute(_LOST)


def empty_registrations(session: Session, ids: Collection[UUID], now: datetime) -> Sequence[Any]:
    """Take the people out of these copies; the rows as they were, so that an end can be told."""
    rows = session.execute(
        select(Registration.id, Registration.state, Registration.data)
        .where(Registration.id.in_(ids), Registration.erased_at.is_(None))
        .order_by(Registration.id)
        .with_for_update()
    ).all()
    for row in rows:
        session.execute(
            update(Registration)
            .where(Registration.id == row.id)
            .values(data=without_people(row.data), erased_at=now)
        )
    return rows


def empty_calendars(session: Session, ids: Collection[UUID]) -> None:
    """Forget what stands in whose calendar."""
    session.execute(delete(CalendarEntry).where(CalendarEntry.registration_id.in_(ids)))


def empty_invitations(session: Session, ids: Collection[UUID], now: datetime) -> None:
    """Take the people out of these copies."""
    rows = session.execute(
        select(Invitation.id, Invitation.data)
        .where(Invitation.id.in_(ids), Invitation.erased_at.is_(None))
        .order_by(Invitation.id)
        .with_for_update()
    ).all()
    for row in rows:
        session.execute(
            update(Invitation)
            .where(Invitation.id == row.id)
            .values(data=without_people(row.data), erased_at=now)
        )
