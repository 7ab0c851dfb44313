"""The way to everything that is set up once: account, networks, venues, coordinators."""

from __future__ import annotations

from flask import Blueprint, render_template

from services.scheduling import queries
from shared.web.auth import coordinators, current_scope, may_edit
from shared.web.context import reading

blueprint = Blueprint("settings", __name__, url_prefix="/scheduling")


@blueprint.get("/settings")
@coordinators("viewer")
def show() -> str:
    """Where to find what."""
    with reading() as session:
        return render_template(
            "settings.html",
            networks=queries.networks(session, current_scope()),
            venues=queries.venues(session, current_scope()),
            may_edit=may_edit(),
        )
