"""Editing imprint, privacy and accessibility, for admins."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from services.registration.domain.legal import PAGES
from services.registration.models import LegalText
from services.registration.pages.coordination.base import blueprint
from services.registration.pages.legal import TITLES, body_of
from services.registration.use_cases.legal import save_legal_text
from shared.clock import now
from shared.language import LANGUAGES
from shared.language import gettext as _
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, transaction
from shared.web.fields import Paragraphs
from shared.web.forms import Errors, load, typed

MOST = 20_000  # characters


class LegalTextForm(Schema):
    """One text; empty brings the default back."""

    body = Paragraphs(most=MOST, load_default="")


@blueprint.get("/legal")
@coordinators("admin")
def legal_texts() -> str:
    """Which of the texts are still the defaults."""
    with reading() as session:
        rows = [
            (page, TITLES[page], language, session.get(LegalText, (page, language)))
            for page in PAGES
            for language in LANGUAGES
        ]
    return render_template("coordination/legal_texts.html", rows=rows, active="settings")


@blueprint.get("/legal/<page>/<language>")
@coordinators("admin")
def edit_legal_text(page: str, language: str) -> str:
    """One text in the form."""
    _known(page, language)
    with reading() as session:
        body = body_of(session, page, language)
    return _form(page, language, values={"body": body}, errors={})


@blueprint.post("/legal/<page>/<language>")
@coordinators("admin")
def save_edited_legal_text(page: str, language: str) -> Response | tuple[str, int]:
    """Keep the text; it is on the public page at once."""
    _known(page, language)
    form = typed()
    text, errors = load(LegalTextForm(), {"body": form.get("body", "")})
    if errors:
        return _form(page, language, values=form, errors=errors), 422
    with transaction() as session:
        save_legal_text(
            session,
            page=page,
            language=language,
            body=text["body"],
            now=now(),
            by=current_coordinator().id,
        )
    flash(_("The text is saved and can be seen at once."), "success")
    return redirect(url_for("coordination.legal_texts"), 303)


def _known(page: str, language: str) -> None:
    if page not in PAGES or language not in LANGUAGES:
        abort(404)


def _form(page: str, language: str, *, values: dict[str, Any], errors: Errors) -> str:
    return render_template(
        "coordination/legal_text.html",
        title=TITLES[page],
        page=page,
        text_language=language,
        values=values,
        errors=errors,
        active="settings",
    )
