"""Signing in, second step: the code of the app, or setting the app up where the installation wants one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling.domain.refusals import RefusedError
from services.scheduling.domain.visits import safe_path
from services.scheduling.models import Coordinator
from services.scheduling.pages.desk import as_errors
from services.scheduling.pages.entering import STEP_COOKIE, enter, is_familiar, let_in, vault
from services.scheduling.pages.second_factor import recovery_page, setup_page
from services.scheduling.pages.sessions import wait_first
from services.scheduling.use_cases import second_factor
from shared.language import gettext as _
from shared.web.auth import public_form
from shared.web.context import reading, runtime, transaction
from shared.web.forms import Errors, typed
from shared.web.limits import limited

blueprint = Blueprint("second_step", __name__, url_prefix="/scheduling/login")


def _awaited(session: Session) -> Coordinator | None:
    """Whose password was right in this browser a moment ago."""
    read = runtime().authority.read_step(request.cookies.get(STEP_COOKIE, ""))
    found = session.get(Coordinator, read[0]) if read else None
    # A password changed meanwhile makes the step worthless.
    return found if read and found and found.active and found.epoch == read[1] else None


def _begin_again() -> Response:
    return redirect("/scheduling/login", 303)


@blueprint.get("/code")
@public_form
def show_code() -> Response:
    """Ask for the code."""
    with reading() as session:
        if _awaited(session) is None:
            return _begin_again()
    return _code_page({"next": request.args.get("next", "")}, {})


def _code_page(values: dict[str, str], errors: Errors, status: int = 200) -> Response:
    return make_response(render_template("second_step.html", values=values, errors=errors), status)


@blueprint.post("/code")
@limited("60 per minute")
@public_form
def take_code() -> Response:
    """Sign in with a code of the app or a recovery code."""
    values = typed()
    kept = {"next": values.get("next", "")}
    with transaction() as session:
        person = _awaited(session)
        if person is None:
            return _begin_again()
        checked = second_factor.check(
            session,
            vault(),
            person.id,
            values.get("code", "")[:80],
            familiar=is_familiar(person.email),
        )
        if checked.right:
            target = "/scheduling/account" if checked.by_recovery_code else kept["next"]
            return enter(session, person, target)
    if checked.wait:
        return wait_first(lambda text: _code_page(kept, {"code": [text]}, 429), checked.wait)
    return _code_page(kept, {"code": [_("This code does not fit or was used already.")]}, 422)


@blueprint.get("/setup")
@public_form
def show_setup() -> Response:
    """What the app must be told."""
    with reading() as session:
        person = _awaited(session)
        return _setup(session, person, {}) if person else _begin_again()


def _setup(session: Session, person: Coordinator, errors: Errors) -> Response:
    setup = second_factor.setup_of(session, vault(), person)
    if setup is None:
        return _begin_again()
    values: dict[str, Any] = {"next": request.values.get("next", "")}
    page = setup_page(setup, values, errors, template="second_step_setup.html")
    return make_response(page, 422 if errors else 200)


@blueprint.post("/setup")
@limited("60 per minute")
@public_form
def finish_setup() -> Response:
    """The first code puts it in force and signs in; the recovery codes are shown this once."""
    values = typed()
    try:
        with transaction() as session:
            person = _awaited(session)
            if person is None:
                return _begin_again()
            code = values.get("code", "")[:80]
            codes = second_factor.confirm(session, vault(), person, code)
            page = recovery_page(
                codes, safe_path(values.get("next")), template="recovery_first.html"
            )
            answer = make_response(page)
            let_in(session, person, answer)
            return answer
    except RefusedError as refusal:
        with reading() as session:
            person = _awaited(session)
            return _setup(session, person, as_errors(refusal)) if person else _begin_again()
