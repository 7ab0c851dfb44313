"""A coordinator erases a person on her behalf, as far as the coordinator's networks reach."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template
from werkzeug.wrappers import Response

from services.registration.pages.coordination.base import (
    blueprint,
    my_networks,
    registration_or_404,
)
from services.registration.pages.my_data import losses_of
from services.registration.use_cases.person_erasures import (
    BY_COORDINATOR,
    Asked,
    contact_of,
    erase_person,
    find,
)
from shared.clock import now
from shared.language import gettext as _
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, transaction


@blueprint.get("/registrations/<uuid:registration_id>/erase")
@coordinators("coordinator")
def ask_to_erase(registration_id: UUID) -> Response | str:
    """What erasing the contact means, before it is done."""
    with reading() as session:
        registration = registration_or_404(session, registration_id)
        if registration.erased_at:
            return redirect(f"/coordination/registrations/{registration_id}", 303)
        found = find(session, contact_of(registration), my_networks())
        return render_template(
            "coordination/erase.html",
            tab="participants",
            meeting=registration.meeting,
            registration=registration,
            losses=losses_of(session, found, now()),
        )


@blueprint.post("/registrations/<uuid:registration_id>/erase")
@coordinators("coordinator")
def erase(registration_id: UUID) -> Response:
    """Keep nothing of the contact."""
    asked = Asked(
        by=BY_COORDINATOR, coordinator_id=current_coordinator().id, networks=my_networks()
    )
    with transaction() as session:
        registration = registration_or_404(session, registration_id)
        if registration.erased_at is None:
            erase_person(session, contact_of(registration), asked, now())
    flash(_("The personal data are erased here; the other services confirm it below."), "success")
    return redirect(f"/coordination/registrations/{registration_id}", 303)
