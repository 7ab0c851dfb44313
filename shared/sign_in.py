"""Sign-ins and API tokens: signed with Ed25519 by scheduling alone, verified by every service.

What a token claims is checked against what the service knows of the coordinator by event: a sign-in of
an older epoch than her present one is refused, and so is a revoked token. Of somebody nothing is known of,
only what was signed in the last minutes counts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from shared.clock import now

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from shared.settings import Settings

ALGORITHM = "EdDSA"
ROLES = ("viewer", "coordinator", "admin")
SESSION_LIFE = timedelta(minutes=60)
# So long somebody of whom no fact has arrived yet is believed by her signature.
NEWCOMER = timedelta(minutes=10)
# Between the password and the second factor.
STEP_LIFE = timedelta(minutes=20)


@dataclass(frozen=True, kw_only=True)
class Coordinator:
    """Somebody signed in, with the rights known here."""

    id: UUID
    name: str
    email: str
    role: str
    network_ids: frozenset[UUID]
    epoch: int

    @property
    def is_admin(self) -> bool:
        """Whether every network is open to her."""
        return self.role == "admin"

    def may_see(self, network_id: UUID) -> bool:
        """Whether a network's data are hers to see."""
        return self.is_admin or network_id in self.network_ids

    def has_role(self, role: str) -> bool:
        """Whether her role is *role* or more."""
        return ROLES.index(self.role) >= ROLES.index(role)


class ToldCoordinator(Protocol):
    """A service's copy of a coordinator, as the newest event told."""

    active: Any
    epoch: Any
    role: Any
    network_ids: Any
    name: Any
    email: Any
    revoked_token_ids: Any


@dataclass(frozen=True, kw_only=True)
class KnownCoordinator:
    """What a service knows of a coordinator by event (scheduling: by its own table)."""

    active: bool
    epoch: int
    role: str
    network_ids: Collection[UUID]
    name: str
    email: str
    revoked_token_ids: Collection[UUID]

    @classmethod
    def told(cls, copy: ToldCoordinator | None) -> KnownCoordinator | None:
        """What a service's copy says; None while nothing has arrived."""
        if copy is None:
            return None
        return cls(**{field.name: getattr(copy, field.name) for field in fields(cls)})


# Looks a coordinator up in the service's own database; None where nothing is known of her (yet).
CoordinatorLookup = Callable[["Session", UUID], KnownCoordinator | None]


class Authority:
    """Signs (where the private key is) and verifies sign-ins and API tokens."""

    def __init__(self, settings: Settings) -> None:
        public, private = settings.session_public_key, settings.session_private_key
        self._public: Any = load_pem_public_key(public.encode()) if public else None
        self._private: Any = load_pem_private_key(private.encode(), None) if private else None

    def _signed(self, coordinator: Coordinator, audience: str, **claims: Any) -> str:
        payload = {
            "aud": audience,
            "sub": str(coordinator.id),
            "name": coordinator.name,
            "email": coordinator.email,
            "role": coordinator.role,
            "networks": [str(network_id) for network_id in coordinator.network_ids],
            "epoch": coordinator.epoch,
            "iat": now(),
            **claims,
        }
        return jwt.encode(payload, self._private, algorithm=ALGORITHM)

    def session_token(self, coordinator: Coordinator) -> str:
        """The content of the sign-in cookie."""
        return self._signed(coordinator, "session", exp=now() + SESSION_LIFE)

    def api_token(self, coordinator: Coordinator, token_id: UUID) -> str:
        """An API token; ends by revocation, also when the password changes or the account ends."""
        return self._signed(coordinator, "api", jti=str(token_id))

    def step_token(self, coordinator: Coordinator) -> str:
        """Says that the password was right and the second factor is still missing; opens nothing."""
        payload = {
            "aud": "second-factor",
            "sub": str(coordinator.id),
            "epoch": coordinator.epoch,
            "exp": now() + STEP_LIFE,
        }
        return jwt.encode(payload, self._private, algorithm=ALGORITHM)

    def read_step(self, token: str) -> tuple[UUID, int] | None:
        """Whose second factor is awaited, and the epoch in which her password was right."""
        try:
            claims = jwt.decode(
                token, self._public, algorithms=[ALGORITHM], audience="second-factor"
            )
            return UUID(claims["sub"]), int(claims["epoch"])
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            return None

    def verified(
        self, token: str, audience: str, known_as: Callable[[UUID], KnownCoordinator | None]
    ) -> tuple[Coordinator, dict[str, Any]] | None:
        """Who signed in with *token*, and its claims; None if it is not valid (any more)."""
        try:
            claims = jwt.decode(token, self._public, algorithms=[ALGORITHM], audience=audience)
            claimed, age = _claimed(claims), now().timestamp() - claims["iat"]
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            return None
        known = known_as(claimed.id)
        if known is None:
            # Nobody here knows what was revoked: a fact that never comes (an older database) opens nothing for long.
            return (claimed, claims) if age < NEWCOMER.total_seconds() else None
        coordinator = _as_known(claimed, known, claims.get("jti"))
        return (coordinator, claims) if coordinator else None


def _as_known(
    claimed: Coordinator, known: KnownCoordinator, token_id: str | None
) -> Coordinator | None:
    if not known.active:
        return None
    # Cookies end with their epoch; tokens have no end of their own and are named when they are revoked.
    if token_id is None and claimed.epoch < known.epoch:
        return None
    if token_id and UUID(token_id) in set(known.revoked_token_ids):
        return None
    return Coordinator(
        id=claimed.id,
        name=known.name,
        email=known.email,
        role=known.role,
        network_ids=frozenset(known.network_ids),
        epoch=known.epoch,
    )


def _claimed(claims: dict[str, Any]) -> Coordinator:
    if claims["role"] not in ROLES:
        raise ValueError("unknown role")
    return Coordinator(
        id=UUID(claims["sub"]),
        name=str(claims["name"]),
        email=str(claims["email"]),
        role=claims["role"],
        network_ids=frozenset(UUID(text) for text in claims["networks"]),
        epoch=int(claims["epoch"]),
    )
