"""What the templates of public pages need to know about meetings and slots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from services.registration.domain.booking import (
    BOOKABLE,
    Phase,
    Window,
    last_call,
    phase,
    policy_at,
)
from services.registration.models import Meeting, Network, Slot
from shared.language import kept_together

# While several slots differ, the meeting shows the most hopeful of them.
_HOPE = (
    Phase.OPEN,
    Phase.WAITLIST_ONLY,
    Phase.OPENS_LATER,
    Phase.FULL,
    Phase.CLOSED,
    Phase.OVER,
    Phase.CANCELLED,
)


@dataclass(frozen=True)
class SlotView:
    """A slot with what its line says."""

    slot: Slot
    phase: Phase

    @property
    def free(self) -> int:
        """Seats to be had; none while somebody waits."""
        return self.slot.free if self.phase is Phase.OPEN else 0

    @property
    def bookable(self) -> bool:
        """Whether a sign-up takes a seat or a place in the list."""
        return self.phase in BOOKABLE


@dataclass(frozen=True)
class MeetingView:
    """A meeting as a visitor sees it now."""

    meeting: Meeting
    slots: Sequence[SlotView]
    network: Network | None
    now: datetime

    @property
    def tz(self) -> ZoneInfo:
        """The clock at the place."""
        return self.meeting.tz

    @property
    def phase(self) -> Phase:
        """Where the meeting stands: the most hopeful of its slots."""
        if self.meeting.state == "cancelled":
            return Phase.CANCELLED
        if not self.slots:
            return Phase.CLOSED
        return min((view.phase for view in self.slots), key=_HOPE.index)

    @property
    def bookable(self) -> bool:
        """Whether anything can be booked."""
        return self.phase in BOOKABLE

    @property
    def free(self) -> int:
        """Seats to be had over all slots."""
        return sum(view.free for view in self.slots)

    @property
    def capacity(self) -> int:
        """All seats."""
        return sum(view.slot.capacity for view in self.slots)

    @property
    def taken(self) -> int:
        """Seats that are held or confirmed."""
        return sum(view.slot.taken for view in self.slots)

    @property
    def waiting(self) -> int:
        """Groups that wait."""
        return sum(view.slot.waiting for view in self.slots)

    @property
    def waiting_seats(self) -> int:
        """Seats they wish for."""
        return sum(view.slot.waiting_seats for view in self.slots)

    @property
    def last_call(self) -> datetime:
        """Until when one can sign up for one of its slots."""
        return last_call_of(self.meeting)

    @property
    def address(self) -> str:
        """Street, postcode and city of the venue."""
        venue = self.meeting.venue
        parts = [venue["street"], kept_together(venue["postcode"], venue["city"])]
        return ", ".join(part for part in parts if part)

    @property
    def place(self) -> str:
        """The venue in one line."""
        venue = self.meeting.venue
        return ", ".join(part for part in (venue["name"], venue["room"], self.address) if part)

    @property
    def map_url(self) -> str:
        """Where the place is, on an open map."""
        query = f"{self.meeting.venue['name']}, {self.address}".replace("\u00a0", " ")
        return f"https://www.openstreetmap.org/search?{urlencode({'query': query})}"

    @property
    def agenda(self) -> list[dict[str, Any]]:
        """The programme, with times as moments."""
        return [
            {**item, "starts_at": datetime.fromisoformat(item["starts_at"])}
            for item in self.meeting.agenda
        ]


def view_of(meeting: Meeting, network: Network | None, now: datetime) -> MeetingView:
    """The meeting as it stands now."""
    slots = [SlotView(slot, phase_of(meeting, slot, now)) for slot in meeting.open_slots]
    return MeetingView(meeting, slots, network, now)


def last_call_of(meeting: Meeting) -> datetime:
    """Until when one can sign up for one of its slots, or answer an invitation."""
    parts: Sequence[Slot | Meeting] = meeting.open_slots or [meeting]
    return last_call(_window(meeting, part) for part in parts)


def _window(meeting: Meeting, part: Slot | Meeting) -> Window:
    return Window(
        starts_at=part.starts_at,
        ends_at=part.ends_at,
        opens_at=meeting.registration_opens_at,
        closes_at=meeting.registration_closes_at,
    )


def phase_of(meeting: Meeting, slot: Slot, now: datetime) -> Phase:
    """Where a slot stands now."""
    return phase(
        cancelled=meeting.state == "cancelled",
        window=_window(meeting, slot),
        free=slot.free,
        waiting=slot.waiting,
        policy=policy_at(meeting.waitlist, slot.starts_at, now),
        now=now,
    )
