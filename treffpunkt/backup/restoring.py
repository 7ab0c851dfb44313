"""Bringing databases back: replaced, told what the others know, and the others told what is missing.

docs/decisions/0012 says who knows what after a restore, and why.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from redis import Redis, RedisError
from sqlalchemy import text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

from shared.clock import now
from shared.events.envelope import BadEnvelope
from shared.events.registration import ErasedSubject
from shared.messaging.cleaning import KEEP_SENT
from shared.messaging.tables import erasure
from shared.settings import SERVICES
from treffpunkt.backup import facts, replacing
from treffpunkt.backup.archive import Archive, Saved, open_archive
from treffpunkt.errors import Refusal

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from shared.settings import Settings

# Others keep what they told for KEEP_SENT; what is older cannot be heard again.
OLDEST = KEEP_SENT - timedelta(days=1)
MAILS = "notifications"
# Each finds there what it refers to: meetings, then registrations, then mails.
ORDER = ("scheduling", "registration", "notifications")
_ERASURES = text("select subject_id, kind, aggregate_id, erasure_id, erased_at from erasure")
_REPLACED_ERASURES = text(
    "select subject_id, kind, aggregate_id, erasure_id, erased_at from replaced.erasure"
)
LISTEN = 1.0  # seconds for workers to store what they had taken from Redis
# With all three inboxes locked they wait instead, for lock_timeout (5 s in shared.database), and after a commit
# they would store what is taken back. A second more: then all of them have failed, and none is repeated.
GIVE_UP = 6.0


@dataclass
class Report:
    """What a restore found and did, for the operator."""

    restored: dict[str, Saved] = field(default_factory=dict)
    recalled: int = 0
    told_again: int = 0
    failures: list[str] = field(default_factory=list)
    blind: list[str] = field(default_factory=list)  # services whose replaced database was empty
    queues_emptied: bool = True


@dataclass
class Work:
    """One restore under way: a transaction in each of the three databases."""

    sessions: dict[str, Session]
    archive: Archive
    saved: dict[str, Saved]
    report: Report
    settings: Settings
    readable: dict[str, bool] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether all three are set back, so that nobody knows anything newer."""
        return len(self.saved) == len(SERVICES)

    def others(self, service: str) -> Iterator[tuple[str, Session]]:
        """The two other databases."""
        return ((name, at) for name, at in self.sessions.items() if name != service)

    def part(self, service: str, module: str) -> Any:
        """A module of the service's own use cases."""
        return import_module(f"services.{service}.use_cases.{module}")


def restore(settings: Settings, path: Path, *, only: str | None = None) -> Report:
    """Bring back all databases in *path*, or *only* that of one service. Refusal if that cannot converge."""
    report = Report()
    with open_archive(path) as archive, ExitStack() as stack:
        report.restored = _chosen(archive.manifest(), only)
        sessions = {
            name: stack.enter_context(replacing.opened(settings.database_url(name)))
            for name in SERVICES
        }
        work = Work(sessions, archive, report.restored, report, settings)
        for service, saved in work.saved.items():
            work.readable[service] = replacing.replace(sessions[service], archive, service, saved)
        report.blind = [name for name, readable in work.readable.items() if not readable]
        report.queues_emptied = _empty_queues(settings)
        time.sleep(GIVE_UP if work.whole else LISTEN)
        _reconcile(work)
        _commit(work)
    return report


def _chosen(saved: dict[str, Saved], only: str | None) -> dict[str, Saved]:
    wanted = (only,) if only else SERVICES
    if missing := [name for name in wanted if name not in saved]:
        raise Refusal(f"this backup has no database of {', '.join(missing)}")
    chosen = {name: saved[name] for name in wanted}
    oldest = min(one.taken_at for one in chosen.values())
    if only and oldest < now() - OLDEST:
        raise Refusal(
            f"this backup is older than {OLDEST.days} days: the others no longer keep what {only} would have"
            " to hear again; restore all three databases"
        )
    return chosen


def _empty_queues(settings: Settings) -> bool:
    # All messages are in some outbox as well; those of a future that is taken back must not arrive.
    try:
        with Redis.from_url(
            settings.redis_url, socket_timeout=5, socket_connect_timeout=5
        ) as redis:
            redis.flushdb()
    except RedisError:
        return False
    return True


def _reconcile(work: Work) -> None:
    erased = _erased(work)
    for service in ORDER:
        if service not in work.saved:
            continue
        known = facts.ids_of(work.sessions[service])
        _collect(work, service)
        _hear(work, service)
        _recall(work, service, known)
        _carry(work, service)
        _erase(work, service, erased)
    for service in work.saved:
        replacing.forget_replaced(work.sessions[service])


def _collect(work: Work, service: str) -> None:
    """Own facts that the backup does not have: recorded again, so that all subscribers hear of them."""
    session, since = work.sessions[service], work.saved[service].taken_at
    if work.readable[service] and not work.whole:
        facts.carry_outbox(session, since)
    for _name, other in work.others(service):
        facts.learn_from(session, other, service, since)


def _hear(work: Work, service: str) -> None:
    """Others' facts that had their effect here already."""
    session, part = work.sessions[service], work.part(service, "recalling")
    readable, mails = work.readable[service], service == MAILS
    for name, other in work.others(service):
        # In doubt a mail is held back, while a cancelled meeting takes effect twice rather than never.
        before = (
            facts.heard_before(session)
            if readable
            else facts.may_be_heard(session, other, service, unfinished=mails)
        )
        if mails:
            part.remember_replays(session, before, certain=readable)
        elif not work.whole:
            envelopes = facts.envelopes(other, name, before)
            done = set(part.heard(session, envelopes))
            facts.mark_heard(session, [envelope for envelope in envelopes if envelope.id in done])


def _recall(work: Work, service: str, known: set[UUID]) -> None:
    session, part = work.sessions[service], work.part(service, "recalling")
    for envelope in facts.told(session, service, but=known):
        try:
            with session.begin_nested():
                part.recall(session, envelope.fact(), envelope.occurred_at)
            work.report.recalled += 1
        except (BadEnvelope, SQLAlchemyError) as error:
            # Ids only: nothing of a person goes into the output.
            work.report.failures.append(
                f"{envelope.name} {envelope.id} of {envelope.aggregate_id}: {type(error).__name__}"
            )
    part.finish(session, work.settings)


def _carry(work: Work, service: str) -> None:
    """What no fact tells, from the database that is replaced; where there was none, the safe side."""
    session, part = work.sessions[service], work.part(service, "recalling")
    if work.readable[service]:
        part.carry(session, whole=work.whole)
    else:
        part.go_blind(session)


def _erased(work: Work) -> list[dict[str, Any]]:
    """Whose data were erased, as any of the databases knows: those replaced, restored and left."""
    found: dict[Any, dict[str, Any]] = {}
    for service, session in work.sessions.items():
        statements = [_ERASURES, _REPLACED_ERASURES] if work.readable.get(service) else [_ERASURES]
        for statement in statements:
            rows = session.execute(statement).mappings()
            found |= {(row["subject_id"], row["kind"]): dict(row) for row in rows}
    return list(found.values())


def _erase(work: Work, service: str, rows: list[dict[str, Any]]) -> None:
    session = work.sessions[service]
    if not rows:
        return
    session.execute(insert(erasure).on_conflict_do_nothing(), rows)
    # Looked through again in a while, as after any erasure.
    session.execute(update(erasure).values(settled_at=None))
    names = ("kind", "subject_id", "aggregate_id")
    subjects = [ErasedSubject(**{name: row[name] for name in names}) for row in rows]
    work.part(service, "recalling").erase(session, subjects, now())
    session.flush()


def _commit(work: Work) -> None:
    for service in work.saved:
        for name, other in work.others(service):
            # The plans of mails are told anew, from revisions that may be lower than the known ones.
            if service == MAILS and name == "registration":
                other.execute(text("delete from planned_mails"))
            work.report.told_again += facts.tell_again(other, service, work.sessions[service])
    # Those first that only tell again: repeated for nothing is harmless, forgotten is not.
    for name in sorted(SERVICES, key=lambda name: name in work.saved):
        work.sessions[name].commit()
