"""The states of a registration and why it is in one, in the words that travel in its facts.

Registration decides them (``services/registration/domain/lifecycle.py``); the others read them.
"""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """What a claim is; whether its address is verified is a fact beside the state."""

    HELD = "held"
    PENDING = "pending_approval"
    CONFIRMED = "confirmed"
    WAITLISTED = "waitlisted"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    DECLINED = "declined"


LIVING = frozenset({State.HELD, State.PENDING, State.CONFIRMED, State.WAITLISTED})
SEATED = frozenset({State.HELD, State.CONFIRMED})
ENDED = frozenset(State) - LIVING


class Reason(StrEnum):
    """Why a claim is in its state. Of a declined one a coordinator's own words stand there instead."""

    # it waits
    FULL = "full"
    QUEUE = "queue"
    COMPANY_CAP = "company_cap"  # for its company's number to fall, not for seats
    LATE = "late"
    LINKED = "linked"
    # it is confirmed
    FEWER = "fewer"
    # it was cancelled
    CONTACT = "contact"
    COORDINATOR = "coordinator"
    MEETING_CANCELLED = "meeting_cancelled"
    ERASED = "erased"
    # it expired
    UNCONFIRMED = "unconfirmed"
    WAITLIST_CLOSED = "waitlist_closed"
    UNDECIDED = "undecided"  # no coordinator decided in time
    WITHDRAWN = "withdrawn"
    JOINED = "joined"
