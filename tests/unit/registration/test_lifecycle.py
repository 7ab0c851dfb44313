"""The table of states, over the full product of states and moves."""

from __future__ import annotations

from itertools import product

import pytest

from services.registration.domain.lifecycle import (
    LIVING,
    SEATED,
    Move,
    MoveNotPossibleError,
    State,
    after,
    is_possible,
)

EXPECTED = {
    "held": {
        "confirm": "confirmed",
        "wait": "waitlisted",
        "expire": "expired",
        "cancel": "cancelled",
    },
    "pending_approval": {
        "confirm": "confirmed",
        "hold": "held",
        "wait": "waitlisted",
        "expire": "expired",
        "cancel": "cancelled",
        "decline": "declined",
    },
    "confirmed": {"cancel": "cancelled"},
    "waitlisted": {"confirm": "confirmed", "expire": "expired", "cancel": "cancelled"},
    "cancelled": {},
    "expired": {"confirm": "confirmed", "wait": "waitlisted"},
    "declined": {},
}


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_every_move_leads_where_the_table_says_or_nowhere(state: State, move: Move) -> None:
    wanted = EXPECTED[state].get(move)
    assert is_possible(state, move) == (wanted is not None)
    if wanted is None:
        with pytest.raises(MoveNotPossibleError):
            after(state, move)
    else:
        assert after(state, move) == wanted


def test_only_living_claims_have_seats() -> None:
    assert SEATED < LIVING
    assert not LIVING & {State.CANCELLED, State.EXPIRED, State.DECLINED}
