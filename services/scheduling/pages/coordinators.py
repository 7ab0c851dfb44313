"""Accounts of coordinators, for administrators: invite, edit, deactivate with a successor."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.scheduling import queries
from services.scheduling.domain.refusals import RefusedError, missing
from services.scheduling.models import Coordinator, Network
from services.scheduling.pages.desk import as_errors
from services.scheduling.use_cases import accounts, second_factor
from shared.identifiers import parse_id
from shared.language import LANGUAGES, lazy_gettext
from shared.language import gettext as _
from shared.scope import EVERYTHING
from shared.web.auth import coordinators
from shared.web.context import reading, transaction
from shared.web.fields import EmailAddress, Line
from shared.web.forms import Errors, load, typed

blueprint = Blueprint("coordinators", __name__, url_prefix="/scheduling/coordinators")


class AccountSchema(Schema):
    """Name and rights."""

    name = Line(most=200, required=True)
    role = fields.String(
        required=True,
        validate=validate.OneOf(accounts.ROLES, error=lazy_gettext("Please choose a role.")),  # type: ignore[arg-type]
    )


class InvitationSchema(AccountSchema):
    """A new account."""

    email = EmailAddress(required=True)
    language = fields.String(validate=validate.OneOf(LANGUAGES))


@blueprint.get("")
@coordinators("admin")
def listing() -> str:
    """Who has an account."""
    with reading() as session:
        return render_template("coordinators.html", people=queries.coordinators(session))


@blueprint.get("/new")
@coordinators("admin")
def new() -> Response:
    """An empty form."""
    with reading() as session:
        return _page(session, None, {"role": "coordinator", "language": "de"}, {}, chosen=())


@blueprint.post("/new")
@coordinators("admin")
def invite() -> Response:
    """Make the account and have the link for its password mailed."""
    values = typed()
    names = ("name", "role", "email", "language")
    data, errors = load(InvitationSchema(), {name: values.get(name, "") for name in names})
    try:
        if not errors:
            with transaction() as session:
                made = accounts.create_account(session, networks=_chosen(session), **data)
                accounts.invite(session, made)
                text = _("The invitation is on its way to %(email)s.", email=made.email)
            flash(text, "success")
            return redirect("/scheduling/coordinators", 303)
    except RefusedError as refusal:
        errors = as_errors(refusal)
    with reading() as session:
        return _page(session, None, values, errors, chosen=request.form.getlist("networks"))


def _chosen(session: Session) -> list[Network]:
    wanted = {parse_id(text) for text in request.form.getlist("networks")}
    return [network for network in queries.networks(session, EVERYTHING) if network.id in wanted]


def _page(
    session: Session,
    person: Coordinator | None,
    values: dict[str, str],
    errors: Errors,
    *,
    chosen: Sequence[str],
) -> Response:
    others = [
        other
        for other in queries.coordinators(session)
        if other.active and (person is None or other.id != person.id)
    ]
    page = render_template(
        "coordinator_form.html",
        person=person,
        values=values,
        errors=errors,
        networks=queries.networks(session, EVERYTHING),
        chosen=set(chosen),
        second=second_factor.state(session, person.id) if person else None,
        successors=[(other.id, other.name) for other in others],
    )
    return make_response(page, 422 if errors else 200)


def _shown(session: Session, coordinator_id: UUID) -> Coordinator:
    found = session.get(Coordinator, coordinator_id)
    if found is None:
        raise missing()
    return found


@blueprint.get("/<uuid:coordinator_id>")
@coordinators("admin")
def show(coordinator_id: UUID) -> Response:
    """The form with the account in it."""
    with reading() as session:
        person = _shown(session, coordinator_id)
        values = {"name": person.name, "role": person.role}
        chosen = [str(network.id) for network in person.networks]
        return _page(session, person, values, {}, chosen=chosen)


@blueprint.post("/<uuid:coordinator_id>")
@coordinators("admin")
def edit(coordinator_id: UUID) -> Response:
    """Save name and rights; they hold at once everywhere."""
    values = typed()
    data, errors = load(AccountSchema(), {name: values.get(name, "") for name in ("name", "role")})
    try:
        if not errors:
            with transaction() as session:
                chosen = _chosen(session)
                accounts.edit_account(session, coordinator_id, networks=chosen, **data)
            flash(_("Saved."), "success")
            return redirect("/scheduling/coordinators", 303)
    except RefusedError as refusal:
        errors = as_errors(refusal)
    with reading() as session:
        person = _shown(session, coordinator_id)
        return _page(session, person, values, errors, chosen=request.form.getlist("networks"))


@blueprint.post("/<uuid:coordinator_id>/deactivate")
@coordinators("admin")
def deactivate(coordinator_id: UUID) -> Response:
    """End the account; its networks go to the successor."""
    successor_id = parse_id(request.form.get("successor", ""))
    try:
        with transaction() as session:
            person = accounts.deactivate(session, coordinator_id, successor_id=successor_id)
            text = _("%(name)s cannot sign in any more.", name=person.name)
    except RefusedError as refusal:
        (message,) = as_errors(refusal).values()
        flash(message[0], "danger")
        return redirect(f"/scheduling/coordinators/{coordinator_id}", 303)
    flash(text, "success")
    return redirect("/scheduling/coordinators", 303)


@blueprint.post("/<uuid:coordinator_id>/invite")
@coordinators("admin")
def invite_again(coordinator_id: UUID) -> Response:
    """Open the account again if it is closed, and have the link mailed once more."""
    with transaction() as session:
        person = accounts.account(session, coordinator_id)
        if person.active:
            accounts.invite(session, person)
        else:
            accounts.reactivate(session, coordinator_id)
        flash(_("The invitation is on its way to %(email)s.", email=person.email), "success")
    return redirect("/scheduling/coordinators", 303)


@blueprint.post("/<uuid:coordinator_id>/second-factor/remove")
@coordinators("admin")
def remove_second_factor(coordinator_id: UUID) -> Response:
    """For somebody who lost phone and recovery codes: the password alone signs in, all devices are out."""
    with transaction() as session:
        person = accounts.remove_second_factor(session, coordinator_id)
        text = _("%(name)s signs in with the password alone.", name=person.name)
    flash(text, "success")
    return redirect(f"/scheduling/coordinators/{coordinator_id}", 303)
