"""Passwords: hashed with argon2id, set by a link that works once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from secrets import token_bytes
from uuid import UUID

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain import throttle
from services.scheduling.domain.names import (
    MAX_PASSWORD,
    MIN_PASSWORD,
    normal_email,
    password_problem,
)
from services.scheduling.domain.password_links import (
    SECRET_BYTES,
    PasswordLink,
    encoded,
    read_token,
)
from services.scheduling.domain.refusals import conflict, invalid
from services.scheduling.models import ApiToken, Coordinator, LoginSession
from services.scheduling.use_cases import security, throttling
from services.scheduling.use_cases.telling import (
    coordinator_saved,
    password_forgotten,
    password_link_requested,
)
from shared.clock import now
from shared.identifiers import new_id
from shared.language import gettext as _

INVITATION_LIFE = timedelta(days=14)
RESET_LIFE = timedelta(hours=4)
# Nobody's mailbox is filled by asking again and again.
ASK_AGAIN_AFTER = timedelta(minutes=5)
# OWASP's choice where several sign in at once on a small machine.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash("the password of nobody")


def matches(stored: str | None, password: str) -> bool:
    """Whether *password* is the one whose hash is *stored*; takes as long where there is none."""
    try:
        _hasher.verify(stored or _nobodys_hash(), password[:MAX_PASSWORD])
    except (VerificationError, InvalidHashError):
        return False
    return bool(stored)


def refresh_hash(coordinator: Coordinator, password: str) -> None:
    """Hash anew after the parameters were raised; call with the right password only."""
    if coordinator.password_hash and _hasher.check_needs_rehash(coordinator.password_hash):
        coordinator.password_hash = _hasher.hash(password)


def by_link(session: Session, token: str, *, lock: bool = False) -> Coordinator:
    """Whose password the link sets. Raises RefusedError: used, expired, unknown."""
    link = read_token(token)
    if link is None:
        raise conflict("unknown", "")
    query = select(Coordinator).where(Coordinator.id == link.coordinator_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None or not found.active or found.link_version < link.version:
        raise conflict("unknown", "")
    if found.link_version > link.version:
        raise conflict("used", "")
    if found.link_secret is None or has_lapsed(found):
        raise conflict("expired", "")
    if not link.is_proved_by(found.link_secret):
        raise conflict("unknown", "")
    return found


def has_lapsed(coordinator: Coordinator) -> bool:
    """Whether the time of the present link is over."""
    return coordinator.link_expires_at is None or coordinator.link_expires_at <= now()


def set_by_link(session: Session, token: str, password: str) -> Coordinator:
    """Set the password; the link is used up, and all earlier sign-ins end. Raises RefusedError."""
    coordinator = by_link(session, token, lock=True)
    set_password(session, coordinator, password)
    return coordinator


def change(session: Session, coordinator_id: UUID, *, old: str, new: str) -> Coordinator:
    """Set a new password knowing the old one; all sign-ins and tokens end. Raises RefusedError."""
    query = select(Coordinator).where(Coordinator.id == coordinator_id).with_for_update()
    coordinator = session.scalars(query).one()
    if not matches(coordinator.password_hash, old):
        raise invalid("old", _("This is not your present password."))
    set_password(session, coordinator, new)
    return coordinator


@dataclass(frozen=True)
class Proof:
    """Whether it was the password, or how long the next try must wait."""

    right: bool
    wait: timedelta = timedelta(0)


def prove(session: Session, coordinator_id: UUID, typed: str) -> Proof:
    """Check the password of somebody signed in, who may sit at a borrowed browser.

    The caller commits in any case: failures are counted.
    """
    key = throttling.key_of("own password", str(coordinator_id))
    counts = {key: throttle.FAMILIAR}
    left = throttling.left_to_wait(session, counts)
    if left > timedelta(0):
        return Proof(right=False, wait=left)
    if matches(session.get_one(Coordinator, coordinator_id).password_hash, typed):
        throttling.forget(session, key)
        return Proof(right=True)
    return Proof(right=False, wait=throttling.count_failure(session, counts))


def set_password(session: Session, coordinator: Coordinator, password: str) -> None:
    """Set it and end what the old one opened. Raises RefusedError for a weak one."""
    problem = password_problem(password, email=coordinator.email, name=coordinator.name)
    if problem:
        raise invalid("password", _explained(problem))
    first_one = coordinator.password_hash is None
    coordinator.password_hash = _hasher.hash(password)
    end_link(coordinator)
    security.note(session, security.PASSWORD_SET, coordinator_id=coordinator.id)
    if not first_one:
        end_everything(session, coordinator)
    coordinator_saved(session, coordinator)


def end_everything(session: Session, coordinator: Coordinator) -> None:
    """End all sign-ins and tokens; the caller tells the others."""
    coordinator.epoch += 1
    session.execute(delete(LoginSession).where(LoginSession.coordinator_id == coordinator.id))
    for token in session.scalars(select(ApiToken).where(ApiToken.coordinator_id == coordinator.id)):
        token.revoked_at = token.revoked_at or now()


def _explained(problem: str) -> str:
    if problem == "short":
        return _("Please use at least %(least)s characters.", least=MIN_PASSWORD)
    if problem == "long":
        return _("Please use at most %(most)s characters.", most=MAX_PASSWORD)
    return _("This password is too easy to guess. Several words in a row are a good choice.")


def open_link(coordinator: Coordinator, life: timedelta) -> str:
    """Let the present link work for *life* from now, or another one where it has lapsed; its token."""
    if coordinator.link_secret is None or has_lapsed(coordinator):
        coordinator.link_secret = encoded(token_bytes(SECRET_BYTES))
    moment: datetime = now()
    coordinator.link_expires_at = max(coordinator.link_expires_at or moment, moment + life)
    return PasswordLink(
        coordinator_id=coordinator.id,
        version=coordinator.link_version,
        secret=coordinator.link_secret,
    ).token


def end_link(coordinator: Coordinator) -> None:
    """Let no link that was ever mailed set the password any more."""
    coordinator.link_version += 1
    coordinator.link_secret = None
    coordinator.link_expires_at = None


def ask_for_reset(session: Session, email: str) -> None:
    """Have the link mailed if there is such an account; with the same work, now, if there is none."""
    known = queries.known_account(session, normal_email(email))
    password_forgotten(session, known.id or new_id())


def mail_reset_link(session: Session, coordinator_id: UUID) -> None:
    """Have the link mailed, if this is somebody's id and no mail went out a moment ago."""
    query = select(Coordinator).where(Coordinator.id == coordinator_id).with_for_update()
    found = session.scalar(query)
    if found is None or not found.active:
        return
    asked = found.link_asked_at
    if asked and now() - asked < ASK_AGAIN_AFTER:
        return
    found.link_asked_at = now()
    token = open_link(found, RESET_LIFE)
    purpose = "reset" if found.password_hash else "invite"
    password_link_requested(session, found, purpose, token)
