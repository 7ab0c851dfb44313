"""JSON: arrivals at the door."""

from __future__ import annotations

from typing import Any

from services.registration.domain.refusals import UnknownError
from services.registration.schemas.invitations import CheckedInSchema, CheckInSchema
from services.registration.use_cases.check_ins import check_in, lock_ticket
from shared.clock import now
from shared.links import PATHS
from shared.web.api import Blueprint
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import links, transaction

blueprint = Blueprint("check_ins_api", __name__, url_prefix="/api/v1")


@blueprint.post("/check-ins")
@coordinators("coordinator")
@blueprint.arguments(CheckInSchema)
@blueprint.response(200, CheckedInSchema)
def arrive(data: dict[str, Any]) -> dict[str, Any]:
    """Note that the holder of a ticket has come; a second time changes nothing."""
    # A scanner reads the whole address of the QR code.
    token = data["ticket"].rpartition(PATHS["ticket"])[2].strip()
    target = links().read("ticket", token)
    coordinator = current_coordinator()
    with transaction() as session:
        ticket = lock_ticket(session, target, now())
        if not coordinator.may_see(ticket.meeting.network_id):
            raise UnknownError("ticket")
        again = ticket.attendee.checked_in_at is not None
        came = check_in(session, ticket, now=now(), by=coordinator.id)
        return {
            "registration_id": ticket.registration.id,
            "attendee_id": ticket.attendee.id,
            "name": ticket.attendee.name,
            "company": ticket.registration.company_name,
            "checked_in_at": came,
            "again": again,
        }
