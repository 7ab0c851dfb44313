"""The web app of notifications: wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import Session

from services.notifications import api
from services.notifications.pages import BLUEPRINTS
from services.notifications.queries import access, operations
from services.notifications.queries.telephone import telephone
from shared.sign_in import KnownCoordinator
from shared.web.app import WebService, create_web_app
from shared.web.operations.part import Part

if TYPE_CHECKING:
    from shared.settings import Settings

OPERATIONS = Part(
    figures=operations.figures,
    troubles=operations.troubles,
    template="operations_mails.html",
    values=operations.values,
)


def create_app(settings: Settings) -> Flask:
    """The app, ready to serve."""
    service = WebService(
        name="notifications",
        package="services.notifications",
        prefix="/notifications",
        title="Treffpunkt: notifications",
        coordinator_lookup=known_coordinator,
        telephone=telephone,
        pages=BLUEPRINTS,
        api=[api.blueprint],
        operations=OPERATIONS,
    )
    return create_web_app(service, settings)


def known_coordinator(session: Session, coordinator_id: UUID) -> KnownCoordinator | None:
    """The account as last told; None while nothing is known of it."""
    return KnownCoordinator.told(access.coordinator(session, coordinator_id))
