"""The product's seats behind the same words as the model of them (tests/seats_model.py)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.registration.domain.refusals import RefusedError
from services.registration.models import Slot
from services.registration.periodic import close_waitlists, expire_holds, promote_waiting
from services.registration.queries.managed import by_manage_link
from services.registration.use_cases.changes import change, seats_of, stop_waiting
from services.registration.use_cases.confirmation import confirm_link
from services.registration.use_cases.copies import keep_meeting
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import Terms
from shared.clock import now
from shared.database import Database
from shared.events.scheduling import MeetingChanged
from tests.integration.registration_stories import meeting_fact, publish, sign
from tests.seats_model import HOLD, STARTS


@dataclass
class Booking:
    """One slot, a clock of its own, and claims by the names the model gives them."""

    database: Database
    capacity: int
    waitlist: str = "strict"
    cap: int | None = None
    minutes: int = 0
    ids: dict[str, UUID] = field(default_factory=dict)
    begun: datetime = field(default_factory=now)

    def __post_init__(self) -> None:
        self._planned: dict[str, Any] = {
            "starts_at": self.begun + timedelta(minutes=STARTS),
            "waitlist": self.waitlist,
            "seats_per_company": self.cap,
            "capacity": self.capacity,
        }
        self.meeting = publish(self.database, **self._planned)
        self._revision = 1

    @property
    def at(self) -> datetime:
        """The time by its clock."""
        return self.begun + timedelta(minutes=self.minutes)

    def sign_up(self, identifier: str, company: str, seats: int = 1, *, fewer: bool = False) -> str:
        """Hand in the form."""
        return self._sign(identifier, company, seats=seats, fewer=fewer, proved=False)

    def register(
        self, identifier: str, company: str, seats: int = 1, *, fewer: bool = False
    ) -> str:
        """A coordinator signs up, or an invited contact."""
        return self._sign(identifier, company, seats=seats, fewer=fewer, proved=True)

    def _sign(self, identifier: str, company: str, *, seats: int, fewer: bool, proved: bool) -> str:
        try:
            done = sign(
                self.database,
                self.meeting,
                at=self.at,
                terms=Terms(hold=timedelta(minutes=HOLD), proved=proved),
                name=company,
                email=f"{identifier}@gmx.de",  # a public provider's: tells no company
                seats=seats,
                accepts_fewer=fewer,
            )
        except RefusedError:
            return "refused"
        self.ids[identifier] = done.id
        return done.state

    def confirm(self, identifier: str) -> str:
        """Follow the link and press the button."""
        return confirm_link(self.database, self.ids[identifier], 1, self.at).state

    def cancel(self, identifier: str) -> str:
        """Give up everything."""
        with self.database.transaction() as session:
            return cancel(session, self.ids[identifier], self.at, by=BY_CONTACT).state

    def resize(self, identifier: str, seats: int) -> str:
        """Come with more or fewer."""
        try:
            with self.database.transaction() as session:
                claim = by_manage_link(session, self.ids[identifier], None).claim
                wished = seats_of(claim, seats)
                return change(session, claim.id, wished, self.at).claim.state
        except RefusedError:
            return "refused"

    def stop_waiting(self, identifier: str) -> str:
        """Keep what one has, wait for no more."""
        try:
            with self.database.transaction() as session:
                return stop_waiting(session, self.ids[identifier], self.at).state
        except RefusedError:
            return "refused"

    def change_capacity(self, capacity: int) -> str:
        """A coordinator finds another room."""
        return self._replan(capacity=capacity)

    def change_cap(self, cap: int | None) -> str:
        """A coordinator lets companies have more seats, or fewer."""
        return self._replan(seats_per_company=cap)

    def change_waitlist(self, waitlist: str) -> str:
        """A coordinator wants another order, or no waitlist."""
        return self._replan(waitlist=waitlist)

    def _replan(self, **changed: Any) -> str:
        self._revision += 1
        self._planned |= changed
        fact = meeting_fact(
            kind=MeetingChanged,
            meeting_id=self.meeting.meeting_id,
            network_id=self.meeting.network_id,
            revision=self._revision,
            changes=[],
            tell=False,
            **self._planned,
        )
        slot = replace(fact.slots[0], slot_id=self.meeting.slots[0].slot_id)
        with self.database.transaction() as session:
            keep_meeting(session, replace(fact, slots=[slot]), self.at)
        return "done"

    def pass_time(self, minutes: int) -> str:
        """The clock goes on, and the sweeps look."""
        self.minutes += minutes
        for job in (expire_holds, promote_waiting, close_waitlists):
            job(self.database, self.at)
        return "done"

    def seen(self) -> dict[str, tuple[str, int, int]]:
        """State and seats of every claim, and the additional seats it waits for."""
        query = text("""
            select split_part(email, '@', 1), state, seats, (
                select coalesce(sum(linked.seats), 0) from registration linked
                where linked.linked_to = registration.id and linked.state = 'waitlisted')
            from registration where linked_to is null
        """)
        with self.database.reading() as session:
            return {row[0]: (row[1], row[2], int(row[3])) for row in session.execute(query)}

    def numbers(self) -> tuple[int, int, int]:
        """Taken, waiting groups, waiting seats, as the slot keeps them."""
        with self.database.reading() as session:
            slot = session.get_one(Slot, self.meeting.slots[0].slot_id)
            return slot.taken, slot.waiting, slot.waiting_seats
