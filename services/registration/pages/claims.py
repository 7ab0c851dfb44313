"""A claim as the pages behind its links show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.registration.domain.lifecycle import LIVING, Reason, State
from shared.language import kept_together


@dataclass(frozen=True)
class ClaimView:
    """A claim with its slot and meeting, from one row or from a Registration's flattened parts."""

    row: Any
    now: datetime

    @property
    def tz(self) -> ZoneInfo:
        """The clock at the place."""
        return ZoneInfo(self.row.time_zone)

    @property
    def has_begun(self) -> bool:
        """Whether it is too late for any change."""
        return bool(self.row.starts_at <= self.now)

    @property
    def is_living(self) -> bool:
        """Whether it is a claim still."""
        return self.row.state in LIVING

    @property
    def to_confirm(self) -> bool:
        """Whether the button of the confirmation page has something to do."""
        if (
            self.row.verified_at is not None
            or self.has_begun
            or self.row.meeting_state != "published"
        ):
            return False
        lapsed = self.row.state == State.EXPIRED and self.row.reason == Reason.UNCONFIRMED
        return self.is_living or lapsed

    @property
    def place(self) -> str:
        """The venue in one line."""
        venue = self.row.venue
        city = kept_together(venue["postcode"], venue["city"])
        return ", ".join(
            part for part in (venue["name"], venue["room"], venue["street"], city) if part
        )
