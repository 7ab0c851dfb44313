"""How the messaging of one service does, read from its database: for readiness, metrics, pages and the doctor.

What is wrong is named by a code; ``docs/operations.md`` says for each what it means and what to do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from shared.clock import now
from shared.messaging.checks import Check, last_check
from shared.messaging.order import BEHIND_PARKED

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

# Seconds. Each is several times what is normal, so that a restart raises no alarm.
UNSENT_LATE = 60.0
UNCONFIRMED_LATE = 300.0  # receipts are asked for after 30 s, and again
UNFINISHED_LATE = 120.0  # five starts take half a minute
SILENT = 90.0
# A mailer that waits for a slow mail server says nothing meanwhile. Started anew it would send the mail at
# hand twice, so this is longer than it may be at one mail: 15 minutes (LEASE in the retries of notifications).
SILENT_OF = {"mailer": 20 * 60.0}
CANARY_LATE = 120.0
CHECK_OVERDUE = 36 * 3600.0

_LANES = text("""
    select subscriber, delivery.state, count(*) as number,
           extract(epoch from clock_timestamp() - min(event.occurred_at))::float as age
    from outbox_delivery delivery join outbox_event event on event.id = delivery.event_id
    where delivery.state in ('pending', 'published')
    group by subscriber, delivery.state order by subscriber
""")
# What waits behind a parked event is as old as that one is left lying: it tells nothing of its own.
_INBOX = text(f"""
    select state, count(*) as number, sum(attempts)::int as attempts,
           coalesce(extract(epoch from clock_timestamp() - min(received_at) filter (where not must_wait)),
                    0)::float as age
    from (select state, attempts, received_at, {BEHIND_PARKED} as must_wait
          from inbox where state in ('new', 'parked')) lying
    group by state
""")  # noqa: S608 - constants
_SIGNS = text("""
    select process, instance, trouble, figures,
           extract(epoch from clock_timestamp() - at)::float as age
    from heartbeat order by process, at desc
""")
_CANARY = text("""
    select extract(epoch from clock_timestamp() - sent_at)::float as age,
           extract(epoch from arrived_at - sent_at)::float as took
    from canary where queue = :queue
""")
# The first of both by number, which grows with time.
_HISTORY = text("""
    select extract(epoch from clock_timestamp() - least(
        (select occurred_at from outbox_event order by id limit 1),
        (select received_at from inbox order by event_id limit 1)))::float
""")


@dataclass(frozen=True)
class Trouble:
    """Something that an operator should look at. *grave*: this service should get no more visitors."""

    code: str
    subject: str = ""
    number: int = 0
    grave: bool = False


@dataclass(kw_only=True)
class Lane:
    """Events on their way to one subscriber; ages in seconds."""

    subscriber: str
    unsent: int = 0
    unsent_age: float = 0.0
    unconfirmed: int = 0
    unconfirmed_age: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pile:
    """Received events that are not finished; the age is of the oldest that waits behind no parked one."""

    number: int = 0
    attempts: int = 0
    age: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Sign:
    """The last that one process said."""

    process: str
    instance: str
    age: float
    trouble: str | None
    figures: dict[str, Any]

    @property
    def is_silent(self) -> bool:
        """Whether nothing was heard of it for too long."""
        return self.age > silent_after(self.process)


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Everything at one moment."""

    service: str
    lanes: Sequence[Lane]
    unfinished: Pile
    parked: Pile
    signs: Sequence[Sign]
    canary_age: float | None
    canary_took: float | None
    check: Check | None
    history_age: float | None  # since the oldest event that is kept
    expected: Sequence[str] = field(default=())  # processes that write here

    def state_of(self, sign: Sign) -> str:
        """process_lives, process_silent, or process_ended where a successor lives."""
        if not sign.is_silent:
            return "process_lives"
        others = (one for one in self.signs if one.process == sign.process)
        succeeded = any(not other.is_silent for other in others)
        return "process_ended" if succeeded else "process_silent"

    @property
    def told(self) -> list[str]:
        """The troubles that processes tell of; of several instances the one that spoke last is right."""
        newest: dict[str, Sign] = {}
        for sign in self.signs:  # the newest first
            newest.setdefault(sign.process, sign)
        return sorted({s.trouble for s in newest.values() if s.trouble and not s.is_silent})

    @property
    def check_age(self) -> float | None:
        """Seconds since the last check; before the first one, since there has been something to check."""
        if self.check is None:
            return self.history_age
        return (now() - self.check.checked_at).total_seconds()

    @property
    def redis(self) -> dict[str, Any]:
        """What the relay last said about Redis and the queue of this service."""
        told = (
            s.figures for s in self.signs if s.process == "relay" and "redis_policy" in s.figures
        )
        return next(told, {})


def look(connection: Connection, service: str) -> Condition:
    """How it is now."""
    piles = {
        row.state: Pile(number=row.number, attempts=row.attempts, age=row.age)
        for row in connection.execute(_INBOX)
    }
    canary = connection.execute(_CANARY, {"queue": service}).first()
    with Session(connection) as session:
        check = last_check(session)
    return Condition(
        service=service,
        lanes=_lanes(connection),
        unfinished=piles.get("new", Pile()),
        parked=piles.get("parked", Pile()),
        signs=[Sign(**row._mapping) for row in connection.execute(_SIGNS)],  # noqa: SLF001 - public
        canary_age=canary.age if canary else None,
        canary_took=canary.took if canary else None,
        check=check,
        history_age=connection.scalar(_HISTORY),
        expected=processes(service),
    )


def silent_after(process: str) -> float:
    """After how many seconds without a sign *process* counts as silent."""
    return SILENT_OF.get(process, SILENT)


def processes(service: str) -> tuple[str, ...]:
    """Who gives signs of life in the database of *service*."""
    mailer = ("mailer",) if service == "notifications" else ()
    return (f"worker-{service}", *mailer, "relay", "beat")


def _lanes(connection: Connection) -> list[Lane]:
    lanes: dict[str, Lane] = {}
    for row in connection.execute(_LANES):
        lane = lanes.setdefault(row.subscriber, Lane(subscriber=row.subscriber))
        if row.state == "pending":
            lane.unsent, lane.unsent_age = row.number, max(row.age, 0.0)
        else:
            lane.unconfirmed, lane.unconfirmed_age = row.number, max(row.age, 0.0)
    return list(lanes.values())


def troubles(seen: Condition) -> Iterator[Trouble]:
    """What is wrong, the gravest first."""
    yield from _of_processes(seen)
    yield from _of_redis(seen)
    if seen.canary_age is not None and seen.canary_age > CANARY_LATE:
        yield Trouble("canary_late", seen.service, int(seen.canary_age))
    for lane in seen.lanes:
        if lane.unsent_age > UNSENT_LATE:
            yield Trouble("outbox_late", lane.subscriber, int(lane.unsent_age))
        if lane.unconfirmed_age > UNCONFIRMED_LATE:
            yield Trouble("receipts_late", lane.subscriber, int(lane.unconfirmed_age))
    if seen.parked.number:
        yield Trouble("parked", number=seen.parked.number)
    if seen.unfinished.age > UNFINISHED_LATE:
        yield Trouble("inbox_late", number=int(seen.unfinished.age))
    yield from _of_check(seen)


def _of_processes(seen: Condition) -> Iterator[Trouble]:
    for process in seen.expected:
        ages = [sign.age for sign in seen.signs if sign.process == process]
        if not ages:
            yield Trouble("process_unseen", process)
        elif min(ages) > silent_after(process):
            yield Trouble("process_silent", process, int(min(ages)))


def _of_check(seen: Condition) -> Iterator[Trouble]:
    if seen.check and not seen.check.holds:
        broken = sum(result.number > 0 for result in seen.check.results)
        yield Trouble("check_broken", number=broken)
    age = seen.check_age
    if age is not None and age > CHECK_OVERDUE:
        yield Trouble("check_overdue", number=int(age))


def _of_redis(seen: Condition) -> Iterator[Trouble]:
    for code in seen.told:
        policy = str(seen.redis.get("redis_policy", "")) if code == "redis_evicts" else ""
        yield Trouble(code, policy, grave=code == "redis_evicts")
