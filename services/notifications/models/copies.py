"""What events told: the newest revision of networks, coordinators, meetings, registrations, invitations."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base


class Network(Base):
    """Who sends the mails and can be called."""

    __tablename__ = "network"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    name: Mapped[str]
    language: Mapped[str]
    time_zone: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str]
    contact_phone: Mapped[str]


class Coordinator(Base):
    """Who may see the mails of which networks."""

    __tablename__ = "coordinator"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    role: Mapped[str]
    active: Mapped[bool]
    epoch: Mapped[int]
    network_ids: Mapped[list[UUID]]
    revoked_token_ids: Mapped[list[UUID]]


class Meeting(Base):
    """A meeting as last told, and what its coordinators decided about its mails."""

    __tablename__ = "meeting"
    __table_args__ = (Index("ix_meeting_of_network", "network_id", "starts_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    network_id: Mapped[UUID]
    state: Mapped[str]
    title: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    time_zone: Mapped[str]
    data: Mapped[dict[str, Any]]  # the payload of the fact
    # None: the default rules of domain.reminders.
    rules: Mapped[list[dict[str, Any]] | None]
    held_back: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # What MailsPlanned said last, and its revision.
    published_plan: Mapped[list[dict[str, Any]] | None]
    plan_revision: Mapped[int] = mapped_column(default=0, server_default="0")


class MeetingVersion(Base):
    """A meeting as each fact told it: what people saw who signed up under it."""

    __tablename__ = "meeting_version"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]


class Registration(Base):
    """A company's claim as last told."""

    __tablename__ = "registration"
    __table_args__ = (
        Index("ix_registration_of_meeting", "meeting_id", "state"),
        Index("ix_registration_of_slot", "slot_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    network_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    slot_id: Mapped[UUID]
    state: Mapped[str]
    # Since when it has been confirmed: whoever is confirmed after a reminder was due gets none.
    confirmed_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]]  # the payload of the fact
    erased_at: Mapped[datetime | None]  # nothing in it tells of a person


class Invitation(Base):
    """A personal request as last told."""

    __tablename__ = "invitation"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    network_id: Mapped[UUID]
    meeting_id: Mapped[UUID]
    answer: Mapped[str]  # empty while silent
    data: Mapped[dict[str, Any]]
    erased_at: Mapped[datetime | None]


class Attendance(Base):
    """Somebody has come."""

    __tablename__ = "attendance"

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    attendee_id: Mapped[UUID] = mapped_column(primary_key=True)
    meeting_id: Mapped[UUID]
    checked_in_at: Mapped[datetime]
