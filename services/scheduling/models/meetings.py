"""Meetings with agenda and slots; no venue hosts two of them at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Created, Id
from services.scheduling.models.networks import Network, Series, Venue

VENUE_IN_USE = "meeting_venue_in_use"
# uuid_range stands for "the same uuid": PostgreSQL's own GiST support has no plain equality.
_SAME_VENUE = text("uuid_range(venue_id, venue_id, '[]')")
_SAME_TIME = text("tstzrange(uses_from, uses_until)")


class Meeting(Base):
    """What people attend. ``uses_from`` to ``uses_until`` covers the meeting and all its slots."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint("state in ('draft', 'published', 'cancelled')", name="state"),
        CheckConstraint("admission in ('open', 'districts', 'invited')", name="admission"),
        CheckConstraint("waitlist in ('off', 'strict', 'fill')", name="waitlist"),
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("uses_from <= starts_at and uses_until >= ends_at", name="use"),
        ExcludeConstraint(
            (_SAME_VENUE, "&&"),
            (_SAME_TIME, "&&"),
            where=text("state <> 'cancelled'"),
            using="gist",
            name=VENUE_IN_USE,
        ),
        Index("ix_meeting_network_id_starts_at", "network_id", "starts_at"),
        Index("ix_meeting_starts_at", "starts_at"),
    )

    id: Mapped[Id]
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id"))
    series_id: Mapped[UUID | None] = mapped_column(ForeignKey("series.id"))
    venue_id: Mapped[UUID] = mapped_column(ForeignKey("venue.id"), index=True)
    slug: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="draft")
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    focus_topic: Mapped[str] = mapped_column(default="")
    room: Mapped[str] = mapped_column(default="")  # in place of the venue's own
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    uses_from: Mapped[datetime]
    uses_until: Mapped[datetime]
    admission: Mapped[str] = mapped_column(default="open")
    registration_opens_at: Mapped[datetime | None]
    registration_closes_at: Mapped[datetime | None]
    seats_per_company: Mapped[int | None]
    approval: Mapped[bool] = mapped_column(default=False)
    waitlist: Mapped[str] = mapped_column(default="strict")
    revision: Mapped[int] = mapped_column(default=0)
    cancel_reason: Mapped[str] = mapped_column(default="")
    created_at: Mapped[Created]
    updated_at: Mapped[Created]
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    network: Mapped[Network] = relationship()
    venue: Mapped[Venue] = relationship()
    series: Mapped[Series | None] = relationship()
    agenda: Mapped[list[AgendaItem]] = relationship(
        order_by="AgendaItem.starts_at, AgendaItem.position", cascade="all, delete-orphan"
    )
    slots: Mapped[list[Slot]] = relationship(
        order_by="Slot.starts_at, Slot.label, Slot.id",
        cascade="all, delete-orphan",
        back_populates="meeting",
    )

    @property
    def time_zone(self) -> str:
        """The name of the zone by whose clock the meeting is planned."""
        return self.network.time_zone

    @property
    def place(self) -> str:
        """The room in which it takes place, or empty."""
        return self.room or self.venue.room


class AgendaItem(Base):
    """A programme point."""

    __tablename__ = "agenda_item"

    id: Mapped[Id]
    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    starts_at: Mapped[datetime]
    title: Mapped[str]
    speaker: Mapped[str] = mapped_column(default="")


class Slot(Base):
    """A bookable time window. The numbers of its roster stand beside it, so that no page counts."""

    __tablename__ = "slot"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="span"),
        CheckConstraint("capacity > 0", name="capacity"),
    )

    id: Mapped[Id]
    meeting_id: Mapped[UUID] = mapped_column(
        ForeignKey("meeting.id", ondelete="CASCADE"), index=True
    )
    label: Mapped[str] = mapped_column(default="")
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    capacity: Mapped[int]
    confirmed_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    held_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    pending_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    waitlisted_seats: Mapped[int] = mapped_column(default=0, server_default="0")
    companies: Mapped[int] = mapped_column(default=0, server_default="0")  # registrations confirmed
    mails: Mapped[int] = mapped_column(default=0, server_default="0")  # people told of a change
    calendar_entries: Mapped[int] = mapped_column(default=0, server_default="0")
    overbooked_by: Mapped[int] = mapped_column(default=0, server_default="0")
    overbooked_revision: Mapped[int] = mapped_column(default=0, server_default="0")

    # Immediate: the meeting is at hand whenever its slots are, so this costs nothing.
    meeting: Mapped[Meeting] = relationship(back_populates="slots", lazy="immediate")

    @property
    def taken(self) -> int:
        """Seats that are not free, as the roster knows them."""
        return self.confirmed_seats + self.held_seats
