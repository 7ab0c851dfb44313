"""The web app of registration: wiring only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.api import BLUEPRINTS as API
from services.registration.api.problems import REFUSALS, problem_of
from services.registration.domain.refusals import (
    ErasedError,
    LinkOutdatedError,
    SeatReleasedError,
    UnknownError,
)
from services.registration.models import Coordinator
from services.registration.pages import BLUEPRINTS as PAGES
from services.registration.pages.answers import (
    erased_link,
    outdated_link,
    released_seat,
    unknown_link,
)
from services.registration.pages.kept import KeptPages
from services.registration.queries import operations
from services.registration.queries.telephone import telephone
from shared.sign_in import KnownCoordinator
from shared.web.app import WebService, create_web_app
from shared.web.operations.part import Part
from shared.web.problems import answer_http_error, wants_problem
from shared.web.requests_counted import EXTENSION as REQUESTS
from shared.web.requests_counted import KEPT

if TYPE_CHECKING:
    from shared.settings import Settings

OPERATIONS = Part(figures=operations.figures)


def create_app(settings: Settings) -> Flask:
    """The app, ready to serve."""
    service = WebService(
        name="registration",
        package="services.registration",
        prefix="",
        title="Treffpunkt: registration",
        coordinator_lookup=known_coordinator,
        telephone=telephone,
        operations=OPERATIONS,
        pages=PAGES,
        api=API,
    )
    app = create_web_app(service, settings)
    for refusal in REFUSALS:
        app.register_error_handler(refusal, answer_refusal)
    counts = app.extensions[REQUESTS]
    app.wsgi_app = KeptPages(app.wsgi_app, count=partial(counts.add, KEPT, 200, 0.0))  # type: ignore[method-assign]
    return app


def known_coordinator(session: Session, coordinator_id: UUID) -> KnownCoordinator | None:
    """The coordinator as the newest event told; None while none has arrived."""
    return KnownCoordinator.told(session.get(Coordinator, coordinator_id))


def answer_refusal(error: Exception) -> Response:
    """What a rule refused, in the form the caller understands."""
    by_link = not wants_problem() and not request.path.startswith("/coordination/")
    if by_link and isinstance(error, SeatReleasedError):
        return released_seat()
    if by_link and isinstance(error, UnknownError):
        return unknown_link()
    if by_link and isinstance(error, ErasedError):
        return erased_link()
    if by_link and isinstance(error, LinkOutdatedError):
        return outdated_link()
    return answer_http_error(problem_of(error))
