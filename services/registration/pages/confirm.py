"""Confirming an address: GET shows a button, only POST changes anything."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template
from werkzeug.wrappers import Response

from services.registration.domain.refusals import ErasedError, LinkOutdatedError, UnknownError
from services.registration.pages.claims import ClaimView
from services.registration.queries.confirm import read_claim
from services.registration.use_cases.confirmation import confirm_link
from shared.clock import now
from shared.web.auth import public
from shared.web.context import database, links
from shared.web.limits import limited
from shared.web.private import private

blueprint = Blueprint("confirm", __name__)


@blueprint.get("/registrations/confirm/<token>")
@public
def page(token: str) -> Response:
    """What is to be confirmed, and the button; behind a used link the present state."""
    target = links().read("confirm", token)
    with database().direct() as connection:
        row = read_claim(connection, target.id)
    if row is None:
        raise UnknownError("registration")
    if row.link_version != target.version:
        raise ErasedError if row.erased_at else LinkOutdatedError
    view = ClaimView(row, now())
    if not view.to_confirm:
        return redirect(_manage_url(row.id, row.link_version), 303)
    return private(make_response(render_template("public/confirm.html", view=view)))


@blueprint.post("/registrations/confirm/<token>")
@public
@limited("60 per minute")
def confirm(token: str) -> Response:
    """Confirm, then show what became of it."""
    target = links().read("confirm", token)
    done = confirm_link(database(), target.id, target.version, now())
    return redirect(_manage_url(done.id, done.link_version) + "?done=confirmed", 303)


def _manage_url(registration_id: object, link_version: int) -> str:
    token = links().token("manage", registration_id, link_version)  # type: ignore[arg-type]
    return f"/registrations/manage/{token}"
