"""Mails come into being: one row per intent, however often the fact is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.domain import retries
from services.notifications.models import Addressee, Mail, Meeting, Network, table
from services.notifications.use_cases import replays
from shared.clock import now
from shared.database import DATABASE_NOW
from shared.identifiers import new_id

# Taken only where a mail comes before its meeting or network, and where one of these comes for the first
# time: without it the two could pass each other unseen, and the mail would wait for ever.
_ARRIVALS = text("select pg_advisory_xact_lock(7268002)")


@dataclass(frozen=True, kw_only=True)
class Intent:
    """To write one mail to one person. The key says which; a second intent with it changes nothing."""

    key: str
    kind: str
    person: str
    recipient: str | None  # None: nobody to write to
    recipient_name: str
    language: str
    network_id: UUID | None = None
    meeting_id: UUID | None = None
    registration_id: UUID | None = None
    invitation_id: UUID | None = None
    company: str = ""  # to find the mail by
    details: Mapping[str, Any] = field(default_factory=dict)
    wait: timedelta = timedelta(0)


def put(session: Session, intents: Sequence[Intent]) -> int:
    """Add the mails that are not there yet; how many. Those about an unknown meeting wait for it."""
    addressed = [intent for intent in intents if intent.recipient]
    if not addressed:
        return 0
    meetings = {intent.meeting_id for intent in addressed if intent.meeting_id}
    held_back = _known(session, meetings)
    if meetings - held_back.keys():
        session.execute(_ARRIVALS)
        held_back = _known(session, meetings)
    moment = now()
    doubt = replays.doubt(session)
    rows = [_row(intent, held_back, moment) | doubt for intent in addressed]
    _make_findable(session, addressed)
    due_at = DATABASE_NOW + bindparam("wait", type_=Interval())
    statement = insert(table(Mail)).on_conflict_do_nothing(index_elements=["key"])
    statement = statement.values(due_at=due_at)
    return len(session.execute(statement.returning(Mail.id), rows).all())


def _known(session: Session, meetings: set[UUID]) -> dict[UUID, bool]:
    """The meetings known here with their network, and whether their bulk mails are held back.

    Both stay so until the end: somebody who holds mails back waits for those that are being made.
    """
    if not meetings:
        return {}
    rows = session.execute(
        select(Meeting.id, Meeting.held_back)
        .join(Network, Network.id == Meeting.network_id)
        .where(Meeting.id.in_(meetings))
        .order_by(Meeting.id)
        .with_for_update(read=True, key_share=True, of=Meeting)
    )
    return {row.id: row.held_back for row in rows}


def _row(intent: Intent, held_back: Mapping[UUID, bool], moment: datetime) -> dict[str, Any]:
    priority = retries.priority(intent.kind)
    held = (
        priority > 0 and intent.meeting_id is not None and held_back.get(intent.meeting_id, False)
    )
    recipient = intent.recipient or ""
    return {
        "id": new_id(),
        "key": intent.key,
        "kind": intent.kind,
        "state": "held_back" if held else "queued",
        "priority": priority,
        "ready": intent.meeting_id is None or intent.meeting_id in held_back,
        "network_id": intent.network_id,
        "meeting_id": intent.meeting_id,
        "registration_id": intent.registration_id,
        "invitation_id": intent.invitation_id,
        "person": intent.person,
        "recipient": recipient,
        "recipient_key": recipient.lower(),
        "recipient_name": intent.recipient_name,
        "language": intent.language,
        "details": dict(intent.details),
        "wait": intent.wait,
        "created_at": moment,
    }


def _make_findable(session: Session, intents: Sequence[Intent]) -> None:
    rows = {
        str(intent.recipient).lower(): " ".join(
            (intent.recipient_name, intent.company, _parts_of(str(intent.recipient)))
        )
        for intent in intents
    }
    statement = insert(table(Addressee))
    statement = statement.on_conflict_do_update(
        index_elements=["address"],
        set_={"words": statement.excluded.words},
        where=Addressee.words != statement.excluded.words,
    )
    session.execute(statement, [{"address": key, "words": rows[key]} for key in sorted(rows)])


def _parts_of(address: str) -> str:
    """An address so that each part of it is a word."""
    return " ".join("".join(char if char.isalnum() else " " for char in address).split())


def release_waiting(session: Session) -> int:
    """Mails whose meeting and network have come by now may go; how many."""
    known = select(Meeting.id).join(Network, Network.id == Meeting.network_id)
    statement = (
        update(table(Mail)).where(~Mail.ready, Mail.meeting_id.in_(known)).values(ready=True)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]


def await_arrivals(session: Session) -> None:
    """To be called before a meeting or network is stored for the first time."""
    session.execute(_ARRIVALS)


def suppress(session: Session, reason: str, *conditions: Any) -> int:
    """Mails that are not sent yet and need not be any more; how many."""
    statement = (
        update(table(Mail))
        .where(Mail.state.in_(("queued", "retry", "held_back")), *conditions)
        .where(func.coalesce(Mail.claimed_until, func.to_timestamp(0)) <= DATABASE_NOW)
        .values(state="suppressed", smtp_text=reason)
    )
    return int(session.execute(statement).rowcount)  # type: ignore[attr-defined]
