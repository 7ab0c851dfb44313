"""Second factors of accounts: the shared secret of a code app, and recovery codes."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.scheduling.models.base import Base, Created


class SecondFactor(Base):
    """The secret that an account shares with a code app; in force once a first code was typed."""

    __tablename__ = "second_factor"

    coordinator_id: Mapped[UUID] = mapped_column(
        ForeignKey("coordinator.id", ondelete="CASCADE"), primary_key=True
    )
    secret: Mapped[str]  # encrypted: a dump of the database alone opens nothing
    created_at: Mapped[Created]
    confirmed_at: Mapped[datetime | None]
    # The newest step of time whose code was used; no code of it or an older one counts again.
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """A code for the day on which the app is lost; each works once, only its hash is kept."""

    __tablename__ = "recovery_code"

    hash: Mapped[str] = mapped_column(primary_key=True)
    coordinator_id: Mapped[UUID] = mapped_column(
        ForeignKey("coordinator.id", ondelete="CASCADE"), index=True
    )
    used_at: Mapped[datetime | None]
