"""Networks with districts and series, and venues: forms."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, make_response, redirect, render_template, request
from marshmallow import Schema
from werkzeug.wrappers import Response

from services.scheduling import queries
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.models import Network, Venue
from services.scheduling.pages.desk import as_errors, seen_revision
from services.scheduling.pages.words import told_afterwards, told_sentence
from services.scheduling.schemas.networks import (
    NetworkEditSchema,
    NetworkInSchema,
    VenueEditSchema,
    VenueInSchema,
    venue_columns,
)
from services.scheduling.use_cases import networks
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.web.auth import coordinators, current_scope, may_edit
from shared.web.context import reading, transaction
from shared.web.forms import Errors, load, typed

blueprint = Blueprint("networks", __name__, url_prefix="/scheduling")

NETWORK = ("name", "contact_name", "contact_email", "contact_phone", "language", "time_zone")
VENUE = ("name", "street", "postcode", "city", "room", "arrival_note", "accessibility")
CONTACT = ("name", "email", "phone")
ZONES = ("Europe/Berlin", "Europe/Vienna", "Europe/Zurich", "UTC")


@blueprint.get("/networks/new")
@coordinators("admin")
def new_network() -> Response:
    """An empty form."""
    return _network_page(None, {"language": "de", "time_zone": "Europe/Berlin"}, {})


@blueprint.post("/networks/new")
@coordinators("admin")
def create_network() -> Response:
    """Save it."""
    return _save_network(None, NetworkInSchema())


@blueprint.get("/networks/<uuid:network_id>")
@coordinators("viewer")
def show_network(network_id: UUID) -> Response:
    """The form with the network in it."""
    with reading() as session:
        network = queries.network(session, current_scope(), network_id)
        values = {name: getattr(network, name) for name in NETWORK}
        values["revision"] = str(network.revision)
        values["districts"] = "\n".join(
            f"{district.name}: {', '.join(district.postcodes)}"
            if district.postcodes
            else district.name
            for district in network.districts
        )
        return _network_page(network, values, {})


@blueprint.post("/networks/<uuid:network_id>")
@coordinators("coordinator")
def edit_network(network_id: UUID) -> Response:
    """Save it."""
    with reading() as session:
        return _save_network(
            queries.network(session, current_scope(), network_id), NetworkEditSchema()
        )


def _save_network(network: Network | None, schema: Schema) -> Response:
    values = typed()
    names = NETWORK if network else (*NETWORK, "slug")
    raw: dict[str, Any] = {name: values.get(name, "") for name in names}
    raw["districts"] = _districts(values.get("districts", ""))
    data, errors = load(schema, raw)
    if errors:
        return _network_page(network, values, _district_errors(errors))
    try:
        with transaction() as session:
            if network is None:
                saved = networks.create_network(session, **data)
            else:
                seen = seen_revision(values)
                saved = networks.edit_network(
                    session, current_scope(), network.id, revision=seen, **data
                )
    except RefusedError as refusal:
        return _network_page(network, values, as_errors(refusal))
    flash(_("Saved."), "success")
    return redirect(f"/scheduling/networks/{saved.id}", 303)


def _districts(text: str) -> list[dict[str, Any]]:
    """One district per line, "Huckarde: 44369, 44147"."""
    found = []
    for row in filter(None, (row.strip() for row in text.splitlines())):
        name, _colon, codes = row.partition(":")
        found.append({"name": name, "postcodes": [c for c in re.split(r"[,;\s]+", codes) if c]})
    return found


def _district_errors(errors: Errors) -> Errors:
    # The lines are one field of the form: say the line instead of the place in a list.
    shown: Errors = {}
    for name, messages in errors.items():
        match = re.match(r"districts-(\d+)", name)
        if match:
            text = _("Line %(line)s: %(text)s", line=int(match[1]) + 1, text=messages[0])
            shown.setdefault("districts", []).append(text)
        else:
            shown[name] = messages
    return shown


def _network_page(network: Network | None, values: dict[str, str], errors: Errors) -> Response:
    zones = dict.fromkeys([*ZONES, values.get("time_zone") or ZONES[0]])
    page = render_template(
        "network_form.html",
        network=network,
        values=values,
        errors=errors,
        zones=[(zone, zone) for zone in zones],
        may_edit=may_edit(),
    )
    return make_response(page, 422 if errors else 200)


@blueprint.get("/venues/new")
@coordinators("coordinator")
def new_venue() -> Response:
    """An empty form."""
    return _venue_page(None, {"network_id": request.args.get("network", "")}, {})


@blueprint.post("/venues/new")
@coordinators("coordinator")
def create_venue() -> Response:
    """Save it."""
    values = typed()
    raw = _venue_values(values) | {"network_id": values.get("network_id", "")}
    if parse_id(raw["network_id"]) is None:
        return _venue_page(None, values, {"network_id": [_("Please choose.")]})
    data, errors = load(VenueInSchema(), raw)
    if errors:
        return _venue_page(None, values, _contact_errors(errors))
    with transaction() as session:
        venue = networks.create_venue(
            session, current_scope(), data.pop("network_id"), **venue_columns(data)
        )
    flash(_("Saved."), "success")
    return redirect(f"/scheduling/venues/{venue.id}", 303)


@blueprint.get("/venues/<uuid:venue_id>")
@coordinators("viewer")
def show_venue(venue_id: UUID) -> Response:
    """The form with the venue in it."""
    with reading() as session:
        venue = queries.venue(session, current_scope(), venue_id)
        values = {name: getattr(venue, name) for name in VENUE}
        values |= {f"contact_{name}": getattr(venue, f"contact_{name}") for name in CONTACT}
        values["revision"] = str(venue.revision)
        return _venue_page(venue, values, {})


@blueprint.post("/venues/<uuid:venue_id>")
@coordinators("coordinator")
def edit_venue(venue_id: UUID) -> Response:
    """Save it; a new address or room is told, after it was shown to whom."""
    values = typed()
    data, errors = load(VenueEditSchema(), _venue_values(values))
    with reading() as session:
        venue = queries.venue(session, current_scope(), venue_id)
        if errors:
            return _venue_page(venue, values, _contact_errors(errors))
    columns, seen = venue_columns(data), seen_revision(values)
    try:
        with transaction() as session:
            told = networks.told_of_venue(
                session, current_scope(), venue_id, columns, revision=seen
            )
            if told and values.get("step") != "save":
                return _venue_page(venue, values, {}, sentence=told_sentence(told))
            networks.edit_venue(session, current_scope(), venue_id, revision=seen, **columns)
    except RefusedError as refusal:
        return _venue_page(venue, values, as_errors(refusal))
    flash(f"{_('Saved.')} {told_afterwards(told)}", "success")
    return redirect(f"/scheduling/venues/{venue_id}", 303)


def _venue_values(values: dict[str, str]) -> dict[str, Any]:
    raw: dict[str, Any] = {name: values.get(name, "") for name in VENUE}
    raw["contact"] = {name: values.get(f"contact_{name}", "") for name in CONTACT}
    return raw


def _contact_errors(errors: Errors) -> Errors:
    return {name.replace("contact-", "contact_"): messages for name, messages in errors.items()}


def _venue_page(
    venue: Venue | None, values: dict[str, str], errors: Errors, *, sentence: str = ""
) -> Response:
    with reading() as session:
        page = render_template(
            "venue_form.html",
            venue=venue,
            values=values,
            errors=errors,
            networks=[
                (network.id, network.name) for network in queries.networks(session, current_scope())
            ],
            sentence=sentence,
            may_edit=may_edit(),
        )
    return make_response(page, 422 if errors else 200)
