"""One registration: who, where it stands, what happened, and what a coordinator can do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, redirect, render_template, request
from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.domain.lifecycle import LIVING
from services.registration.domain.refusals import ClosedError, FullError, OutdatedError
from services.registration.models import Company, ErasureRequest, FailingAddress, Registration
from services.registration.pages.coordination import outcomes
from services.registration.pages.coordination.base import blueprint, registration_or_404
from services.registration.pages.coordination.history import Step, history
from services.registration.pages.coordination.words import reason_words
from services.registration.use_cases import approval, changes, giving_up
from services.registration.use_cases.check_ins import check_in, lock_attendee
from services.registration.use_cases.companies import another_company, same_company
from services.registration.use_cases.person_erasures import erasure_request_of
from shared.clock import now
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, settings, transaction
from shared.web.fields import clean_lines
from shared.web.forms import Errors

MAX_REASON = 500
Decision = Callable[[Session, datetime], object]


@dataclass(frozen=True, kw_only=True)
class View:
    """All that the page shows."""

    registration: Registration
    company: Company
    linked: Sequence[Registration]
    failing: bool
    erasure: ErasureRequest | None
    steps: Sequence[Step]
    living: bool
    reason: str


def view_of(session: Session, registration_id: UUID) -> View:
    """The registration with what surrounds it; 404 if it is not hers to see."""
    registration = registration_or_404(session, registration_id)
    living = registration.state in LIVING
    failing = registration.email_key and session.get(FailingAddress, registration.email_key)
    return View(
        registration=registration,
        company=session.get_one(Company, registration.company_id),
        linked=_linked(session, registration),
        failing=bool(failing),
        erasure=erasure_request_of(session, registration.id) if registration.erased_at else None,
        steps=history(session, registration),
        living=living,
        reason=reason_words(registration.reason),
    )


def _linked(session: Session, registration: Registration) -> Sequence[Registration]:
    main = registration.linked_to or registration.id
    return session.scalars(
        select(Registration).where(
            (Registration.linked_to == main) | (Registration.id == main),
            Registration.id != registration.id,
        )
    ).all()


@blueprint.get("/registrations/<uuid:registration_id>")
@coordinators("viewer")
def registration_page(registration_id: UUID) -> str:
    return _page(registration_id, {})


def _page(registration_id: UUID, errors: Errors) -> str:
    with reading() as session:
        view = view_of(session, registration_id)
        return render_template(
            "coordination/registration.html",
            tab="participants",
            meeting=view.registration.meeting,
            view=view,
            registration=view.registration,
            values=request.form,
            errors=errors,
        )


def _back(registration_id: UUID) -> Response:
    return redirect(f"/coordination/registrations/{registration_id}", 303)


@blueprint.post("/registrations/<uuid:registration_id>/approve")
@coordinators("coordinator")
def approve(registration_id: UUID) -> Response:
    hold = timedelta(minutes=settings().hold_minutes)
    return _decided(
        registration_id,
        lambda session, moment: approval.approve(session, registration_id, moment, hold=hold),
        outcomes.approved,
    )


@blueprint.post("/registrations/<uuid:registration_id>/decline")
@coordinators("coordinator")
def decline(registration_id: UUID) -> Response | str:
    try:
        reason = clean_lines(request.form.get("reason", ""))[:MAX_REASON]
    except ValidationError as error:
        return _page(registration_id, {"reason": [str(text) for text in error.messages]})
    return _decided(
        registration_id,
        lambda session, moment: approval.decline(session, registration_id, moment, reason=reason),
        outcomes.declined,
    )


@blueprint.post("/registrations/<uuid:registration_id>/cancel")
@coordinators("coordinator")
def cancel(registration_id: UUID) -> Response:
    return _decided(
        registration_id,
        lambda session, moment: giving_up.cancel(
            session, registration_id, moment, by=giving_up.BY_COORDINATOR
        ),
        outcomes.signed_off,
    )


@blueprint.post("/registrations/<uuid:registration_id>/stop-waiting")
@coordinators("coordinator")
def stop_waiting(registration_id: UUID) -> Response:
    """Only what it waits for besides."""
    return _decided(
        registration_id,
        lambda session, moment: changes.stop_waiting(session, registration_id, moment),
    )


@blueprint.post("/registrations/<uuid:registration_id>/company")
@coordinators("coordinator")
def settle_company(registration_id: UUID) -> Response:
    other = request.form.get("company") == "other"
    decide = another_company if other else same_company
    return _decided(
        registration_id,
        lambda session, moment: decide(session, registration_id, moment),
        outcomes.another_company if other else outcomes.same_company,
    )


@blueprint.post("/registrations/<uuid:registration_id>/arrived")
@coordinators("coordinator")
def arrived(registration_id: UUID) -> Response:
    """Somebody came without a ticket: ticked on the page."""
    attendee_id = parse_id(request.form.get("attendee", ""))

    def note(session: Session, moment: datetime) -> None:
        ticket = lock_attendee(session, attendee_id or registration_id, moment)
        if ticket.registration.id != registration_id:
            raise OutdatedError
        check_in(session, ticket, now=moment, by=current_coordinator().id)

    def who(claim: Registration, _before: str) -> str:
        name = next(person.name for person in claim.attendees if person.id == attendee_id)
        return _("Noted: %(name)s has arrived.", name=name)

    return _decided(registration_id, note, who)


def _decided(
    registration_id: UUID, decide: Decision, outcome: outcomes.Outcome = outcomes.saved
) -> Response:
    try:
        with transaction() as session:
            registration = registration_or_404(session, registration_id)
            before = registration.state
            decide(session, now())
            text = outcome(registration, before)
        flash(text, "success")
    except OutdatedError:
        flash(_("Somebody was faster: this is how it stands now."), "info")
    except ClosedError:
        flash(
            _("The meeting has begun or is cancelled; nothing can be decided any more."), "warning"
        )
    except FullError:
        flash(_("No seats are free, and the meeting has no waitlist."), "warning")
    return _back(registration_id)
