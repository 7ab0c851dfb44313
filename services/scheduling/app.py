"""The web app of scheduling: wiring only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask, Response
from sqlalchemy.orm import Session, selectinload

from services.scheduling import queries
from services.scheduling.api import BLUEPRINTS as API
from services.scheduling.domain.refusals import RefusedError
from services.scheduling.models import Coordinator
from services.scheduling.pages import BLUEPRINTS as PAGES
from shared.sign_in import KnownCoordinator
from shared.web.app import WebService, create_web_app
from shared.web.operations.part import Part
from shared.web.problems import Problem, answer_http_error

if TYPE_CHECKING:
    from shared.settings import Settings

OPERATIONS = Part()
STATUS = {"missing": 404, "conflict": 409, "invalid": 422}


def create_app(settings: Settings) -> Flask:
    """The app, ready to serve."""
    service = WebService(
        name="scheduling",
        package="services.scheduling",
        prefix="/scheduling",
        title="Treffpunkt: scheduling",
        coordinator_lookup=known_coordinator,
        telephone=queries.telephone,
        pages=PAGES,
        api=API,
        operations=OPERATIONS,
    )
    app = create_web_app(service, settings)
    app.register_error_handler(RefusedError, answer_refusal)
    return app


def known_coordinator(session: Session, coordinator_id: UUID) -> KnownCoordinator:
    """The account as it is now; unknown ones count as inactive, since this is where accounts live."""
    options = (selectinload(Coordinator.networks), selectinload(Coordinator.tokens))
    found = session.get(Coordinator, coordinator_id, options=options)
    return KnownCoordinator(
        active=found is not None and found.active,
        epoch=found.epoch if found else 0,
        role=found.role if found else "viewer",
        network_ids=[network.id for network in found.networks] if found else [],
        name=found.name if found else "",
        email=found.email if found else "",
        revoked_token_ids=[token.id for token in found.tokens if token.revoked_at] if found else [],
    )


def answer_refusal(error: RefusedError) -> Response:
    """What a use case refused, in the form the caller understands."""
    errors = nested(error.field, error.text) if error.field else None
    return answer_http_error(Problem(STATUS[error.kind], error.code, error.text, errors=errors))


def nested(field: str, text: str) -> dict[str, object]:
    """The error of "slots.0.ends_at" as {"slots": {"0": {"ends_at": [text]}}}, like those of schemas."""
    first, _dot, rest = field.partition(".")
    return {first: nested(rest, text) if rest else [text]}
