"""The password once more, and the code, before a borrowed browser could take an account over."""

from __future__ import annotations

from collections.abc import Callable

from werkzeug.wrappers import Response

from services.scheduling.pages.entering import vault
from services.scheduling.pages.sessions import wait_first
from services.scheduling.use_cases import passwords, second_factor
from shared.language import gettext as _
from shared.web.auth import current_coordinator
from shared.web.context import transaction
from shared.web.forms import Errors, typed

Page = Callable[[Errors, int], Response]


def wrong_password(page: Page, field: str = "old") -> Response | None:
    """*page* with what is wrong at *field*; None for the right password. Wrong ones are counted."""
    with transaction() as session:
        proof = passwords.prove(session, current_coordinator().id, typed().get(field, ""))
    if proof.right:
        return None
    if proof.wait:
        return wait_first(lambda text: page({field: [text]}, 429), proof.wait)
    return page({field: [_("This is not your present password.")]}, 422)


def wrong_code(page: Page) -> Response | None:
    """*page* with what is wrong at the field ``code``; None for a right one, which is used up by now."""
    typed_code = typed().get("code", "")[:80]
    with transaction() as session:
        person_id = current_coordinator().id
        checked = second_factor.check(session, vault(), person_id, typed_code, familiar=True)
    if checked.right:
        return None
    if checked.wait:
        return wait_first(lambda text: page({"code": [text]}, 429), checked.wait)
    return page({"code": [_("This code does not fit or was used already.")]}, 422)
