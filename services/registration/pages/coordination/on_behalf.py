"""Signing somebody up who has called: few fields, confirmed at once, an address is welcome but not needed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.domain.names import NOT_NAMED
from services.registration.domain.refusals import CapExceededError, ClosedError, FullError
from services.registration.models import Meeting
from services.registration.pages.coordination.base import blueprint, meeting_or_404
from services.registration.schemas.sign_up import SignUpSchema, wish_from
from services.registration.use_cases.sign_up import SignedUp, Terms, Wish
from services.registration.use_cases.submission import again, submit_within
from shared.clock import now
from shared.language import gettext as _
from shared.web.auth import coordinators
from shared.web.context import reading, settings, transaction
from shared.web.forms import Errors, load, small_number, typed

MOST_SEATS = 20
# Where the messages of the schema's fields belong in the form.
PLACES = {"attendees": "people", "slot_id": "slot"}


@blueprint.get("/meetings/<uuid:meeting_id>/on-behalf")
@coordinators("coordinator")
def on_behalf_form(meeting_id: UUID) -> str:
    with reading() as session:
        meeting = meeting_or_404(session, meeting_id)
        return _form(meeting, {"seats": "1", "note": _("by telephone")}, {})


def _form(meeting: Meeting, values: dict[str, str], errors: Errors) -> str:
    return render_template(
        "coordination/on_behalf.html",
        tab="participants",
        meeting=meeting,
        slots=[slot for slot in meeting.slots if not slot.removed],
        most_seats=min(MOST_SEATS, meeting.seats_per_company or MOST_SEATS),
        values=values,
        errors=errors,
    )


@blueprint.post("/meetings/<uuid:meeting_id>/on-behalf")
@coordinators("coordinator")
def sign_up_on_behalf(meeting_id: UUID) -> Response | str | tuple[str, int]:
    with reading() as session:
        meeting = meeting_or_404(session, meeting_id)
    data, found = load(SignUpSchema(), _sent(meeting))
    errors = {PLACES.get(name.split("-")[0], name): texts for name, texts in found.items()}
    if not errors:
        wish = wish_from(data, settings().language)
        try:
            done = again(lambda: _submitted(meeting_id, wish))
        except CapExceededError as error:
            text = _(
                "A company can register at most %(cap)s seats for this meeting.", cap=error.cap
            )
            errors = {"seats": [text]}
        except FullError:
            errors = {"form": [_("No seats are free, and the meeting has no waitlist.")]}
        except ClosedError:
            errors = {"form": [_("The meeting has begun or is cancelled.")]}
    if errors:
        return _form(meeting, typed(), errors), 422
    return _told(done)


def _sent(meeting: Meeting) -> dict[str, Any]:
    values = request.form
    names = [line.strip() for line in values.get("people", "").splitlines() if line.strip()]
    if not names:
        names = [values.get("contact-name", "")]
    seats = small_number(values.get("seats", ""), 1)
    names += [NOT_NAMED] * max(0, seats - len(names))
    return {
        "slot_id": values.get("slot") or str(meeting.slots[0].id),
        "company": {
            "name": values.get("company-name", ""),
            "postcode": values.get("company-postcode", ""),
        },
        "contact": {
            "name": values.get("contact-name", ""),
            "email": values.get("contact-email", ""),
            "phone": values.get("contact-phone", ""),
        },
        "attendees": [{"name": name} for name in names],
        "on_behalf": True,
        "note": values.get("note", ""),
    }


def _submitted(meeting_id: UUID, wish: Wish) -> SignedUp:
    with transaction() as session:
        _refuse_foreign_slot(session, meeting_id, wish.slot_id)
        terms = Terms(hold=timedelta(minutes=settings().hold_minutes), on_behalf=True, proved=True)
        return submit_within(session, wish, terms, now())


def _refuse_foreign_slot(session: Session, meeting_id: UUID, slot_id: UUID) -> None:
    meeting = meeting_or_404(session, meeting_id)
    if slot_id not in {slot.id for slot in meeting.slots}:
        abort(404)


def _told(done: SignedUp) -> Response:
    if done.repeats:
        flash(_("This address is registered already: here is the registration."), "info")
        return redirect(f"/coordination/registrations/{done.repeats}", 303)
    if done.state == "waitlisted":
        flash(_("No seats are free: it stands on the waitlist."), "warning")
    else:
        flash(_("Registered. Who has an address gets the confirmation by mail."), "success")
    return redirect(f"/coordination/registrations/{done.id}", 303)
