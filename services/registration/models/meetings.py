"""Copies of what scheduling publishes: networks, districts, coordinators, meetings; and slots with their seats."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.registration.models.base import Base, Identifier


class Network(Base):
    """A network as of ``revision``."""

    __tablename__ = "network"

    id: Mapped[Identifier]
    revision: Mapped[int]
    slug: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    language: Mapped[str]
    time_zone: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]

    districts: Mapped[list[District]] = relationship(
        order_by="District.name", cascade="all, delete-orphan"
    )


class District(Base):
    """A Stadtbezirk of a network."""

    __tablename__ = "district"

    id: Mapped[Identifier]
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    postcodes: Mapped[list[str]]


class Coordinator(Base):
    """Who may see what, and from which session epoch on."""

    __tablename__ = "coordinator"

    id: Mapped[Identifier]
    revision: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    network_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    active: Mapped[bool]
    epoch: Mapped[int]
    revoked_token_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))


class Meeting(Base):
    """A published or cancelled meeting as of ``revision``; venue and agenda as the fact carried them."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_upcoming", "network_id", "starts_at"),)

    id: Mapped[Identifier]
    revision: Mapped[int]
    # No foreign key: the meeting may arrive before its network.
    network_id: Mapped[UUID]
    slug: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]  # published, cancelled
    title: Mapped[str]
    description: Mapped[str]
    focus_topic: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    time_zone: Mapped[str]
    venue: Mapped[dict[str, Any]]
    agenda: Mapped[list[dict[str, Any]]]
    admission: Mapped[str]  # open, districts, invited
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    seats_per_company: Mapped[int | None]
    approval: Mapped[bool]
    waitlist: Mapped[str]  # off, strict, fill
    cancel_reason: Mapped[str] = mapped_column(server_default="")

    slots: Mapped[list[Slot]] = relationship(
        order_by="Slot.starts_at, Slot.label, Slot.id", back_populates="meeting"
    )

    @property
    def open_slots(self) -> list[Slot]:
        """The slots that scheduling has not taken out."""
        return [slot for slot in self.slots if not slot.removed]

    def slots_to_come(self, now: datetime) -> list[Slot]:
        """The slots that have not begun."""
        return [slot for slot in self.open_slots if slot.starts_at > now]

    @property
    def tz(self) -> ZoneInfo:
        """The clock at the place."""
        return ZoneInfo(self.time_zone)


class Slot(Base):
    """A bookable time window; this service alone decides about its seats.

    ``taken`` counts seats of held and confirmed claims, ``waiting`` the waitlisted claims that wait for
    seats (not those that only wait for their company's number to fall), ``waiting_seats`` what they wish for.
    """

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("taken >= 0", name="taken_not_negative"),
        CheckConstraint("taken <= capacity or overbooked", name="never_oversold"),
        CheckConstraint("waiting >= 0 and waiting_seats >= waiting", name="waiting_not_negative"),
        # Pages are never full, so a new version of the hot row stays on its page.
        {"postgresql_with": {"fillfactor": 50}},
    )

    id: Mapped[Identifier]
    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    taken: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    last_rank: Mapped[int] = mapped_column(default=0, server_default="0")
    # Scheduling lowered the capacity below what was taken; nobody was dropped.
    overbooked: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # How many seats too many were told last, and the revision of that SlotOverbooked.
    overbooked_by: Mapped[int] = mapped_column(default=0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    # Scheduling took the slot out of the meeting; claims on it stay visible.
    removed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # The meeting is cancelled. Stands here too, since a sign-up decides by the one row that it locks.
    closed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    meeting: Mapped[Meeting] = relationship(back_populates="slots")

    @property
    def free(self) -> int:
        """Seats that nobody has; 0 where more are taken than there are."""
        return max(self.capacity - self.taken, 0)


class PlannedMails(Base):
    """Which mails notifications will send about a meeting: ``[{kind, due_at, recipients}]``, soonest first."""

    __tablename__ = "planned_mails"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    planned: Mapped[list[dict[str, Any]]]


class FailingAddress(Base):
    """An address that refused a mail for good; cleared when it is corrected, or proved to work."""

    __tablename__ = "failing_address"

    email_key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    mail_id: Mapped[UUID]
    failed_at: Mapped[datetime]
    registration_id: Mapped[UUID | None] = mapped_column(index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(index=True)


class CoordinatorVisit(Base):
    """When a coordinator last looked at a place ("today", "meeting:ID"), for what is new since."""

    __tablename__ = "coordinator_visit"

    coordinator_id: Mapped[UUID] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(Text, primary_key=True)
    seen_at: Mapped[datetime]
    seen_before_at: Mapped[datetime | None]  # the visit before, shown while she stays on the page
