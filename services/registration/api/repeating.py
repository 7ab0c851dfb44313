"""Calls that may be repeated: in which scope an Idempotency-Key counts, and what the description says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from services.registration.use_cases.idempotency import once
from shared.clock import now
from shared.web.api import Problem
from shared.web.context import transaction

HEADER = "Idempotency-Key"
MAX_KEY = 255
# For Blueprint.doc(parameters=[…]) of every unsafe public call.
DESCRIBED = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Makes the call safe to repeat: the same key with the same body gets the same answer and has one "
    "effect, also in parallel; with another body it is refused (422). Kept for two days.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_KEY,
        "pattern": r"^[ -~]*[!-~][ -~]*$",
    },
}


def key_of(call: str, *, holder: str = "") -> str | None:
    """The key of this request among those of *call* and, where a token outside the body counts, of its *holder*.

    So nobody is given an answer without the token for which it was made.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not key.strip() or len(key) > MAX_KEY or not key.isascii() or not key.isprintable():
        text = f"{HEADER} must be 1 to {MAX_KEY} printable characters."
        raise Problem(422, "bad-idempotency-key", text)
    digest = f"{hashlib.sha256(holder.encode()).hexdigest()}:" if holder else ""
    return f"{call}:{digest}{key}"


def answer_once(key: str | None, act: Callable[[Session], dict[str, Any]]) -> dict[str, Any]:
    """What *act* answers in a transaction of its own, or what it answered to the first call with *key*."""
    with transaction() as session:
        if key is None:
            return act(session)
        return once(session, key, request.get_data(), now(), lambda: act(session))
