"""Public pages: the list of meetings, a network, a meeting."""

from __future__ import annotations

from flask import Blueprint, abort, render_template

from services.registration.pages.views import MeetingView, view_of
from services.registration.queries import meetings as queries
from shared.clock import now
from shared.web.auth import public
from shared.web.context import reading

blueprint = Blueprint("meetings", __name__)


@blueprint.get("/")
@public
def index() -> str:
    """All published meetings ahead, by network."""
    moment = now()
    with reading() as session:
        found = queries.upcoming(session, moment).rows
        networks = queries.networks(session)
    groups: dict[str, list[MeetingView]] = {}
    for meeting in found:
        network = networks.get(meeting.network_id)
        groups.setdefault(network.name if network else "", []).append(
            view_of(meeting, network, moment)
        )
    return render_template("public/index.html", groups=sorted(groups.items()))


@blueprint.get("/networks/<slug>")
@public
def network(slug: str) -> str:
    """The meetings of one network."""
    moment = now()
    with reading() as session:
        found = queries.network_by_slug(session, slug)
        if found is None:
            abort(404)
        upcoming = queries.upcoming(session, moment, network_id=found.id).rows
    views = [view_of(meeting, found, moment) for meeting in upcoming]
    return render_template("public/network.html", network=found, views=views)


@blueprint.get("/meetings/<slug>")
@public
def meeting(slug: str) -> str:
    """One meeting: what, when, where, how many seats, until when."""
    return render_template("public/meeting.html", view=meeting_or_404(slug))


def meeting_or_404(slug: str) -> MeetingView:
    """The meeting with this address, as it stands now."""
    with reading() as session:
        found = queries.by_slug(session, slug)
        if found is None:
            abort(404)
        network_row = queries.networks(session).get(found.network_id)
    return view_of(found, network_row, now())
