"""Why a wish of a visitor cannot be fulfilled; pages and API turn each into words."""

from __future__ import annotations


class RefusedError(ValueError):
    """A rule says no; nothing was changed."""


class UnknownError(RefusedError):
    """There is no such slot, registration or attendee (or it is nobody's business)."""


class ClosedError(RefusedError):
    """Not open yet, closed, cancelled or over."""


class UnconfirmedError(RefusedError):
    """Too many seats were asked for lately from where this comes from, and not confirmed."""


class TooManyAddressesError(RefusedError):
    """The people of a registration were given too many addresses lately."""


class FullError(RefusedError):
    """No seats, and no waitlist to stand in."""


class InvitationNeededError(RefusedError):
    """The meeting is for invited companies only."""


class CapExceededError(RefusedError):
    """One request alone asks for more seats than a company may have; ``cap`` says how many that is."""

    def __init__(self, cap: int) -> None:
        super().__init__(str(cap))
        self.cap = cap


class OutdatedError(RefusedError):
    """The claim is in a state in which this cannot be done (any more)."""


class ChangedMeanwhileError(RefusedError):
    """It is not as whoever wants to change it has seen it."""


class AnotherTimeError(RefusedError):
    """There is a registration for another slot already, which would have to be given up first."""


class LinkOutdatedError(RefusedError):
    """The link was replaced by a newer one (the address was corrected)."""


class ErasedError(LinkOutdatedError):
    """Whom the link belonged to wanted nothing kept, or the time for keeping it is over."""
