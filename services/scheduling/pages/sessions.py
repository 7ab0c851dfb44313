"""Signing in, renewing, signing out; setting a password by link."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling.domain.names import normal_email
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.domain.throttle import place_of
from services.scheduling.domain.visits import HOME, safe_path
from services.scheduling.pages.entering import LOGIN_COOKIE, LOGIN_PATH, is_familiar, proceed
from services.scheduling.use_cases import passwords, second_factor, security, signing_in
from services.scheduling.use_cases.accounts import signed_in
from shared.language import gettext as _
from shared.language import ngettext
from shared.web.auth import (
    SESSION_COOKIE,
    end_session,
    issue_session,
    public,
    public_form,
    verified_sign_in,
)
from shared.web.context import reading, settings, transaction
from shared.web.forms import typed
from shared.web.limits import limited

blueprint = Blueprint("sessions", __name__, url_prefix="/scheduling")


@blueprint.get("/")
@public
def home() -> Response:
    """To the first page, or to signing in."""
    return redirect(HOME if _signed_in() else "/scheduling/login", 303)


def _signed_in() -> bool:
    cookie = request.cookies.get(SESSION_COOKIE, "")
    return verified_sign_in(cookie, "session") is not None


@blueprint.get("/login")
@public_form
def show_login() -> Response | str:
    """The form."""
    if _signed_in():
        return redirect(safe_path(request.args.get("next")), 303)
    return render_template("login.html", values={"next": request.args.get("next", "")}, errors={})


@blueprint.post("/login")
@limited("60 per minute")
@public_form
def login() -> Response:
    """Check address and password; wrong ones get the same answer whoever is asked for."""
    values = typed()
    email, password = values.get("email", "")[:254], values.get("password", "")
    if not email.strip() or not password:
        return _login_again(values, _("Please enter your address and your password."), 422)
    with transaction() as session:
        attempt = signing_in.try_to_sign_in(
            session,
            email=email,
            password=password,
            place=place_of(request.remote_addr),
            familiar=is_familiar(email),
        )
        if attempt.coordinator is not None:
            return proceed(session, attempt.coordinator, values.get("next"))
        security.note(session, security.REFUSED, place=place_of(request.remote_addr))
    if attempt.wait:
        return wait_first(lambda text: _login_again(values, text, 429), attempt.wait)
    return _login_again(values, _("Address and password do not fit together."), 422)


def wait_first(page: Callable[[str], Response], wait: timedelta) -> Response:
    """The page that asks to wait, for people and for programs."""
    seconds = math.ceil(wait.total_seconds())
    text = ngettext(
        "Please wait %(num)s second before you try again.",
        "Please wait %(num)s seconds before you try again.",
        seconds,
    )
    answer = page(text)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _login_again(values: dict[str, str], text: str, status: int) -> Response:
    kept = {name: values.get(name, "") for name in ("email", "next")}
    page = render_template("login.html", values=kept, errors={"form": [text]})
    return make_response(page, status)


@blueprint.get("/session")
@public
def renew() -> Response:
    """Write the short-lived cookie anew, as long as the sign-in lasts, and go back to where one was."""
    target = safe_path(request.args.get("next"))
    secret = request.cookies.get(LOGIN_COOKIE, "")
    with transaction() as session:
        found = signing_in.renew(session, secret) if secret else None
        if found is None or _lacks_second_factor(session, found.id):
            answer = redirect(f"/scheduling/login?next={quote(target, safe='')}", 303)
            end_session(answer)
        else:
            answer = redirect(target, 303)
            issue_session(answer, signed_in(found))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _lacks_second_factor(session: Session, coordinator_id: UUID) -> bool:
    # The installation may have begun to demand one since she signed in.
    return settings().second_factor_required and not second_factor.is_active(
        session, coordinator_id
    )


@blueprint.get("/logout")
@public_form
def show_logout() -> str:
    """One button: a link alone must not sign anybody out."""
    return render_template("logout.html")


@blueprint.post("/logout")
@public_form
def logout() -> Response:
    """End the sign-in here and now."""
    with transaction() as session:
        signing_in.sign_out(session, request.cookies.get(LOGIN_COOKIE, ""))
    answer = redirect("/scheduling/login", 303)
    end_session(answer)
    answer.delete_cookie(LOGIN_COOKIE, path=LOGIN_PATH, httponly=True, samesite="Lax")
    return answer


@blueprint.get("/password")
@public_form
def show_forgotten() -> str:
    """Ask for a link."""
    return render_template("forgotten.html", values={}, errors={}, asked=False)


@blueprint.post("/password")
@limited("10 per minute")
@public_form
def forgotten() -> Response | str:
    """Have the link mailed; the answer does not tell whether there is such an account."""
    values = typed()
    email = values.get("email", "")[:254]
    if "@" not in normal_email(email):
        errors = {"email": [_("Please enter an e-mail address like name@company.example.")]}
        page = render_template("forgotten.html", values=values, errors=errors, asked=False)
        return make_response(page, 422)
    with transaction() as session:
        passwords.ask_for_reset(session, email)
    return render_template("forgotten.html", values=values, errors={}, asked=True)


@blueprint.get("/password/<token>")
@public_form
def show_password(token: str) -> Response | str:
    """The form behind the link of the mail."""
    try:
        with reading() as session:
            found = passwords.by_link(session, token)
            return render_template("password.html", person=found, errors={})
    except RefusedError as error:
        return _bad_link(error)


@blueprint.post("/password/<token>")
@limited("30 per minute")
@public_form
def set_password(token: str) -> Response | str:
    """Set it and go on as after the password: whoever has the link has the mailbox, and nothing more."""
    values = typed()
    password, again = values.get("password", ""), values.get("again", "")
    try:
        with transaction() as session:
            found = passwords.by_link(session, token)
            if password != again:
                errors = {"again": [_("Both passwords must be the same.")]}
                return make_response(
                    render_template("password.html", person=found, errors=errors), 422
                )
            found = passwords.set_by_link(session, token, password)
            return proceed(session, found, None)
    except RefusedError as error:
        if error.kind == "invalid":
            with reading() as session:
                found = passwords.by_link(session, token)
                page = render_template(
                    "password.html", person=found, errors={error.field: [error.text]}
                )
            return make_response(page, 422)
        return _bad_link(error)


def _bad_link(error: RefusedError) -> Response:
    problem = error.code
    texts = {
        "used": _("The password has been set with it. You can sign in, or ask for a new link."),
        "expired": _(
            "For your safety such a link works for a limited time. Please ask for a new one."
        ),
    }
    page = render_template(
        "link_problem.html",
        problem=problem,
        text=texts.get(problem),
        action_label=_("Ask for a new link"),
        action_url="/scheduling/password",
    )
    return make_response(page, 410 if problem in texts else 404)
