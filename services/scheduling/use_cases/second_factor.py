"""Second factors: time-based codes (RFC 6238) that count once, and recovery codes."""

from __future__ import annotations

import secrets
from base64 import b32encode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from services.scheduling.domain import throttle
from services.scheduling.domain.codes import (
    DIGITS,
    RECOVERY_CODES,
    STEP,
    digits_of,
    matching_step,
    recovery_code,
    recovery_hash,
)
from services.scheduling.domain.refusals import invalid
from services.scheduling.models import Coordinator, RecoveryCode, SecondFactor
from services.scheduling.use_cases import throttling
from shared.clock import now
from shared.language import gettext as _
from shared.settings import Settings, SettingsError

ISSUER = "Treffpunkt"
_SECRET_BYTES = 20  # as RFC 4226 wants for SHA-1


@dataclass(frozen=True)
class State:
    """What an account has of it."""

    since: datetime | None  # None: not in force
    codes_left: int


@dataclass(frozen=True)
class Setup:
    """What a code app must be told."""

    secret: str  # base32
    uri: str


@dataclass(frozen=True)
class Checked:
    """What became of a typed code."""

    right: bool
    wait: timedelta = timedelta(0)
    by_recovery_code: bool = False


class Vault:
    """Encrypts secrets with what scheduling alone has, so that a dump of the database opens nothing.

    Those of before, under the keys that all services share, are opened too.
    """

    def __init__(self, settings: Settings) -> None:
        self._own = Fernet(_derived(_own_key(settings)))
        self._shared = [Fernet(_derived(key.encode())) for key in settings.secret_keys]

    def lock(self, secret: bytes) -> str:
        """For the table."""
        return self._own.encrypt(secret).decode()

    def open(self, locked: str) -> bytes | None:
        """From the table; None where its key is gone."""
        try:
            return MultiFernet([self._own, *self._shared]).decrypt(locked.encode())
        except InvalidToken:
            return None

    def is_own(self, locked: str) -> bool:
        """Whether the keys of other services open it not."""
        try:
            self._own.decrypt(locked.encode())
        except InvalidToken:
            return False
        return True


def _own_key(settings: Settings) -> bytes:
    pem = settings.session_private_key
    if pem is None:
        raise SettingsError("TREFFPUNKT_SESSION_PRIVATE_KEY is not set, which second factors need")
    shape = (Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return load_pem_private_key(pem.encode(), None).private_bytes(*shape)


def _derived(key: bytes) -> bytes:
    kdf = HKDF(SHA256(), length=32, salt=None, info=b"treffpunkt.second-factor")
    return urlsafe_b64encode(kdf.derive(key))


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 - what all code apps know


def _code_at(secret: bytes) -> Callable[[int], str]:
    totp = _totp(secret)
    return lambda step: totp.generate(step * STEP).decode()


def state(session: Session, coordinator_id: UUID) -> State:
    """What the account has."""
    factor = session.get(SecondFactor, coordinator_id)
    unused = select(func.count()).select_from(RecoveryCode)
    unused = unused.where(
        RecoveryCode.coordinator_id == coordinator_id, RecoveryCode.used_at.is_(None)
    )
    since = factor.confirmed_at if factor else None
    return State(since, (session.scalar(unused) or 0) if since else 0)


def is_active(session: Session, coordinator_id: UUID) -> bool:
    """Whether the account cannot be opened by its password alone."""
    factor = session.get(SecondFactor, coordinator_id)
    return factor is not None and factor.confirmed_at is not None


def begin(session: Session, vault: Vault, coordinator: Coordinator) -> None:
    """Make a secret to be shared with an app. Not in force yet; one in force stays as it is."""
    factor = session.get(SecondFactor, coordinator.id, with_for_update=True)
    if factor is None:
        factor = SecondFactor(coordinator_id=coordinator.id)
        session.add(factor)
    if factor.confirmed_at is None:
        factor.secret = vault.lock(secrets.token_bytes(_SECRET_BYTES))
        session.flush()


def setup_of(session: Session, vault: Vault, coordinator: Coordinator) -> Setup | None:
    """What the app must be told; None where nothing was begun, or it is in force: told only once."""
    factor = session.get(SecondFactor, coordinator.id)
    if factor is None or factor.confirmed_at is not None:
        return None
    secret = vault.open(factor.secret)
    if secret is None:
        return None
    uri = _totp(secret).get_provisioning_uri(coordinator.email, ISSUER)
    return Setup(b32encode(secret).decode(), uri)


def confirm(session: Session, vault: Vault, coordinator: Coordinator, typed: str) -> list[str]:
    """Put it in force by a first code; the recovery codes. Raises RefusedError for a wrong one."""
    factor = session.get(SecondFactor, coordinator.id, with_for_update=True)
    if factor is None or factor.confirmed_at is not None:
        raise invalid("code", _("Please begin again: this secret is not in use any more."))
    if not _is_new_code(factor, vault, typed):
        raise invalid("code", _("This code does not fit. Please wait for the next one."))
    factor.confirmed_at = now()
    return new_recovery_codes(session, coordinator.id)


def _is_new_code(factor: SecondFactor, vault: Vault, typed: str) -> bool:
    """Whether *typed* is a code of now that was not used before; it is used up now. Factor is locked."""
    digits = digits_of(typed)
    if digits is None:
        return False
    secret = vault.open(factor.secret)
    if secret is None:
        return False
    step = matching_step(digits, now(), used=factor.last_step or 0, code_at=_code_at(secret))
    if step is None:
        return False
    factor.last_step = step
    if not vault.is_own(factor.secret):
        factor.secret = vault.lock(secret)
    return True


def new_recovery_codes(session: Session, coordinator_id: UUID) -> list[str]:
    """New ones in place of all earlier ones; shown once."""
    codes = [recovery_code(secrets.choice) for _number in range(RECOVERY_CODES)]
    session.execute(delete(RecoveryCode).where(RecoveryCode.coordinator_id == coordinator_id))
    session.add_all(
        RecoveryCode(hash=recovery_hash(code), coordinator_id=coordinator_id) for code in codes
    )
    return codes


def check(
    session: Session, vault: Vault, coordinator_id: UUID, typed: str, *, familiar: bool
) -> Checked:
    """Try a code of the app or a recovery code. The caller commits in any case: failures are counted."""
    key = throttling.key_of("code", str(coordinator_id), "familiar" if familiar else "strange")
    counts = {key: throttle.CODE}
    left = throttling.left_to_wait(session, counts)
    if left > timedelta(0):
        return Checked(right=False, wait=left)
    factor = session.get(SecondFactor, coordinator_id, with_for_update=True)
    if factor is not None and factor.confirmed_at is not None:
        by_recovery_code = digits_of(typed) is None
        right = (
            _uses_up(session, coordinator_id, typed)
            if by_recovery_code
            else _is_new_code(factor, vault, typed)
        )
        if right:
            throttling.forget(session, key)
            return Checked(right=True, by_recovery_code=by_recovery_code)
    return Checked(right=False, wait=throttling.count_failure(session, counts))


def _uses_up(session: Session, coordinator_id: UUID, typed: str) -> bool:
    """Whether *typed* is an unused recovery code; of two at once, one wins."""
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.hash == recovery_hash(typed),
            RecoveryCode.coordinator_id == coordinator_id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
        .returning(RecoveryCode.hash)
    )
    return session.execute(statement).first() is not None


def remove(session: Session, coordinator_id: UUID) -> None:
    """Take it away, recovery codes included; the caller ends her sign-ins."""
    for table in (SecondFactor, RecoveryCode):
        session.execute(delete(table).where(table.coordinator_id == coordinator_id))
