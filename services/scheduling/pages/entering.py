"""Letting somebody in: the cookies of a sign-in, the step between password and second factor, known browsers."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from urllib.parse import quote

from flask import g, redirect, request
from flask import session as form_session
from itsdangerous import BadSignature, Signer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling.domain.names import normal_email
from services.scheduling.domain.throttle import place_of
from services.scheduling.domain.visits import device_name, safe_path
from services.scheduling.models import Coordinator
from services.scheduling.use_cases import second_factor, security, signing_in
from services.scheduling.use_cases.accounts import signed_in
from services.scheduling.use_cases.second_factor import Vault
from shared.sign_in import STEP_LIFE
from shared.web.auth import issue_session
from shared.web.context import runtime, settings
from shared.web.every_request import LANGUAGE_COOKIE

LOGIN_COOKIE = "treffpunkt_login"
LOGIN_PATH = "/scheduling"
STEP_COOKIE = "treffpunkt_step"
BROWSER_COOKIE = "treffpunkt_browser"
STEP_PATH = "/scheduling/login"
YEAR = timedelta(days=365)


def proceed(session: Session, coordinator: Coordinator, target: str | None) -> Response:
    """Whoever proved the password (or the mailbox) goes in, or on to the second factor."""
    active = second_factor.is_active(session, coordinator.id)
    if not active and not settings().second_factor_required:
        return enter(session, coordinator, target)
    if not active:
        second_factor.begin(session, vault(), coordinator)
    page = "code" if active else "setup"
    answer = redirect(f"{STEP_PATH}/{page}?next={quote(safe_path(target), safe='')}", 303)
    token = runtime().authority.step_token(signed_in(coordinator))
    _put(answer, STEP_COOKIE, token, age=STEP_LIFE, path=STEP_PATH)
    return answer


def enter(session: Session, coordinator: Coordinator, target: str | None) -> Response:
    """Open a sign-in and lead to *target*, if it is one of our pages."""
    answer = redirect(safe_path(target), 303)
    let_in(session, coordinator, answer)
    return answer


def let_in(session: Session, coordinator: Coordinator, answer: Response) -> None:
    """Open a sign-in and put its cookies on *answer*."""
    device = device_name(request.headers.get("User-Agent", ""))
    secret = signing_in.open_session(session, coordinator, device)
    place = place_of(request.remote_addr)
    security.note(session, security.SIGNED_IN, place=place, coordinator_id=coordinator.id)
    _put(answer, LOGIN_COOKIE, secret, age=signing_in.LONGEST, path=LOGIN_PATH)
    _put(answer, BROWSER_COOKIE, _mark_of(coordinator.email), age=YEAR, path=STEP_PATH)
    if LANGUAGE_COOKIE not in request.cookies:
        remember_language(answer, coordinator.language)
    issue_session(answer, signed_in(coordinator))
    answer.delete_cookie(STEP_COOKIE, path=STEP_PATH, httponly=True, samesite="Lax")
    # Forms opened before the sign-in, by whoever sat here, are worth nothing after it.
    form_session.pop("csrf_token", None)
    g.pop("csrf_token", None)


def remember_language(answer: Response, language: str) -> None:
    """Speak *language* in this browser from now on."""
    _put(answer, LANGUAGE_COOKIE, language, age=YEAR, path="/")


def _put(answer: Response, name: str, value: str, *, age: timedelta, path: str) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=int(age.total_seconds()),
        path=path,
        httponly=True,
        samesite="Lax",
        secure=settings().cookies_secure,
    )


def vault() -> Vault:
    """What encrypts the secrets of code apps."""
    return Vault(settings())


def is_familiar(email: str) -> bool:
    """Whether this browser signed in to the account of *email* before."""
    try:
        marked = _signer().unsign(request.cookies.get(BROWSER_COOKIE, ""))
    except BadSignature:
        return False
    return marked == _name_of(email)


def _mark_of(email: str) -> str:
    return _signer().sign(_name_of(email)).decode()


def _name_of(email: str) -> bytes:
    return hashlib.sha256(normal_email(email).encode("utf-8", "replace")).hexdigest()[:32].encode()


def _signer() -> Signer:
    keys = [key.encode() for key in reversed(settings().secret_keys)]
    return Signer(keys, salt="treffpunkt.browser", digest_method=hashlib.sha256)
