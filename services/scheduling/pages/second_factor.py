"""The second factor of one's own account: set up, get new recovery codes, remove."""

from __future__ import annotations

from typing import Any

import segno
from flask import Blueprint, flash, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling.domain.codes import grouped
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.models import Coordinator
from services.scheduling.pages.desk import as_errors
from services.scheduling.pages.entering import enter, let_in, vault
from services.scheduling.pages.proving import wrong_code, wrong_password
from services.scheduling.use_cases import accounts, second_factor, signing_in
from services.scheduling.use_cases.second_factor import Setup
from shared.language import gettext as _
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, settings, transaction
from shared.web.forms import Errors, typed

blueprint = Blueprint("second_factor", __name__, url_prefix="/scheduling/account/second-factor")

ACCOUNT = "/scheduling/account"


def setup_page(setup: Setup, values: dict[str, Any], errors: Errors, *, template: str) -> str:
    """QR code and secret for the app, and the field for its first code."""
    picture = segno.make(setup.uri, error="m").svg_data_uri(scale=5, border=4, light="#fff")
    return render_template(
        template, picture=picture, secret=grouped(setup.secret), values=values, errors=errors
    )


def recovery_page(codes: list[str], target: str, *, template: str = "recovery_codes.html") -> str:
    """The recovery codes, shown this once."""
    return render_template(template, codes=codes, target=target)


@blueprint.get("")
@coordinators("viewer")
def show() -> Response:
    """Where one stands."""
    with reading() as session:
        return _page(session, {})


def _again(errors: Errors, status: int) -> Response:
    with reading() as session:
        return _page(session, errors, status)


def _page(session: Session, errors: Errors, status: int = 422) -> Response:
    person = _own(session)
    page = render_template(
        "second_factor.html",
        person=person,
        second=second_factor.state(session, person.id),
        required=settings().second_factor_required,
        zone=str(settings().time_zone),
        errors=errors,
    )
    return make_response(page, status if errors else 200)


def _own(session: Session) -> Coordinator:
    return session.get_one(Coordinator, current_coordinator().id)


@blueprint.post("")
@coordinators("viewer")
def begin() -> Response:
    """Make a secret; the password again, so that a borrowed browser cannot take an account over."""
    if refused := wrong_password(_again):
        return refused
    with transaction() as session:
        second_factor.begin(session, vault(), accounts.account(session, current_coordinator().id))
    return redirect(f"{ACCOUNT}/second-factor/setup", 303)


@blueprint.get("/setup")
@coordinators("viewer")
def show_setup() -> Response:
    """What the app must be told."""
    with reading() as session:
        return _setup(session, {})


def _setup(session: Session, errors: Errors) -> Response:
    setup = second_factor.setup_of(session, vault(), _own(session))
    if setup is None:
        return redirect(f"{ACCOUNT}/second-factor", 303)
    page = setup_page(setup, {}, errors, template="second_factor_setup.html")
    return make_response(page, 422 if errors else 200)


@blueprint.post("/setup")
@coordinators("viewer")
def finish_setup() -> Response:
    """The first code puts it in force; all other devices are signed out, the recovery codes shown."""
    try:
        with transaction() as session:
            person = accounts.account(session, current_coordinator().id)
            codes = second_factor.confirm(session, vault(), person, typed().get("code", "")[:80])
            signing_in.end_all(session, person)
            answer = make_response(recovery_page(codes, ACCOUNT))
            let_in(session, person, answer)
            return answer
    except RefusedError as refusal:
        with reading() as session:
            return _setup(session, as_errors(refusal))


@blueprint.post("/codes")
@coordinators("viewer")
def renew_codes() -> Response:
    """New recovery codes in place of the old ones."""
    if refused := wrong_code(_again):
        return refused
    with transaction() as session:
        codes = second_factor.new_recovery_codes(session, current_coordinator().id)
    return make_response(recovery_page(codes, ACCOUNT))


@blueprint.post("/remove")
@coordinators("viewer")
def remove() -> Response:
    """Sign in with the password alone from now on, where the installation allows that."""
    if settings().second_factor_required:
        with reading() as session:
            return _page(session, {"form": [_("This installation asks everybody for it.")]}, 409)
    if refused := wrong_code(_again):
        return refused
    with transaction() as session:
        person = accounts.account(session, current_coordinator().id)
        second_factor.remove(session, person.id)
        signing_in.end_all(session, person)
        flash(_("You sign in with your password alone from now on."), "success")
        return enter(session, person, ACCOUNT)
