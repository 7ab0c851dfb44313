"""Counting failed tries, and how long the next one must wait for them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.scheduling.domain.throttle import FORGOTTEN_AFTER, Patience, wait
from services.scheduling.models import LoginThrottle
from shared.clock import now

# What is counted together, by a key that names nobody.
Counts = Mapping[str, Patience]


def key_of(*parts: str) -> str:
    """The key of a count; the table holds neither accounts nor addresses."""
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def left_to_wait(session: Session, counts: Counts) -> timedelta:
    """What is left to wait for. Tries in parallel come one after the other from here to the commit."""
    moment = now()
    # Rows to lock must be there; and what is forgotten begins anew.
    fresh = [{"key": key, "failures": 0, "failed_at": moment} for key in sorted(counts)]
    session.execute(insert(LoginThrottle).on_conflict_do_nothing(), fresh)
    query = (
        select(LoginThrottle)
        .where(LoginThrottle.key.in_(counts))
        .order_by(LoginThrottle.key)
        .with_for_update()
    )
    rows = session.scalars(query, execution_options={"populate_existing": True}).all()
    waits = [wait(row.failures, row.failed_at, moment, patience=counts[row.key]) for row in rows]
    return max(waits, default=timedelta(0))  # none: forgotten this very moment


def count_failure(session: Session, counts: Counts) -> timedelta:
    """One failure more; how long the next try must wait. Call after left_to_wait()."""
    moment = now()
    query = select(LoginThrottle).where(LoginThrottle.key.in_(counts))
    waits = []
    for row in session.scalars(query):
        forgotten = moment - row.failed_at > FORGOTTEN_AFTER
        row.failures = 1 if forgotten else row.failures + 1
        row.failed_at = moment
        waits.append(wait(row.failures, moment, moment, patience=counts[row.key]))
    return max(waits, default=timedelta(0))  # none: forgotten this very moment


def forget(session: Session, *keys: str) -> None:
    """Begin these counts anew: the right answer was given."""
    session.execute(delete(LoginThrottle).where(LoginThrottle.key.in_(keys)))
