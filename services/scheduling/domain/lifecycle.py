"""The states of a meeting and the moves between them."""

from __future__ import annotations

DRAFT, PUBLISHED, CANCELLED = "draft", "published", "cancelled"
STATES = (DRAFT, PUBLISHED, CANCELLED)

# (state, move) -> state. What is missing is impossible.
TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "edit"): DRAFT,
    (DRAFT, "publish"): PUBLISHED,
    (DRAFT, "cancel"): CANCELLED,
    (PUBLISHED, "edit"): PUBLISHED,
    (PUBLISHED, "publish"): PUBLISHED,  # already done: no second fact
    (PUBLISHED, "cancel"): CANCELLED,
    (CANCELLED, "cancel"): CANCELLED,  # already done: no second fact
}


class ImpossibleMoveError(ValueError):
    """This move leads nowhere from this state."""


def after(state: str, move: str) -> str:
    """The state that *move* leads to. Raises ImpossibleMoveError."""
    try:
        return TRANSITIONS[state, move]
    except KeyError:
        raise ImpossibleMoveError(f"{move} from {state}") from None
