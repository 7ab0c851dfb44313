"""The one error by which use cases refuse; edges turn it into a problem or a message at a field."""

from __future__ import annotations

from typing import Literal

from shared.language import gettext as _

Kind = Literal["missing", "conflict", "invalid"]


class RefusedError(ValueError):
    """Refused, with a stable *code*, a *text* in the reader's language, and the *field* it belongs to."""

    def __init__(self, kind: Kind, code: str, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.kind = kind
        self.code = code
        self.text = text
        self.field = field


def missing() -> RefusedError:
    """What is asked for does not exist, or not for this person; which of the two is not told."""
    return RefusedError("missing", "not-found", "There is nothing here.")


def conflict(code: str, text: str, *, field: str = "") -> RefusedError:
    """Not possible as things stand."""
    return RefusedError("conflict", code, text, field=field)


def refuse_outdated(*, seen: int | None, present: int) -> None:
    """Raises RefusedError where somebody has *seen* another revision than the present one; None saw none."""
    if seen is None or seen == present:
        return
    text = _(
        "Somebody else has changed this meanwhile. Please note your changes, open it anew and enter them there."
    )
    raise conflict("changed-meanwhile", text)


def invalid(field: str, text: str) -> RefusedError:
    """A value that cannot be."""
    return RefusedError("invalid", "invalid", text, field=field)
