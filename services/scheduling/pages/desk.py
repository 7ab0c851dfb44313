"""What all pages need: the version of a form, refusals as messages at fields."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import abort

from services.scheduling.domain.refusals import RefusedError
from shared.web.forms import Errors


def as_errors(refusal: RefusedError) -> Errors:
    """The refusal at its field, or at the head of the form; what is missing is a page of its own."""
    if refusal.kind == "missing":
        abort(404)
    return {refusal.field.replace(".", "-") or "form": [refusal.text]}


def seen_revision(values: Mapping[str, str]) -> int:
    """The revision that the form shows; a form without one is as old as any."""
    text = values.get("revision", "")
    return int(text) if re.fullmatch("[0-9]{1,9}", text) else -1
