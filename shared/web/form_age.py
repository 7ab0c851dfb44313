"""How long ago a form was shown: programs fill in forms faster than people read them."""

from __future__ import annotations

from flask import current_app
from itsdangerous import BadSignature, Signer

from shared.clock import now
from shared.web.context import settings

_SIGNER = "treffpunkt_form_age"


def stamp() -> str:
    """What the form carries: the moment at which it was shown, signed."""
    return _signer().sign(str(round(now().timestamp() * 1000))).decode()


def age_of(stamped: str) -> float | None:
    """Seconds since the form with this stamp was shown; None for a stamp not made here."""
    try:
        shown = int(_signer().unsign(stamped[:200]))
    except (BadSignature, ValueError):
        return None
    return now().timestamp() - shown / 1000


def _signer() -> Signer:
    signer: Signer | None = current_app.extensions.get(_SIGNER)
    if signer is None:
        keys = [key.encode() for key in reversed(settings().secret_keys)]
        signer = current_app.extensions[_SIGNER] = Signer(keys, salt="treffpunkt.form-age")
    return signer
