"""The password once more, before a borrowed browser could take an account over."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Response

from services.scheduling.pages.sessions import wait_first
from services.scheduling.use_cases import passwords
from shared.language import gettext as _
from shared.web.auth import current_coordinator
from shared.web.context import transaction
from shared.web.forms import Errors, typed


def wrong_password(page: Callable[[Errors, int], Response]) -> Response | None:
    """*page* with what is wrong at the field ``old``; None for the right password. Wrong ones are counted."""
    with transaction() as session:
        proof = passwords.prove(session, current_coordinator().id, typed().get("old", ""))
    if proof.right:
        return None
    if proof.wait:
        return wait_first(lambda text: page({"old": [text]}, 429), proof.wait)
    return page({"old": [_("This is not your present password.")]}, 422)
