"""Whose data were erased, and messages without them: outbox, inbox, and what arrives afterwards.

A message stored by somebody who could not see the erasure yet is caught when the erasure is settled, a
while later: by then every transaction that was under way has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SelectBase,
    Text,
    Uuid,
    any_,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from shared.database import Database
from shared.events.notifications import MailFailed
from shared.events.registration import ErasedSubject
from shared.events.routes import ROUTES
from shared.events.scrubbing import (
    Gone,
    Payload,
    subjects_of,
    tells_of_participants,
    without,
    without_people,
)
from shared.messaging.tables import erasure, inbox, outbox_event

SEAT, RECOMMENDATION = "seat", "recommendation"
# Longer than any handler or statement may take.
SETTLE_AFTER = timedelta(minutes=3)
_MAIL_FAILED = MailFailed.wire_name()  # its aggregate is the mail
BATCH = 200
AT_ONCE = 2000  # messages looked through in one transaction
# Facts with participants in them, beside those of failed mails, which name no meeting.
PERSONAL = tuple(
    fact.wire_name()
    for fact in ROUTES
    if fact is not MailFailed and tells_of_participants(field.name for field in fields(fact))
)

Scrub = Callable[[Payload], Payload]


def remember(
    session: Session, erasure_id: UUID, subjects: Iterable[ErasedSubject], now: datetime
) -> None:
    """From now on nothing of *subjects* is kept here."""
    rows = [
        {
            "subject_id": subject.subject_id,
            "kind": subject.kind,
            "aggregate_id": subject.aggregate_id,
            "erasure_id": erasure_id,
            "erased_at": now,
        }
        for subject in subjects
    ]
    if rows:
        session.execute(upsert(erasure).on_conflict_do_nothing(), rows)


def is_erased(payload: Payload) -> ColumnElement[bool]:
    """Whether anything in *payload* was erased, to be asked inside another statement."""
    subjects = literal(subjects_of(payload), ARRAY(Uuid))
    return select(erasure.c.subject_id).where(erasure.c.subject_id == any_(subjects)).exists()


def gone_of(connection: Connection | Session, payload: Payload) -> Gone:
    """Whom of those in *payload* nothing is kept of."""
    rows = connection.execute(
        select(erasure.c.subject_id, erasure.c.kind).where(
            erasure.c.subject_id.in_(subjects_of(payload))
        )
    ).all()
    return _gone((row.subject_id, row.kind) for row in rows)


def gone(subjects: Iterable[ErasedSubject]) -> Gone:
    """*subjects* as payloads are asked for them."""
    return _gone((subject.subject_id, subject.kind) for subject in subjects)


def _gone(rows: Iterable[tuple[UUID, str]]) -> Gone:
    pairs = list(rows)
    return Gone(
        whole=frozenset(i for i, kind in pairs if kind != RECOMMENDATION),
        recommended=frozenset(i for i, kind in pairs if kind == RECOMMENDATION),
    )


def scrub_messages(session: Session, subjects: Sequence[ErasedSubject]) -> int:
    """Take *subjects* out of every message sent or received, in whatever state; how many were changed."""
    absent = gone(subjects)
    aggregates = {subject.aggregate_id for subject in subjects}
    texts = [str(identifier) for identifier in absent.whole]
    seats = ids(subjects, SEAT)
    payload: Any = outbox_event.c.payload
    number = _scrub_outbox(
        session,
        or_(
            outbox_event.c.aggregate_id.in_(aggregates),
            _failure(outbox_event.c.name, payload, texts),
            *_naming(payload, seats),
        ),
        lambda found: without(found, absent),
    )
    payload = inbox.c.envelope["payload"]
    return number + _scrub_inbox(
        session,
        or_(
            inbox.c.aggregate_id.in_(aggregates),
            _failure(inbox.c.name, payload, texts),
            *_naming(payload, seats),
        ),
        lambda found: without(found, absent),
    )


def scrub_messages_about(session: Session, key: str, identifiers: Sequence[UUID]) -> int:
    """Take all people out of the messages whose payload has one of *identifiers* at *key*; how many."""
    texts = [str(identifier) for identifier in identifiers]
    sent, received = _about(key, texts, mails_about=texts)
    return _scrub_outbox(session, sent, without_people) + _scrub_inbox(
        session, received, without_people
    )


def scrub_past_messages(
    database: Database,
    meetings: Select[UUID],
    *,
    subjects: SelectBase | None = None,
    at_once: int = AT_ONCE,
) -> int:
    """Take all people out of the messages about *meetings*; how many were changed.

    *subjects* are their registrations and invitations, for messages that name no meeting. So many messages in
    a transaction each: no statement gets longer with the years, and what is done stays done.
    """
    told: Any = [] if subjects is None else _texts(subjects)
    sent, received = _about("meeting_id", _texts(meetings), mails_about=told)
    number = 0
    for identifier, about, scrub in (
        (outbox_event.c.id, sent, _scrub_outbox),
        (inbox.c.event_id, received, _scrub_inbox),
    ):
        after: UUID | None = UUID(int=0)
        while after is not None:
            with database.transaction() as session:
                part, after = _next_part(session, identifier, after, at_once)
                number += scrub(session, part & about, without_people)
    return number


def _next_part(
    session: Session, identifier: Any, after: UUID, length: int
) -> tuple[ColumnElement[bool], UUID | None]:
    """The condition for the next rows behind *after*, and where they end; None: nowhere."""
    behind = identifier > after
    query = select(identifier).where(behind).order_by(identifier).offset(length - 1).limit(1)
    last = session.scalar(query)
    return (behind if last is None else behind & (identifier <= last)), last


def _texts(identifiers: SelectBase) -> Select[str]:
    return select(cast(identifiers.subquery().c.id, Text))


def _about(
    key: str, texts: Any, *, mails_about: Any
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The messages with people, sent and received: whose payload has one of *texts* at *key*, and failed mails."""
    sent: Any = outbox_event.c.payload
    received: Any = inbox.c.envelope["payload"]
    return (
        or_(
            outbox_event.c.name.in_(PERSONAL) & sent[key].astext.in_(texts),
            _failure(outbox_event.c.name, sent, mails_about),
        ),
        or_(
            inbox.c.name.in_(PERSONAL) & received[key].astext.in_(texts),
            _failure(inbox.c.name, received, mails_about),
        ),
    )


def _naming(payload: Any, seats: Sequence[UUID]) -> list[ColumnElement[bool]]:
    """Somebody may have sat in another part of the registration before."""
    return [
        payload.contains({people: [{"attendee_id": str(seat)}]})
        for seat in seats
        for people in ("attendees", "removed_attendees")
    ]


def _failure(name: Any, payload: Any, texts: Any) -> ColumnElement[bool]:
    told = or_(
        payload["registration_id"].astext.in_(texts), payload["invitation_id"].astext.in_(texts)
    )
    found: ColumnElement[bool] = (name == _MAIL_FAILED) & told
    return found


def _scrub_outbox(session: Session, chosen: ColumnElement[bool], scrub: Scrub) -> int:
    number = 0
    rows = session.execute(select(outbox_event.c.id, outbox_event.c.payload).where(chosen)).all()
    for row in rows:
        payload = scrub(row.payload)
        if payload != row.payload:
            number += 1
            session.execute(
                update(outbox_event).where(outbox_event.c.id == row.id).values(payload=payload)
            )
    return number


def _scrub_inbox(session: Session, chosen: ColumnElement[bool], scrub: Scrub) -> int:
    number = 0
    query = select(inbox.c.event_id, inbox.c.envelope).order_by(inbox.c.event_id)
    seen = session.execute(query.where(chosen)).all()
    telling = [r.event_id for r in seen if scrub(r.envelope["payload"]) != r.envelope["payload"]]
    # Locked: a worker may be applying it; what it did is scrubbed afterwards.
    locked = query.where(inbox.c.event_id.in_(telling)).with_for_update()
    for row in session.execute(locked).all() if telling else ():
        payload = scrub(row.envelope["payload"])
        if payload == row.envelope["payload"]:
            continue
        number += 1
        session.execute(
            update(inbox)
            .where(inbox.c.event_id == row.event_id)
            .values(
                envelope={**row.envelope, "payload": payload},
                # The rest of an error may quote what it stumbled over.
                last_error=func.split_part(inbox.c.last_error, ":", 1),
            )
        )
    return number


def again(session: Session) -> list[ErasedSubject]:
    """Everybody of whom nothing is to be kept; all are to be settled once more."""
    rows = session.execute(update(erasure).values(settled_at=None).returning(erasure)).all()
    return _subjects(rows)


def unsettled(session: Session) -> list[ErasedSubject]:
    """Those that are to be looked through again."""
    query = select(erasure).where(erasure.c.settled_at.is_(None)).order_by(erasure.c.erased_at)
    return _subjects(session.execute(query.limit(BATCH)).all())


def settle(session: Session, subjects: Iterable[ErasedSubject], now: datetime) -> None:
    """Nothing is left of *subjects*; those of the last minutes are looked at once more all the same."""
    session.execute(
        update(erasure)
        .where(
            erasure.c.subject_id.in_([subject.subject_id for subject in subjects]),
            erasure.c.erased_at <= now - SETTLE_AFTER,
            erasure.c.settled_at.is_(None),
        )
        .values(settled_at=now)
    )


def _subjects(rows: Sequence[Any]) -> list[ErasedSubject]:
    return [
        ErasedSubject(kind=row.kind, subject_id=row.subject_id, aggregate_id=row.aggregate_id)
        for row in rows
    ]


def ids(subjects: Iterable[ErasedSubject], kind: str) -> list[UUID]:
    """The subjects of one kind."""
    return [subject.subject_id for subject in subjects if subject.kind == kind]
