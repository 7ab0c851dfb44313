"""The roster: who comes to a slot, built only from registration's facts."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.models.base import Base


class RosterEntry(Base):
    """A registration as last heard of. No foreign keys: facts may name what is not here (any more)."""

    __tablename__ = "roster_entry"
    __table_args__ = (
        Index(
            "ix_roster_entry_page",
            "meeting_id",
            "sort_key",
            "registration_id",
            postgresql_where=text("living"),
        ),
        Index(
            "ix_roster_entry_slot_page",
            "slot_id",
            "sort_key",
            "registration_id",
            postgresql_where=text("living"),
        ),
    )

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    revision: Mapped[int]
    meeting_id: Mapped[UUID]
    slot_id: Mapped[UUID]
    state: Mapped[str]
    living: Mapped[bool]
    seats: Mapped[int]
    company: Mapped[str]
    sort_key: Mapped[str]
    contact_name: Mapped[str]
    contact_email: Mapped[str | None]
    contact_phone: Mapped[str]
    attendees: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    mails: Mapped[int]
    calendar_entries: Mapped[int]
    on_behalf: Mapped[bool]
    signed_up_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]  # when the address was confirmed
    updated_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]  # nothing in it tells of a person


class CheckIn(Base):
    """Somebody has arrived; may be heard of before her registration is."""

    __tablename__ = "roster_check_in"

    attendee_id: Mapped[UUID] = mapped_column(primary_key=True)
    registration_id: Mapped[UUID] = mapped_column(index=True)
    meeting_id: Mapped[UUID] = mapped_column(index=True)
    checked_in_at: Mapped[datetime]
