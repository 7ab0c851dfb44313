"""What all pages need: the version of a form, refusals as messages at fields."""

from __future__ import annotations

from flask import abort, g

from services.scheduling.domain.refusals import RefusedError
from shared.web.forms import Errors


def as_errors(refusal: RefusedError) -> Errors:
    """The refusal at its field, or at the head of the form; what is missing is a page of its own."""
    if refusal.kind == "missing":
        abort(404)
    return {refusal.field.replace(".", "-") or "form": [refusal.text]}


def with_phone(phone: str) -> None:
    """The telephone number of error pages."""
    g.contact_phone = phone
