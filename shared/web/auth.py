"""Who may do what: the sign-in cookie, bearer tokens, and the declared policy of every route."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import quote
from uuid import UUID

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from shared.clock import now
from shared.scope import EVERYTHING, Scope
from shared.sign_in import ROLES, SESSION_LIFE, Coordinator, KnownCoordinator
from shared.web.context import runtime
from shared.web.problems import Problem, wants_problem

P = ParamSpec("P")
R = TypeVar("R")

SESSION_COOKIE = "treffpunkt_session"
# Older cookies are renewed on the next page, so that a form may stay open for the rest of the life.
RENEW_AFTER = timedelta(minutes=10)
RENEWAL_PATH = "/scheduling/session"
POLICY = "_treffpunkt_policy"


def verified_sign_in(token: str, audience: str) -> tuple[Coordinator, dict[str, Any]] | None:
    """Who signed in with *token* ("session" or "api"), as this service knows her, and its claims."""
    own = runtime()

    def known_as(coordinator_id: UUID) -> KnownCoordinator | None:
        with own.database.reading() as session:
            return own.coordinator_lookup(session, coordinator_id)

    return own.authority.verified(token, audience, known_as)


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
    response.delete_cookie(
        SESSION_COOKIE,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=runtime().settings.cookies_secure,
    )


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


def current_scope() -> Scope:
    """The networks of whoever is signed in."""
    coordinator = current_coordinator()
    return EVERYTHING if coordinator.is_admin else Scope(coordinator.network_ids)


def may_edit() -> bool:
    """Whether buttons that change something are shown to her."""
    return current_coordinator().has_role("coordinator")


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declared policy of a view function, or None."""
    return getattr(view, POLICY, None)


def _sign_in_required() -> BaseResponse | None:
    """Set g.coordinator, or answer with what leads to a sign-in. Raises 401 in the API."""
    if wants_problem():
        _authenticate_api()
        return None
    verified = verified_sign_in(request.cookies.get(SESSION_COOKIE, ""), "session")
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
    verified = verified_sign_in(token, "api") if token else None
    if verified is None:
        raise Problem(
            401,
            "unauthorized",
            "This call needs a valid API token: Authorization: Bearer TOKEN",
            headers={"WWW-Authenticate": "Bearer"},
        )
    g.coordinator = verified[0]
