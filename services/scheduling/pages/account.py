"""One's own account: password, language, sign-ins, tokens."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling.domain.refusals import RefusedError, invalid
from services.scheduling.models import Coordinator
from services.scheduling.pages.desk import as_errors
from services.scheduling.pages.entering import LOGIN_COOKIE, enter, remember_language
from services.scheduling.pages.proving import wrong_code, wrong_password
from services.scheduling.use_cases import accounts, passwords, second_factor, signing_in
from shared.language import LANGUAGES, set_language
from shared.language import gettext as _
from shared.web.auth import coordinators, current_coordinator, issue_session
from shared.web.context import reading, settings, transaction
from shared.web.fields import Line
from shared.web.forms import Errors, typed

blueprint = Blueprint("account", __name__, url_prefix="/scheduling/account")


@blueprint.get("")
@coordinators("viewer")
def show() -> Response:
    """Everything on one page."""
    with reading() as session:
        return _page(session, {}, {})


def _page(
    session: Session, values: dict[str, str], errors: Errors, *, new_token: str = ""
) -> Response:
    person = session.get(Coordinator, current_coordinator().id)
    assert person is not None  # noqa: S101 - she is signed in
    secret = request.cookies.get(LOGIN_COOKIE, "")
    sign_ins: list[dict[str, Any]] = [
        {"seen": found, "here": signing_in.is_this(found, secret)}
        for found in signing_in.sessions_of(session, person.id)
    ]
    page = render_template(
        "account.html",
        person=person,
        values=values,
        errors=errors,
        sign_ins=sign_ins,
        second=second_factor.state(session, person.id),
        second_required=settings().second_factor_required,
        new_token=new_token,
        zone=str(settings().time_zone),
    )
    return make_response(page, 422 if errors else 200)


@blueprint.post("/password")
@coordinators("viewer")
def change_password() -> Response:
    """A new password ends every other sign-in and all tokens."""
    values = typed()
    own_id = current_coordinator().id
    try:
        if values.get("password", "") != values.get("again", ""):
            raise invalid("again", _("Both passwords must be the same."))
        old, new = values.get("old", ""), values.get("password", "")
        if refused := wrong_password(_again):
            return refused
        with transaction() as session:
            person = passwords.change(session, own_id, old=old, new=new)
            flash(_("Your password is changed. All other devices are signed out."), "success")
            return enter(session, person, "/scheduling/account")
    except RefusedError as refusal:
        with reading() as session:
            return _page(session, {}, as_errors(refusal))


def _again(errors: Errors, status: int) -> Response:
    with reading() as session:
        page = _page(session, typed(), errors)
    page.status_code = status
    return page


@blueprint.post("/language")
@coordinators("viewer")
def change_language() -> Response:
    """The language of pages here, and of mails to this account."""
    language = request.form.get("language", "")
    answer = redirect("/scheduling/account", 303)
    if language in LANGUAGES:
        with transaction() as session:
            accounts.account(session, current_coordinator().id).language = language
        set_language(language)
        remember_language(answer, language)
        flash(_("Saved."), "success")
    return answer


@blueprint.post("/tokens")
@coordinators("coordinator")
def add_token() -> Response:
    """A new token, for who proves to be the owner: it has her rights for good. It is shown this once."""
    values = typed()
    try:
        name = Line(most=80, required=True).deserialize(values.get("token_name", ""))
    except ValidationError as error:
        return _again({"token_name": [str(text) for text in error.messages]}, 422)
    if refused := wrong_password(_again, "token_password") or _wrong_code_where_asked():
        return refused
    with transaction() as session:
        email = current_coordinator().email
        made = accounts.add_token(session, settings(), name=name, coordinator_email=email)
    with reading() as session:
        return _page(session, {}, {}, new_token=made)


def _wrong_code_where_asked() -> Response | None:
    with reading() as session:
        asked = second_factor.is_active(session, current_coordinator().id)
    return wrong_code(_again) if asked else None


@blueprint.post("/tokens/<uuid:token_id>/revoke")
@coordinators("viewer")
def revoke_token(token_id: UUID) -> Response:
    """End a token."""
    with transaction() as session:
        accounts.revoke_token(session, current_coordinator().id, token_id)
    flash(_("The token works no longer."), "success")
    return redirect("/scheduling/account", 303)


@blueprint.post("/sign-ins/end")
@coordinators("viewer")
def end_other_sign_ins() -> Response:
    """Sign out everywhere else, at once in all services; tokens stay."""
    with transaction() as session:
        person = _signed_in_here(session)
        if person is None:
            return redirect("/scheduling/login", 303)
        signing_in.end_all(session, person)
        flash(_("All other devices are signed out."), "success")
        return enter(session, person, "/scheduling/account")


@blueprint.post("/sign-ins/<uuid:session_id>/end")
@coordinators("viewer")
def end_sign_in(session_id: UUID) -> Response:
    """Sign out one device, at once in all services."""
    answer = redirect("/scheduling/account", 303)
    with transaction() as session:
        person = accounts.account(session, current_coordinator().id)
        signing_in.end_one(session, person, session_id)
        if _signed_in_here(session) is None:
            return redirect("/scheduling/login", 303)
        issue_session(answer, accounts.signed_in(person))
    flash(_("This device is signed out."), "success")
    return answer


def _signed_in_here(session: Session) -> Coordinator | None:
    """Whose sign-in this browser holds: the short-lived cookie alone opens no new one."""
    found = signing_in.renew(session, request.cookies.get(LOGIN_COOKIE, ""))
    return found if found and found.id == current_coordinator().id else None
