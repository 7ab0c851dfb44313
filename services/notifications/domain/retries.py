"""What becomes of a mail after an attempt; the policy for mails that perhaps arrived."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

# After an attempt that counts: how long to wait before each further one.
BACKOFF = tuple(timedelta(seconds=seconds) for seconds in (60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600))
# A server that is started anew breaks off what it has in hand: the first time that says little about the mail.
BROKEN_OFF = (timedelta(seconds=15), *BACKOFF[1:])
# A server that is away refuses nothing: soon again, growing, without counting.
AWAY = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 20, 30))
# Perhaps sent: a moment for the mailer that may still learn what became of it.
REPEAT_AFTER = timedelta(seconds=30)
# How long a mailer may be at one mail; longer than the ten minutes SMTP allows for the final reply.
# Only one that hangs is waited for so long; the mails of a dead one are known at once.
LEASE = timedelta(minutes=15)


class Outcome(StrEnum):
    """How an attempt ended."""

    SENT = "sent"
    # The recipient or the message, 4xx and 5xx; an address that cannot be said.
    REFUSED_FOR_NOW = "refused_for_now"
    REFUSED = "refused"
    SENDER_REFUSED = "sender_refused"  # whatever the server has against us
    SENDER_UNUSABLE = "sender_unusable"  # our address cannot be said
    UNWRITTEN = "unwritten"  # it could not be rendered, so it was not tried
    UNDELIVERED = "undelivered"  # broken before the server took the mail up: not its fault
    # Broken at this mail, before the final dot: certainly not sent, and perhaps its own doing.
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"  # broken after the final dot: perhaps sent


@dataclass(frozen=True, kw_only=True)
class Next:
    """The state that follows, when to look again, whether the attempt counts.

    ``told``: the address does not work, which others must know. What fails on our side stays here.
    """

    state: str
    wait: timedelta | None = None
    counts: bool = True
    told: bool = False


# What says nothing against the recipient, and how the words of its reason begin.
OUR_SIDE = {
    Outcome.SENDER_REFUSED: "sender refused: ",
    Outcome.SENDER_UNUSABLE: "sender unusable: ",
    Outcome.UNWRITTEN: "not rendered: ",
    Outcome.UNDELIVERED: "server away: ",
    Outcome.INTERRUPTED: "broken off: ",
}
_FINAL = frozenset({Outcome.REFUSED, Outcome.SENDER_UNUSABLE})

# Perhaps delivered: better twice than never for what one waits for or must know, better never than
# twice for what only reminds. The same bytes and Message-ID go out, so that a store may drop the second.
REPEATED_ONCE = {
    "confirm_address": True,
    "already_registered": True,
    "registration_confirmed": True,
    "registration_changed": True,
    "registration_cancelled": True,
    "waitlisted": True,
    "waitlist_closed": True,
    "undecided": True,
    "invitation": True,
    "meeting_changed": True,
    "meeting_cancelled": True,
    "data_erased": True,
    "password_link": True,
    "reminder": False,
}
BULK = frozenset({"meeting_changed", "invitation", "reminder"})


def priority(kind: str) -> int:
    """0 before 1: what somebody waits for goes before what goes to many."""
    return 1 if kind in BULK else 0


def in_words(outcome: Outcome, words: str) -> str:
    """The reason as it is kept with the mail."""
    return OUR_SIDE.get(outcome, "") + words


def is_ours(words: str) -> bool:
    """Whether a kept reason says nothing against the recipient."""
    return words.startswith(tuple(OUR_SIDE.values()))


def after(outcome: Outcome, *, kind: str, attempts: int, repeated: bool) -> Next:
    """What follows an attempt; *attempts* counts this one."""
    if outcome is Outcome.SENT:
        return Next(state="sent")
    if outcome is Outcome.UNDELIVERED:
        return Next(state="retry", wait=AWAY[0], counts=False)
    if outcome is Outcome.UNKNOWN:
        return after_unknown(kind=kind, repeated=repeated)
    if outcome in _FINAL or attempts > len(BACKOFF):
        return Next(state="failed", told=outcome not in OUR_SIDE)
    waits = BROKEN_OFF if outcome is Outcome.INTERRUPTED else BACKOFF
    return Next(state="retry", wait=waits[attempts - 1])


def after_unknown(*, kind: str, repeated: bool) -> Next:
    """Perhaps delivered: once more after a while, or a person decides."""
    if REPEATED_ONCE.get(kind, False) and not repeated:
        return Next(state="ambiguous", wait=REPEAT_AFTER)
    return Next(state="ambiguous")
