"""Registrations with their attendees, check-ins, repeated sign-ups and idempotency keys."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from services.registration.models.base import Base, Identifier
from services.registration.models.conditions import LIVING
from services.registration.models.meetings import Meeting, Slot


class Registration(Base):
    """A company's claim on seats of one slot.

    Company and contact stand here as they were typed in; ``company_id`` and ``contact_id`` are whom we
    recognised. ``rank`` is the order of first submission within the slot.
    """

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("seats > 0", name="seats"),
        # One living claim per address and slot; a linked claim belongs to another one.
        Index(
            "uq_registration_living",
            "slot_id",
            "email_key",
            unique=True,
            postgresql_where=text(f"{LIVING} and linked_to is null"),
        ),
        Index(
            "ix_registration_rank", "slot_id", "rank", postgresql_where=text("state = 'waitlisted'")
        ),
        Index(
            "ix_registration_deadline",
            "deadline_at",
            postgresql_where=text("deadline_at is not null"),
        ),
        Index("ix_registration_of_meeting", "meeting_id", "company_sort", "id"),
        Index("ix_registration_of_network", "network_id", "id"),
        Index("ix_registration_of_company", "company_id", "meeting_id"),
        Index(
            "ix_registration_linked_to", "linked_to", postgresql_where=text("linked_to is not null")
        ),
        Index("ix_registration_search", "search", postgresql_using="gin"),
        # Coordinators' lists: by state, by slot, by what happened last; and the few that need a person.
        Index(
            "ix_registration_by_state",
            "meeting_id",
            "state",
            "company_sort",
            "id",
            postgresql_include=["seats"],  # to count seats without looking at each row
        ),
        Index("ix_registration_of_slot", "slot_id", "company_sort", "id"),
        Index("ix_registration_news", "meeting_id", "state_changed_at"),
        Index(
            "ix_registration_pending",
            "network_id",
            "id",
            postgresql_where=text("state = 'pending_approval'"),
        ),
        Index("ix_registration_doubtful", "network_id", "id", postgresql_where=text("hint <> ''")),
        Index(
            "ix_registration_unconfirmed",
            "slot_id",
            "origin",
            postgresql_where=text("origin <> ''"),
        ),
    )

    id: Mapped[Identifier]
    network_id: Mapped[UUID]
    meeting_id: Mapped[UUID] = mapped_column(ForeignKey("meeting.id"))
    # The meeting as they saw it when they signed up: what changed since is told, whatever overtakes what.
    meeting_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("slot.id"))
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"))
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contact.id"))
    company_name: Mapped[str]
    company_sort: Mapped[str]
    postcode: Mapped[str]
    district: Mapped[str]
    contact_name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(index=True)
    phone: Mapped[str]

    state: Mapped[str]
    seats: Mapped[int]
    rank: Mapped[int] = mapped_column(Integer)
    # One of lifecycle.Reason, or a coordinator's own words about a declined one.
    reason: Mapped[str] = mapped_column(default="", server_default="")
    signed_up_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    # By the link of which version the person proved the address herself; an address corrected since has another.
    proved_version: Mapped[int | None]
    # Until when an unverified claim stands: seats held, or the place in the list kept.
    deadline_at: Mapped[datetime | None]
    state_changed_at: Mapped[datetime]
    link_version: Mapped[int] = mapped_column(default=1, server_default="1")
    revision: Mapped[int] = mapped_column(default=1, server_default="1")
    if TYPE_CHECKING:
        # Grows with every change of this row or of the additional seats beside it; read on demand.
        revision_of_all: Mapped[int]
    language: Mapped[str]
    accepts_fewer: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    on_behalf: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    note: Mapped[str] = mapped_column(default="", server_default="")  # coordinators' own
    hint: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # doubt about the company, for coordinators
    notice_version: Mapped[str] = mapped_column(
        default="", server_default=""
    )  # privacy notice that was shown
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    invitation_id: Mapped[UUID | None]
    linked_to: Mapped[UUID | None]
    # How many claims for additional seats were ever made beside this one: who confirms compares it.
    linked_count: Mapped[int] = mapped_column(default=0, server_default="0")
    # From which network an unconfirmed sign-up came, as a word that tells nothing else; "" once confirmed.
    origin: Mapped[str] = mapped_column(default="", server_default="")
    # When links were mailed again on request, lately.
    link_requests: Mapped[list[datetime]] = mapped_column(
        ARRAY(DateTime(timezone=True)), default=list, server_default="{}"
    )
    # When its people were given addresses after signing up, lately, one for each.
    new_addresses: Mapped[list[datetime]] = mapped_column(
        ARRAY(DateTime(timezone=True)), default=list, server_default="{}"
    )
    # Since when nothing in it tells of a person: the clock ran out, or somebody asked for it.
    erased_at: Mapped[datetime | None]
    search: Mapped[Any] = mapped_column(TSVECTOR, deferred=True, nullable=True)

    attendees: Mapped[list[Attendee]] = relationship(
        order_by="Attendee.position", cascade="all, delete-orphan", passive_deletes=True
    )
    meeting: Mapped[Meeting] = relationship(viewonly=True)
    slot: Mapped[Slot] = relationship(viewonly=True)
    # Claims for additional seats, by rank.
    waiting: Mapped[list[Registration]] = relationship(
        primaryjoin="and_(Registration.id == remote(foreign(Registration.linked_to)),"
        " remote(Registration.state) == 'waitlisted')",
        order_by="Registration.rank, Registration.id",
        viewonly=True,
    )

    @property
    def waiting_for(self) -> int:
        """Additional seats that it waits for."""
        return sum(linked.seats for linked in self.waiting)

    @property
    def people(self) -> list[Attendee]:
        """Everybody who is to come: who has a seat, then who waits for one."""
        waiting = (person for linked in self.waiting for person in linked.attendees)
        return [*self.attendees, *waiting]

    @property
    def address_is_proved(self) -> bool:
        """Whether the person at its address confirmed it herself; nobody else's word counts."""
        return self.proved_version == self.link_version

    @property
    def held_until(self) -> datetime | None:
        """Until when its seats are held; None unless it is held."""
        return self.deadline_at if self.state == "held" else None


_part = Registration.__table__.alias("part")
Registration.revision_of_all = column_property(
    select(func.sum(_part.c.revision))
    .where(or_(_part.c.id == Registration.id, _part.c.linked_to == Registration.id))
    .scalar_subquery(),
    deferred=True,
)


class Attendee(Base):
    """A named person on a seat; ``N. N.`` where the name follows later."""

    __tablename__ = "attendee"

    id: Mapped[Identifier]
    registration_id: Mapped[UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str]
    email: Mapped[str | None]
    is_contact: Mapped[bool]
    link_version: Mapped[int] = mapped_column(default=1, server_default="1")
    # Set when the person has come.
    checked_in_at: Mapped[datetime | None]
    checked_in_by: Mapped[UUID | None]


class RepeatedSignUp(Base):
    """What a page after signing up shows where it does not show a claim, so that all of them work alike.

    Somebody signed up again with a known address, or corrected the address of a sign-up.
    """

    __tablename__ = "repeated_sign_up"

    id: Mapped[Identifier]
    registration_id: Mapped[UUID] = mapped_column(
        ForeignKey("registration.id", ondelete="CASCADE"), index=True
    )
    shown: Mapped[dict[str, Any]]  # state, seats, held_until, email as the page shows them
    wish: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(index=True)
    # Whether the claim is the visitor's own; else it is that of the address's owner.
    own: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    # A correction: the claim or repeated sign-up with whose page it began.
    first_id: Mapped[UUID | None] = mapped_column(index=True)


class IdempotencyKey(Base):
    """The answer that was given to an unsafe call, for its repetition."""

    __tablename__ = "idempotency_key"

    key: Mapped[str] = mapped_column(primary_key=True)
    body_hash: Mapped[str]
    answer: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


class LegalText(Base):
    """Imprint, privacy or accessibility as the operator wrote it; blank lines part paragraphs, # heads them."""

    __tablename__ = "legal_text"

    page: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[str]
    updated_at: Mapped[datetime]
    updated_by: Mapped[UUID | None]


class ErasureRequest(Base):
    """Somebody's data were erased; when each other service said that it had done so."""

    __tablename__ = "erasure_request"
    __table_args__ = (CheckConstraint("asked_by in ('person', 'coordinator')", name="asked_by"),)

    id: Mapped[Identifier]
    asked_by: Mapped[str]
    coordinator_id: Mapped[UUID | None]
    erased_at: Mapped[datetime]
    scheduling_at: Mapped[datetime | None]
    notifications_at: Mapped[datetime | None]
