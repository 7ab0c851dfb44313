"""Who may do what: sign-in cookie and API tokens (Ed25519), roles, the policy of every route.

Only scheduling holds the private key; the others verify with the public one and with what they know by
event: a sign-in of an older epoch than the coordinator's present one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar
from urllib.parse import quote
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shared.clock import now
from shared.web.context import runtime
from shared.web.problems import Problem, wants_problem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from shared.settings import Settings

P = ParamSpec("P")
R = TypeVar("R")

SESSION_COOKIE = "treffpunkt_session"
ALGORITHM = "EdDSA"
ROLES = ("viewer", "coordinator", "admin")
SESSION_LIFE = timedelta(minutes=60)
# Older cookies are renewed on the next page, so that a form may stay open for the rest of the life.
RENEW_AFTER = timedelta(minutes=10)
RENEWAL_PATH = "/scheduling/session"
POLICY = "_treffpunkt_policy"


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


# Looks a coordinator up in the service's own database; None while nothing is known of her yet.
CoordinatorLookup = Callable[["Session", UUID], KnownCoordinator | None]


class Authority:
    """Signs (where the private key is) and verifies sign-ins and API tokens."""

    def __init__(self, settings: Settings, lookup: CoordinatorLookup) -> None:
        public, private = settings.session_public_key, settings.session_private_key
        self._public: Any = load_pem_public_key(public.encode()) if public else None
        self._private: Any = load_pem_private_key(private.encode(), None) if private else None
        self.lookup = lookup

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
        """An API token; ends by revocation or with the coordinator's epoch."""
        return self._signed(coordinator, "api", jti=str(token_id))

    def verified(self, token: str, audience: str) -> tuple[Coordinator, dict[str, Any]] | None:
        """Who signed in with *token*, and its claims; None if it is not valid (any more)."""
        try:
            claims = jwt.decode(token, self._public, algorithms=[ALGORITHM], audience=audience)
            claimed = _claimed(claims)
        except (jwt.PyJWTError, KeyError, ValueError, TypeError):
            return None
        coordinator = self._as_known(claimed, claims.get("jti"))
        return (coordinator, claims) if coordinator else None

    def _as_known(self, claimed: Coordinator, token_id: str | None) -> Coordinator | None:
        with runtime().database.reading() as session:
            known = self.lookup(session, claimed.id)
        if known is None:
            return claimed  # the event that tells of her is still on its way
        if not known.active or claimed.epoch < known.epoch:
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


def issue_session(response: BaseResponse, coordinator: Coordinator) -> None:
    """Put the sign-in cookie of *coordinator* on *response* (scheduling only)."""
    own = runtime()
    response.set_cookie(
        SESSION_COOKIE,
        own.authority.session_token(coordinator),
        max_age=int(SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=own.settings.cookies_secure,
    )


def end_session(response: BaseResponse) -> None:
    """Take the sign-in cookie away."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="Lax")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """Who may call a route."""

    role: str | None  # None: everybody
    csrf: bool  # the form carries a token bound to the visitor's session cookie


def _declare(view: Callable[P, R], policy: Policy) -> Callable[P, R]:
    setattr(view, POLICY, policy)
    return view


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Everybody may call this route; it acts on no cookie (foreign origins are refused all the same)."""
    return _declare(view, Policy(role=None, csrf=False))


def public_form(view: Callable[P, R]) -> Callable[P, R]:
    """Everybody may call this route, whose form starts or ends a sign-in."""
    return _declare(view, Policy(role=None, csrf=True))


def coordinators(role: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Only coordinators with *role* or more: by cookie on pages, by bearer token in the API."""
    if role not in ROLES:
        raise ValueError(f"role {role!r} is none of {ROLES}")

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            refused = _sign_in_required()
            if refused is not None:
                return refused  # type: ignore[return-value]
            if not current_coordinator().has_role(role):
                abort(403)
            return view(*args, **kwargs)

        return _declare(guarded, Policy(role=role, csrf=True))

    return decorate


def optional_coordinator() -> Coordinator | None:
    """Whoever is signed in by bearer token on this API call; None where no token was sent. 401 for a bad one."""
    if "Authorization" not in request.headers:
        return None
    _authenticate_api()
    return current_coordinator()


def current_coordinator() -> Coordinator:
    """Who is signed in; only inside a route declared with @coordinators."""
    coordinator: Coordinator | None = g.get("coordinator")
    if coordinator is None:
        abort(401)
    return coordinator


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declared policy of a view function, or None."""
    return getattr(view, POLICY, None)


def _sign_in_required() -> BaseResponse | None:
    """Set g.coordinator, or answer with what leads to a sign-in. Raises 401 in the API."""
    if wants_problem():
        _authenticate_api()
        return None
    verified = runtime().authority.verified(request.cookies.get(SESSION_COOKIE, ""), "session")
    if verified is not None:
        coordinator, claims = verified
        g.coordinator = coordinator
        age = now() - datetime.fromtimestamp(claims["iat"], tz=now().tzinfo)
        if request.method == "GET" and age > RENEW_AFTER and _is_navigation():
            return _to_renewal()
        return None
    if request.method in {"GET", "HEAD"}:
        return _to_renewal()
    return abort(401)


def _is_navigation() -> bool:
    # Frames and downloads need no round of their own through the renewal.
    return request.headers.get("Sec-Fetch-Dest", "document") == "document"


def _to_renewal() -> Response:
    target = request.full_path.rstrip("?")
    response = redirect(f"{RENEWAL_PATH}?next={quote(target, safe='')}", 303)
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]


def bearer_token() -> str | None:
    """The token of the Authorization header, or None."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _authenticate_api() -> None:
    token = bearer_token()
    verified = runtime().authority.verified(token, "api") if token else None
    if verified is None:
        raise Problem(
            401,
            "unauthorized",
            "This call needs a valid API token: Authorization: Bearer TOKEN",
            headers={"WWW-Authenticate": "Bearer"},
        )
    g.coordinator = verified[0]
