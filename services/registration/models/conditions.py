"""Conditions on the state of a registration for statements that are written out, made from the one list of states."""

from __future__ import annotations

from collections.abc import Collection

from services.registration.domain.lifecycle import LIVING as LIVING_STATES
from services.registration.domain.lifecycle import SEATED as SEATED_STATES
from services.registration.domain.lifecycle import Reason, State


def _is_one_of(states: Collection[State]) -> str:
    # In the order of the list itself, so that a statement reads the same in every process.
    return "state in ({})".format(", ".join(f"'{one}'" for one in State if one in states))


LIVING = _is_one_of(LIVING_STATES)
SEATED = _is_one_of(SEATED_STATES)
# In the list for seats, not only for its company's number to fall.
WAITS_FOR_SEATS = f"state = '{State.WAITLISTED}' and reason <> '{Reason.COMPANY_CAP}'"
