"""Signing in and out. Wrong tries make the next one wait; unknown addresses look like wrong passwords."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain.names import normal_email
from services.scheduling.domain.throttle import (
    FORGOTTEN_AFTER,
    FREE_TRIES,
    FREE_TRIES_OF_A_PLACE,
    wait,
)
from services.scheduling.models import Coordinator, LoginSession, LoginThrottle
from services.scheduling.use_cases import passwords
from shared.clock import now

# A sign-in ends after this time without a visit, and in any case after the longer one.
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class Attempt:
    """What became of a try: somebody, or nobody, perhaps with a wait before the next one."""

    coordinator: Coordinator | None
    wait: timedelta = timedelta(0)


def try_to_sign_in(session: Session, *, email: str, password: str, place: str) -> Attempt:
    """Check the password. The caller commits in any case: failures are counted."""
    address = normal_email(email)
    keys = {
        _hashed(f"pair|{address}|{place}"): FREE_TRIES,
        _hashed(f"place|{place}"): FREE_TRIES_OF_A_PLACE,
    }
    left = _left_to_wait(session, keys)
    if left > timedelta(0):
        return Attempt(None, left)
    coordinator = queries.coordinator_by_email(session, address)
    if not passwords.is_right(coordinator, password):
        _count_failure(session, keys)
        return Attempt(None, _left_to_wait(session, keys))
    assert coordinator is not None  # noqa: S101 - is_right() says so
    passwords.refresh_hash(coordinator, password)
    session.execute(delete(LoginThrottle).where(LoginThrottle.key == next(iter(keys))))
    return Attempt(coordinator)


def _left_to_wait(session: Session, keys: dict[str, int]) -> timedelta:
    # Locked, so that tries in parallel are counted one after the other.
    query = select(LoginThrottle).where(LoginThrottle.key.in_(keys)).order_by(LoginThrottle.key)
    rows = session.scalars(query.with_for_update(), execution_options={"populate_existing": True})
    waits = (wait(row.failures, row.failed_at, now(), free_tries=keys[row.key]) for row in rows)
    return max(waits, default=timedelta(0))


def _count_failure(session: Session, keys: dict[str, int]) -> None:
    moment = now()
    session.execute(
        delete(LoginThrottle).where(
            LoginThrottle.key.in_(keys), LoginThrottle.failed_at < moment - FORGOTTEN_AFTER
        )
    )
    for key in sorted(keys):
        statement = insert(LoginThrottle).values(key=key, failures=1, failed_at=moment)
        again = {"failures": LoginThrottle.failures + 1, "failed_at": moment}
        session.execute(statement.on_conflict_do_update(index_elements=["key"], set_=again))


def open_session(session: Session, coordinator: Coordinator, device: str) -> str:
    """A new sign-in; its secret, which goes into the cookie and is not kept."""
    secret = secrets.token_urlsafe(32)
    moment = now()
    coordinator.last_login_at = moment
    session.add(
        LoginSession(
            hash=_hashed(secret),
            coordinator_id=coordinator.id,
            created_at=moment,
            last_seen_at=moment,
            expires_at=moment + IDLE,
            device=device[:80],
        )
    )
    return secret


def renew(session: Session, secret: str) -> Coordinator | None:
    """Whose sign-in it is, prolonged; None once it has ended."""
    query = select(LoginSession).where(LoginSession.hash == _hashed(secret)).with_for_update()
    found = session.scalar(query)
    moment = now()
    if found is None or found.expires_at <= moment or not found.coordinator.active:
        return None
    found.last_seen_at = moment
    found.expires_at = min(moment + IDLE, found.created_at + LONGEST)
    return found.coordinator


def sign_out(session: Session, secret: str) -> None:
    """End this sign-in."""
    session.execute(delete(LoginSession).where(LoginSession.hash == _hashed(secret)))


def sign_out_elsewhere(session: Session, coordinator: Coordinator) -> None:
    """End all her sign-ins at once, tokens stay; the caller opens a new one here.

    Tokens carry the epoch too, so the epoch stays and other services notice when their cookie is renewed.
    """
    session.execute(delete(LoginSession).where(LoginSession.coordinator_id == coordinator.id))


def sessions_of(session: Session, coordinator_id: UUID) -> Sequence[LoginSession]:
    """Her sign-ins, the latest visit first."""
    query = select(LoginSession).where(
        LoginSession.coordinator_id == coordinator_id, LoginSession.expires_at > now()
    )
    return session.scalars(query.order_by(LoginSession.last_seen_at.desc())).all()


def is_this(found: LoginSession, secret: str) -> bool:
    """Whether the sign-in is the one of the cookie."""
    return secrets.compare_digest(found.hash, _hashed(secret))


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
