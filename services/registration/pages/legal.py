"""Imprint, privacy, accessibility: as the operator wrote them, else sensible texts to begin with."""

from __future__ import annotations

from flask import Blueprint, render_template

from services.registration.models import LegalText
from shared.language import current_language, format_day, lazy_gettext
from shared.web.auth import public
from shared.web.context import reading, settings

blueprint = Blueprint("legal", __name__)

Sections = list[tuple[str | None, list[str]]]
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
    body = own.body if own else render_template(f"legal/{page}.{language}.txt")
    return render_template(
        "legal.html",
        title=str(TITLES[page]),
        sections=sections_of(body),
        updated=format_day(own.updated_at, settings().time_zone) if own else None,
    )


def sections_of(body: str) -> Sections:
    """Blank lines part paragraphs; a line that begins with # heads what follows."""
    sections: Sections = []
    for block in body.replace("\r\n", "\n").split("\n\n"):
        text = block.strip()
        if text.startswith("#"):
            heading, _newline, rest = text.lstrip("# ").partition("\n")
            sections.append((heading.strip(), []))
            text = rest.strip()
        elif text and not sections:
            sections.append((None, []))
        if text:
            sections[-1][1].append(text)
    return sections
