"""After a restore: no mail is sent a second time, and plans are told anew.

What was sent is known from the database that is replaced, where it could still be read (*carry*). Where it
could not, nobody knows: what was open then is held back for a person (*go_blind*).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.models import (
    Mail,
    Meeting,
    PlannedMail,
    ReplayedEvent,
    StalePlan,
    table,
)
from services.notifications.use_cases import erasing
from services.notifications.use_cases.replays import MAY_BE_SENT, SENT_BEFORE
from shared.clock import now
from shared.events import notifications as events
from shared.events.envelope import Envelope, Fact
from shared.events.registration import ErasedSubject
from shared.settings import Settings

OPEN = ("queued", "retry", "sending")
# Mails that are open in the backup and unknown to the replaced database.
_HOLD_UNKNOWN = text("""
    update mail set state = 'held_back', claimed_until = null, smtp_text = :words
    where state in ('queued', 'retry', 'sending')
      and not exists (select from replaced.mail theirs where theirs.key = mail.key)
""")
_FORGET_PLANS = text("""
    delete from planned_mail where state = 'planned' and (due_at <= now() or not :whole)
      and not exists (select from replaced.planned_mail theirs where theirs.key = planned_mail.key)
""")
_CALENDARS = text("""
    insert into calendar_entry as mine (registration_id, person, sequence, state, address, organizer)
    select registration_id, person, sequence, state, address, organizer from replaced.calendar_entry
    where not :whole or registration_id in (select id from registration)
    on conflict (registration_id, person) do update
        set sequence = excluded.sequence, state = excluded.state, address = excluded.address,
            organizer = excluded.organizer
        where mine.sequence <= excluded.sequence
""")
_ADDRESSEES = text("""
    insert into addressee (address, words) select address, words from replaced.addressee
    on conflict do nothing
""")
_PLAN_REVISIONS = text("""
    update meeting mine set plan_revision = greatest(mine.plan_revision, theirs.plan_revision)
    from replaced.meeting theirs where theirs.id = mine.id
""")
_COLUMNS = text("""
    select mine.column_name from information_schema.columns mine
    join information_schema.columns theirs
      on theirs.table_schema = 'replaced' and theirs.table_name = mine.table_name
     and theirs.column_name = mine.column_name
    where mine.table_schema = 'public' and mine.table_name = :table
""")


def carry(session: Session, *, whole: bool) -> None:
    """Keep every mail and plan of the replaced database.

    *whole*: all services were set back. Then only what became of the mails and plans in the backup: others
    are about what nobody knows any more.
    """
    session.execute(_HOLD_UNKNOWN, {"words": MAY_BE_SENT})
    session.execute(_FORGET_PLANS, {"whole": whole})
    if not whole:
        session.execute(_ADDRESSEES)
    for name in ("mail", "planned_mail"):
        _carry_by_key(session, name, whole=whole)
    session.execute(_CALENDARS, {"whole": whole})
    session.execute(_PLAN_REVISIONS)


def _carry_by_key(session: Session, name: str, *, whole: bool) -> None:
    columns = session.scalars(_COLUMNS, {"table": name}).all()
    names = ", ".join(columns)
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns if column != "id")
    statement = f"""
        insert into {name} ({names}) select {names} from replaced.{name}
        where not :whole or key in (select key from {name})
        on conflict (key) do update set {changes}
    """  # noqa: S608 - names of the catalog
    session.execute(text(statement), {"whole": whole})


def go_blind(session: Session) -> None:
    """What was open when the backup was made may be sent by now; reminders of that time are over."""
    held = update(table(Mail)).where(Mail.state.in_(OPEN))
    session.execute(held.values(state="held_back", claimed_until=None, smtp_text=MAY_BE_SENT))
    due = update(table(PlannedMail)).where(PlannedMail.state == "planned")
    session.execute(due.where(PlannedMail.due_at <= now()).values(state="dropped"))


def remember_replays(session: Session, event_ids: Iterable[UUID], *, certain: bool) -> None:
    """Facts that had (or may have had) their effect: the mails they make again are not sent."""
    rows: list[dict[str, Any]] = [{"event_id": e, "certain": certain} for e in event_ids]
    if rows:
        session.execute(insert(table(ReplayedEvent)).on_conflict_do_nothing(), rows)


def erase(session: Session, subjects: Sequence[ErasedSubject], moment: datetime) -> None:
    """Erase those again who were erased since: their last mails went out then."""
    begin = now()
    erasing.erase(session, subjects, moment)
    session.execute(
        update(table(Mail))
        .where(Mail.created_at >= begin, Mail.state == "queued")
        .values(state="suppressed", smtp_text=SENT_BEFORE)
    )
    erasing.erase(session, subjects, moment)


def heard(_session: Session, _envelopes: Iterable[Envelope]) -> list[UUID]:
    """All facts come again."""
    return []


def recall(session: Session, fact: Fact, occurred_at: datetime) -> None:
    """Revisions go on where they were; an address that failed stays failed."""
    if isinstance(fact, events.MailFailed):
        session.execute(
            update(table(Mail))
            .where(Mail.id == fact.mail_id, Mail.revision < fact.revision)
            .values(state="failed", revision=fact.revision, claimed_until=None)
        )
    elif isinstance(fact, events.MailsPlanned):
        session.execute(
            update(table(Meeting))
            .where(Meeting.id == fact.meeting_id, Meeting.plan_revision < fact.revision)
            .values(plan_revision=fact.revision)
        )
    del occurred_at


def finish(session: Session, _settings: Settings) -> None:
    """Tell all plans anew."""
    session.execute(update(table(Meeting)).values(published_plan=None))
    known = select(Meeting.id)
    statement = insert(table(StalePlan)).from_select(["meeting_id"], known)
    session.execute(statement.on_conflict_do_nothing())
