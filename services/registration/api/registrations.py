"""Registrations as coordinators see them and decide about them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registration.domain.refusals import UnknownError
from services.registration.models import Registration
from services.registration.queries.registrations import Wanted, registrations
from services.registration.queries.scope import registration_in_scope
from services.registration.schemas.registrations import (
    CoordinatorsRegistrationSchema,
    ReasonSchema,
    RegistrationsQuerySchema,
)
from services.registration.use_cases import approval, giving_up
from shared.clock import now
from shared.web.api import Blueprint, pagination_header
from shared.web.auth import coordinators, current_scope
from shared.web.context import reading, settings, transaction

blueprint = Blueprint("registrations_api", __name__, url_prefix="/api/v1")


@blueprint.get("/registrations")
@coordinators("viewer")
@blueprint.arguments(RegistrationsQuerySchema, location="query")
@blueprint.response(200, CoordinatorsRegistrationSchema(many=True))
def list_registrations(query: dict[str, Any]) -> Any:
    """Registrations of your networks, newest first, those of one meeting by company; totals are counted up to 1,000."""
    number, size = query.pop("page"), query.pop("page_size")
    wanted = Wanted(networks=current_scope().network_ids, **query)
    with reading() as session:
        page = registrations(session, wanted, number=number, size=size)
    return page.rows, 200, {"X-Pagination": pagination_header(page)}


@blueprint.get("/registrations/<uuid:registration_id>")
@coordinators("viewer")
@blueprint.response(200, CoordinatorsRegistrationSchema)
def show_registration(registration_id: UUID) -> Any:
    """One registration."""
    with reading() as session:
        return _of_mine(session, registration_id)


def _of_mine(session: Session, registration_id: UUID) -> Registration:
    found = registration_in_scope(session, registration_id, current_scope().network_ids)
    if found is None:
        raise UnknownError("registration")
    return found


def _decide(registration_id: UUID, decide: Callable[[Session, datetime], object]) -> Registration:
    with transaction() as session:
        _of_mine(session, registration_id)
        decide(session, now())
    with reading() as session:
        return _of_mine(session, registration_id)


@blueprint.post("/registrations/<uuid:registration_id>/approve")
@coordinators("coordinator")
@blueprint.response(200, CoordinatorsRegistrationSchema)
def approve_registration(registration_id: UUID) -> Any:
    """Say yes to a pending registration: its seats are taken, or it waits at its rank."""
    hold = timedelta(minutes=settings().hold_minutes)
    return _decide(
        registration_id,
        lambda session, moment: approval.approve(session, registration_id, moment, hold=hold),
    )


@blueprint.post("/registrations/<uuid:registration_id>/decline")
@coordinators("coordinator")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, CoordinatorsRegistrationSchema)
def decline_registration(data: dict[str, Any], registration_id: UUID) -> Any:
    """Say no to a pending registration; the reason stands in the mail."""
    return _decide(
        registration_id,
        lambda session, moment: approval.decline(
            session, registration_id, moment, reason=data["reason"]
        ),
    )


@blueprint.post("/registrations/<uuid:registration_id>/cancel")
@coordinators("coordinator")
@blueprint.arguments(ReasonSchema)
@blueprint.response(200, CoordinatorsRegistrationSchema)
def cancel_registration(_data: dict[str, Any], registration_id: UUID) -> Any:
    """Cancel a registration; the contact is told, the seats are free."""
    return _decide(
        registration_id,
        lambda session, moment: giving_up.cancel(
            session, registration_id, moment, by=giving_up.BY_COORDINATOR
        ),
    )
