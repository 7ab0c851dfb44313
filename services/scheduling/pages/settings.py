"""The way to everything that is set up once: account, networks, venues, coordinators."""

from __future__ import annotations

from flask import Blueprint, render_template

from services.scheduling import queries
from services.scheduling.pages.desk import may_edit, scope
from shared.web.auth import coordinators
from shared.web.context import reading

blueprint = Blueprint("settings", __name__, url_prefix="/scheduling")


@blueprint.get("/settings")
@coordinators("viewer")
def show() -> str:
    """Where to find what."""
    with reading() as session:
        return render_template(
            "settings.html",
            networks=queries.networks(session, scope()),
            venues=queries.venues(session, scope()),
            may_edit=may_edit(),
        )
