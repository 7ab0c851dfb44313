"""Personal requests to contacts and their answers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base, Identifier


class Invitation(Base):
    """A contact asked to one meeting. ``answer``: empty (silent), yes, no, colleague."""

    __tablename__ = "invitation"
    __table_args__ = (
        Index("uq_invitation_address", "meeting_id", "email_key", unique=True),
        Index("ix_invitation_of_meeting", "meeting_id", "company_sort", "id"),
    )

    id: Mapped[Identifier]
    network_id: Mapped[UUID]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id", ondelete="CASCADE"))
    company_name: Mapped[str]
    company_sort: Mapped[str]
    contact_name: Mapped[str]
    email: Mapped[str]
    email_key: Mapped[str] = mapped_column(index=True)
    language: Mapped[str]
    answer: Mapped[str] = mapped_column(default="", server_default="")
    answered_at: Mapped[datetime | None]
    link_version: Mapped[int] = mapped_column(default=1, server_default="1")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    reminder_number: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime]
    last_issued_at: Mapped[datetime]
    on_recommendation_of: Mapped[str] = mapped_column(default="", server_default="")
    forwarded_by: Mapped[UUID | None]  # the invitation of the colleague who passed it on
    registration_id: Mapped[UUID | None] = mapped_column(index=True)
    created_by: Mapped[UUID | None]
    erased_at: Mapped[datetime | None]
