"""The one table that says which move leads a registration from which state where."""

from __future__ import annotations

from enum import StrEnum

from shared.events.states import ENDED, LIVING, SEATED, Reason, State

__all__ = [
    "ENDED",
    "LIVING",
    "SEATED",
    "Move",
    "MoveNotPossibleError",
    "Reason",
    "State",
    "after",
    "is_possible",
]


class Move(StrEnum):
    """What can happen to a claim after it was made."""

    CONFIRM = "confirm"  # the seats are theirs
    HOLD = "hold"  # approved, the address is still to be confirmed
    WAIT = "wait"  # no seats now
    EXPIRE = "expire"
    CANCEL = "cancel"
    DECLINE = "decline"


class MoveNotPossibleError(ValueError):
    """The table has no such move from this state."""


TRANSITIONS: dict[tuple[State, Move], State] = {
    (State.HELD, Move.CONFIRM): State.CONFIRMED,
    (State.HELD, Move.WAIT): State.WAITLISTED,  # the company's number is reached
    (State.HELD, Move.EXPIRE): State.EXPIRED,
    (State.HELD, Move.CANCEL): State.CANCELLED,
    (State.PENDING, Move.CONFIRM): State.CONFIRMED,
    (State.PENDING, Move.HOLD): State.HELD,
    (State.PENDING, Move.WAIT): State.WAITLISTED,
    (State.PENDING, Move.EXPIRE): State.EXPIRED,
    (State.PENDING, Move.CANCEL): State.CANCELLED,
    (State.PENDING, Move.DECLINE): State.DECLINED,
    (State.WAITLISTED, Move.CONFIRM): State.CONFIRMED,
    (State.WAITLISTED, Move.EXPIRE): State.EXPIRED,
    (State.WAITLISTED, Move.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Move.CANCEL): State.CANCELLED,
    (State.EXPIRED, Move.CONFIRM): State.CONFIRMED,  # late, but seats are free
    (State.EXPIRED, Move.WAIT): State.WAITLISTED,  # late, at the rank of its first submission
}


def after(state: str, move: Move) -> State:
    """The state that *move* leads to. Raises MoveNotPossibleError."""
    try:
        return TRANSITIONS[State(state), move]
    except KeyError:
        raise MoveNotPossibleError(f"{move} from {state}") from None


def is_possible(state: str, move: Move) -> bool:
    """Whether the table knows *move* from *state*."""
    return (State(state), move) in TRANSITIONS
