"""Correcting a contact's address: the old links end, what matters goes to the new one."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import abort, flash, redirect, render_template
from marshmallow import ValidationError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.domain.refusals import OutdatedError
from services.registration.models import Invitation, Meeting
from services.registration.pages.coordination.base import (
    blueprint,
    meeting_or_404,
    registration_or_404,
)
from services.registration.use_cases.addresses import correct_by_coordinator
from services.registration.use_cases.invitations import correct_invited_address
from shared.clock import now
from shared.language import gettext as _
from shared.web.auth import coordinators
from shared.web.context import reading, settings, transaction
from shared.web.fields import clean_email
from shared.web.forms import Errors, typed

Page = Response | str | tuple[str, int]


def _page(*, meeting: Meeting, who: str, email: str, text: str, back: str, errors: Errors) -> str:
    return render_template(
        "coordination/address.html",
        tab="participants" if "/registrations/" in back else "invitations",
        meeting=meeting,
        who=who,
        text=text,
        back=back,
        values=typed() or {"email": email},
        errors=errors,
    )


def _cleaned() -> tuple[str, Errors]:
    try:
        return clean_email(typed().get("email", "")), {}
    except ValidationError as error:
        return "", {"email": [str(message) for message in error.messages]}


@blueprint.get("/registrations/<uuid:registration_id>/address")
@coordinators("coordinator")
def address_form(registration_id: UUID) -> str:
    with reading() as session:
        return _registrations_page(session, registration_id, {})


def _registrations_page(session: Session, registration_id: UUID, errors: Errors) -> str:
    registration = registration_or_404(session, registration_id)
    if registration.verified_at:
        text = _("The old links end. The new address gets the confirmation and all later mails.")
    else:
        text = _("The old link ends. The new address is asked to confirm.")
    return _page(
        meeting=registration.meeting,
        who=f"{registration.contact_name}, {registration.company_name}",
        email=registration.email or "",
        text=text,
        back=f"/coordination/registrations/{registration_id}",
        errors=errors,
    )


@blueprint.post("/registrations/<uuid:registration_id>/address")
@coordinators("coordinator")
def correct_address(registration_id: UUID) -> Page:
    email, errors = _cleaned()
    hold = timedelta(minutes=settings().hold_minutes)
    if not errors:
        try:
            with transaction() as session:
                registration_or_404(session, registration_id)
                correct_by_coordinator(session, registration_id, email, now(), hold=hold)
        except OutdatedError:
            errors = {"form": [_("This registration is over; its address cannot be changed.")]}
        except IntegrityError:
            errors = {"email": [_("This address is registered for the same time already.")]}
    if errors:
        with reading() as session:
            return _registrations_page(session, registration_id, errors), 422
    flash(_("The address is corrected, a mail is on its way."), "success")
    return redirect(f"/coordination/registrations/{registration_id}", 303)


def _invitation_or_404(
    session: Session, meeting: Meeting, invitation_id: UUID, *, lock: bool = False
) -> Invitation:
    # Whoever locks waits for the contact who answers just now, and tells of the correction after that.
    invitation = session.get(Invitation, invitation_id, with_for_update=lock)
    if invitation is None or invitation.meeting_id != meeting.id or invitation.erased_at:
        abort(404)
    return invitation


@blueprint.get("/meetings/<uuid:meeting_id>/invitations/<uuid:invitation_id>/address")
@coordinators("coordinator")
def invited_address_form(meeting_id: UUID, invitation_id: UUID) -> str:
    with reading() as session:
        return _invitations_page(session, meeting_id, invitation_id, {})


def _invitations_page(
    session: Session, meeting_id: UUID, invitation_id: UUID, errors: Errors
) -> str:
    meeting = meeting_or_404(session, meeting_id)
    invitation = _invitation_or_404(session, meeting, invitation_id)
    return _page(
        meeting=meeting,
        who=f"{invitation.contact_name}, {invitation.company_name}",
        email=invitation.email,
        text=_("The old link ends. The new address gets the invitation now."),
        back=f"/coordination/meetings/{meeting_id}/invitations",
        errors=errors,
    )


@blueprint.post("/meetings/<uuid:meeting_id>/invitations/<uuid:invitation_id>/address")
@coordinators("coordinator")
def correct_invitation(meeting_id: UUID, invitation_id: UUID) -> Page:
    email, errors = _cleaned()
    if not errors:
        try:
            with transaction() as session:
                meeting = meeting_or_404(session, meeting_id)
                invitation = _invitation_or_404(session, meeting, invitation_id, lock=True)
                correct_invited_address(session, invitation, email=email, now=now())
        except IntegrityError:
            errors = {"email": [_("This address has been invited already.")]}
    if errors:
        with reading() as session:
            return _invitations_page(session, meeting_id, invitation_id, errors), 422
    flash(_("The address is corrected, a mail is on its way."), "success")
    return redirect(f"/coordination/meetings/{meeting_id}/invitations", 303)
