"""Imprint, privacy, accessibility: as the operator wrote them, else sensible texts to begin with."""

from __future__ import annotations

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from services.registration.domain.legal import sections_of
from services.registration.models import LegalText
from shared.language import current_language, format_day, lazy_gettext
from shared.web.auth import public
from shared.web.context import reading, settings

blueprint = Blueprint("legal", __name__)

TITLES = {
    "imprint": lazy_gettext("Imprint"),
    "privacy": lazy_gettext("Privacy"),
    "accessibility": lazy_gettext("Accessibility"),
}


@blueprint.get("/imprint")
@public
def imprint() -> str:
    """Who is responsible."""
    return _page("imprint")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What becomes of personal data."""
    return _page("privacy")


@blueprint.get("/accessibility")
@public
def accessibility() -> str:
    """The statement on accessibility."""
    return _page("accessibility")


def _page(page: str) -> str:
    language = current_language()
    with reading() as session:
        own = session.get(LegalText, (page, language))
        body = body_of(session, page, language)
    return render_template(
        "legal.html",
        title=str(TITLES[page]),
        sections=sections_of(body),
        updated=format_day(own.updated_at, settings().time_zone) if own else None,
    )


def body_of(session: Session, page: str, language: str) -> str:
    """The operator's own text, or the template to begin with."""
    own = session.get(LegalText, (page, language))
    return own.body if own else render_template(f"legal/{page}.{language}.txt")
