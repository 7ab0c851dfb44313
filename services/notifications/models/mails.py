"""Mails, planned mails, calendar entries, and whom they were for."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.models.base import Base
from shared.identifiers import new_id

OPEN_STATES = "state in ('queued', 'retry')"


class Mail(Base):
    """One mail to one person: an intent first, fixed bytes after the first rendering.

    ``key`` names the intent, so that a fact told twice makes one mail. ``ready`` is false while the meeting
    or its network is not known here yet. ``details`` holds what only this mail says; all else is read when
    it is rendered. ``claimed_until`` is the lease of a mailer at work, ``mailer`` the number of the last one.
    """

    __tablename__ = "mail"
    __table_args__ = (
        CheckConstraint(
            "state in ('queued', 'sending', 'sent', 'retry', 'failed', 'ambiguous', 'suppressed',"
            " 'held_back')",
            name="state",
        ),
        Index(
            "ix_mail_due",
            "priority",
            "due_at",
            postgresql_where=text(f"{OPEN_STATES} and ready"),
        ),
        Index("ix_mail_sending", "claimed_until", postgresql_where=text("state = 'sending'")),
        Index("ix_mail_not_ready", "meeting_id", postgresql_where=text("not ready")),
        Index("ix_mail_of_meeting", "meeting_id", "id"),
        Index("ix_mail_of_registration", "registration_id", "id"),
        Index("ix_mail_of_network", "network_id", "id"),
        Index("ix_mail_of_recipient", "recipient_key", "id"),
        Index("ix_mail_unsent", "state", "id", postgresql_where=text("state <> 'sent'")),
        Index("ix_mail_of_kind", "kind", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    priority: Mapped[int] = mapped_column(SmallInteger)  # 0 transactional, 1 bulk
    ready: Mapped[bool]
    network_id: Mapped[UUID | None]
    meeting_id: Mapped[UUID | None]
    registration_id: Mapped[UUID | None]
    invitation_id: Mapped[UUID | None]
    person: Mapped[str]  # "contact", an attendee's id, "guest" (invited) or "coordinator"
    recipient: Mapped[str]
    recipient_key: Mapped[str]  # the address in lower case
    recipient_name: Mapped[str]
    language: Mapped[str]
    details: Mapped[dict[str, Any]]
    subject: Mapped[str | None]
    message: Mapped[bytes | None]
    message_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    repeated: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    revision: Mapped[int] = mapped_column(default=0, server_default="0")  # of MailFailed
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    mailer: Mapped[int | None] = mapped_column(BigInteger)
    smtp_code: Mapped[int | None]
    smtp_text: Mapped[str | None]
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]  # neither whom it went to nor what it said is kept


class PlannedMail(Base):
    """Mails that will be made when they are due: a reminder of a slot, or a nudge to one registration."""

    __tablename__ = "planned_mail"
    __table_args__ = (
        CheckConstraint("state in ('planned', 'done', 'dropped')", name="state"),
        Index("ix_planned_mail_due", "due_at", postgresql_where=text("state = 'planned'")),
        Index("ix_planned_mail_of_meeting", "meeting_id", "state"),
        Index("ix_planned_mail_of_registration", "registration_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    state: Mapped[str]
    meeting_id: Mapped[UUID]
    slot_id: Mapped[UUID | None]
    registration_id: Mapped[UUID | None]
    rule: Mapped[dict[str, Any]]
    due_at: Mapped[datetime]


class StalePlan(Base):
    """A meeting whose planned mails or their readers changed since MailsPlanned told of them."""

    __tablename__ = "stale_plan"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True)


class CalendarEntry(Base):
    """What stands in somebody's calendar because of us: one UID for life, a sequence that only rises."""

    __tablename__ = "calendar_entry"
    __table_args__ = (CheckConstraint("state in ('active', 'cancelled')", name="state"),)

    registration_id: Mapped[UUID] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int]
    state: Mapped[str]
    address: Mapped[str]
    # Name and address of whoever has sent it, for good; None: the network as it is.
    organizer: Mapped[dict[str, Any] | None]


class Addressee(Base):
    """Words by which the mails of one address are found."""

    __tablename__ = "addressee"
    __table_args__ = (
        Index(
            "ix_addressee_words",
            text("to_tsvector('simple', words)"),
            postgresql_using="gin",
        ),
    )

    address: Mapped[str] = mapped_column(primary_key=True)  # in lower case
    words: Mapped[str]


class ReplayedEvent(Base):
    """A fact whose effect was lost with a restore: its mails were sent already, or (not ``certain``) may have been."""

    __tablename__ = "replayed_event"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    certain: Mapped[bool]
