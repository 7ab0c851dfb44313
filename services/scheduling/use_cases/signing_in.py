"""Signing in and out. Wrong tries make the next one wait; unknown addresses look like wrong passwords."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain import throttle
from services.scheduling.domain.names import normal_email
from services.scheduling.models import Coordinator, LoginSession
from services.scheduling.use_cases import passwords, security, throttling
from services.scheduling.use_cases.telling import coordinator_saved
from shared.clock import now

# A sign-in ends after this time without a visit, and in any case after the longer one.
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=14)


@dataclass(frozen=True)
class Attempt:
    """What became of a try: somebody, or nobody, perhaps with a wait before the next one."""

    coordinator: Coordinator | None
    wait: timedelta = timedelta(0)


def try_to_sign_in(
    session: Session, *, email: str, password: str, place: str, familiar: bool = False
) -> Attempt:
    """Check the password. The caller commits in any case: failures are counted.

    Whether the address is known changes neither the statements nor the work. ``familiar``: the browser
    signed in to this account before.
    """
    address = normal_email(email)
    pair = throttling.key_of("pair", address, place)
    account = throttling.key_of("familiar" if familiar else "strange", address)
    counts = {
        pair: throttle.PAIR,
        account: throttle.FAMILIAR if familiar else throttle.STRANGE,
        throttling.key_of("place", place): throttle.PLACE,
    }
    left = throttling.left_to_wait(session, counts)
    if left > timedelta(0):
        return Attempt(None, left)
    known = queries.known_account(session, address)
    if not passwords.matches(known.password_hash, password):
        return Attempt(None, throttling.count_failure(session, counts))
    coordinator = session.get_one(Coordinator, known.id, with_for_update=True)
    if coordinator.password_hash != known.password_hash or not coordinator.active:
        # Changed while we looked: what was right a moment ago opens nothing any more.
        return Attempt(None, throttling.count_failure(session, counts))
    passwords.refresh_hash(coordinator, password)
    throttling.forget(session, pair, *([account] if familiar else []))
    return Attempt(coordinator)


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
    found = _session(session, secret)
    moment = now()
    if found is None or found.expires_at <= moment or not found.coordinator.active:
        return None
    found.last_seen_at = moment
    found.expires_at = min(moment + IDLE, found.created_at + LONGEST)
    return found.coordinator


def _session(session: Session, secret: str) -> LoginSession | None:
    query = select(LoginSession).where(LoginSession.hash == _hashed(secret)).with_for_update()
    return session.scalar(query)


def sign_out(session: Session, secret: str) -> None:
    """End this sign-in, copies of its cookie included."""
    found = _session(session, secret)
    if found is not None:
        session.delete(found)
        end_cookies(session, found.coordinator)


def end_one(session: Session, coordinator: Coordinator, session_id: UUID) -> None:
    """End one of her sign-ins at once, wherever it is used; nothing happens if it has ended already."""
    hers = (LoginSession.coordinator_id == coordinator.id, LoginSession.id == session_id)
    ended = session.execute(delete(LoginSession).where(*hers).returning(LoginSession.id)).first()
    if ended is not None:
        end_cookies(session, coordinator)


def end_all(session: Session, coordinator: Coordinator) -> None:
    """End all her sign-ins at once, everywhere; tokens stay. The caller opens a new one here."""
    session.execute(delete(LoginSession).where(LoginSession.coordinator_id == coordinator.id))
    security.note(session, security.ENDED_EVERYWHERE, coordinator_id=coordinator.id)
    end_cookies(session, coordinator)


def end_cookies(session: Session, coordinator: Coordinator) -> None:
    """Let no service take any of her present short-lived cookies again.

    Sign-ins that go on get a new cookie with their next page, from here.
    """
    session.refresh(coordinator, with_for_update=True)
    coordinator.epoch += 1
    coordinator_saved(session, coordinator)


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
