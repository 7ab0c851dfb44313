"""The address in a ticket's QR code: a coordinator notes the arrival, everybody else gets a friendly page."""

from __future__ import annotations

import segno
from flask import Blueprint, make_response, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from services.registration.domain.refusals import OutdatedError, UnknownError
from services.registration.pages.answers import outdated_link, released_seat
from services.registration.use_cases.check_ins import Ticket, check_in, lock_ticket, read_ticket
from shared.clock import now
from shared.links import BadLink
from shared.web.auth import SESSION_COOKIE, coordinators, current_coordinator, public
from shared.web.context import links, reading, transaction
from shared.web.private import private

blueprint = Blueprint("check_in", __name__, url_prefix="/check-in")


@blueprint.get("/<token>")
@public
def ticket_page(token: str) -> Response:
    """For the holder: her ticket. A coordinator's browser goes on to the page with the button."""
    target = links().read("ticket", token)
    if request.cookies.get(SESSION_COOKIE):
        return redirect(f"/check-in/{token}/arrival", 303)
    with reading() as session:
        try:
            ticket = read_ticket(session, target)
        except UnknownError:
            return released_seat()
        except OutdatedError:
            return outdated_link()
        code = ticket_code(links().url("ticket", ticket.attendee.id, ticket.attendee.link_version))
        return private(make_response(render_template("ticket.html", ticket=ticket, code=code)))


def ticket_code(url: str) -> Markup:
    """The address of a ticket as the picture that is scanned at the door: dark on light, also by night."""
    code = segno.make(url, error="m", micro=False)
    drawn = code.svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None
    )
    return Markup(drawn)  # noqa: S704 - drawn here, of modules only


@blueprint.get("/<token>/arrival")
@coordinators("coordinator")
def arrival_page(token: str) -> Response:
    with reading() as session:
        try:
            ticket = read_ticket(session, links().read("ticket", token))
            _refuse_foreign(ticket)
        except UnknownError:
            return released_seat()
        except OutdatedError:
            return outdated_link()
        return make_response(
            render_template(
                "coordination/arrival.html", ticket=ticket, now=now(), active="meetings"
            )
        )


def _refuse_foreign(ticket: Ticket) -> None:
    if not current_coordinator().may_see(ticket.meeting.network_id):
        raise BadLink("ticket")


@blueprint.post("/<token>/arrival")
@coordinators("coordinator")
def arrive(token: str) -> Response:
    target = links().read("ticket", token)
    with transaction() as session:
        try:
            ticket = lock_ticket(session, target, now())
            _refuse_foreign(ticket)
            check_in(session, ticket, now=now(), by=current_coordinator().id)
        except (UnknownError, OutdatedError):
            return redirect(f"/check-in/{token}/arrival", 303)
    return redirect(f"/check-in/{token}/arrival", 303)
