"""Coordinators, their sign-ins, API tokens, and the memory of failed sign-ins."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.scheduling.models.base import Base, Created, Id
from services.scheduling.models.networks import Network
from shared.identifiers import new_id

coordinator_network = Table(
    "coordinator_network",
    Base.metadata,
    Column("coordinator_id", ForeignKey("coordinator.id", ondelete="CASCADE"), primary_key=True),
    Column("network_id", ForeignKey("network.id", ondelete="CASCADE"), primary_key=True),
)


class Coordinator(Base):
    """Somebody who plans meetings. Sign-ins and tokens of an older epoch are refused."""

    __tablename__ = "coordinator"
    __table_args__ = (
        CheckConstraint("role in ('admin', 'coordinator', 'viewer')", name="role"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[Id]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    language: Mapped[str] = mapped_column(default="de")
    password_hash: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    epoch: Mapped[int] = mapped_column(default=1)
    revision: Mapped[int] = mapped_column(default=0)
    # One password link works at a time: setting a password raises the version and ends the secret.
    link_version: Mapped[int] = mapped_column(default=1)
    link_secret: Mapped[str | None]
    link_expires_at: Mapped[datetime | None]
    link_asked_at: Mapped[datetime | None]
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("coordinator.id"))
    created_at: Mapped[Created]
    last_login_at: Mapped[datetime | None]

    networks: Mapped[list[Network]] = relationship(
        secondary=coordinator_network, order_by=Network.name
    )
    tokens: Mapped[list[ApiToken]] = relationship(order_by="ApiToken.created_at.desc()")
    successor: Mapped[Coordinator | None] = relationship(remote_side="Coordinator.id")


class LoginSession(Base):
    """One sign-in; the cookie carries the secret, the table only its hash."""

    __tablename__ = "login_session"

    # Names it on pages.
    id: Mapped[UUID] = mapped_column(
        unique=True, default=new_id, server_default=text("gen_random_uuid()")
    )
    hash: Mapped[str] = mapped_column(primary_key=True)
    coordinator_id: Mapped[UUID] = mapped_column(
        ForeignKey("coordinator.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[Created]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    device: Mapped[str]

    coordinator: Mapped[Coordinator] = relationship()


class ApiToken(Base):
    """A token for programs; its text was shown once and is not kept."""

    __tablename__ = "api_token"
    __table_args__ = (
        Index(
            "ix_api_token_revoked",
            "coordinator_id",
            postgresql_where=text("revoked_at is not null"),
        ),
    )

    id: Mapped[Id]
    coordinator_id: Mapped[UUID] = mapped_column(
        ForeignKey("coordinator.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    created_at: Mapped[Created]
    revoked_at: Mapped[datetime | None]


class LoginThrottle(Base):
    """Failed sign-ins by address and place; makes the next try wait, never locks."""

    __tablename__ = "login_throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime] = mapped_column(index=True)
