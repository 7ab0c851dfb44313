"""Companies and the people who answer for them, as they are recognised again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.registration.models.base import Base, Identifier


class Company(Base):
    """The participant. ``name_key`` is the normalised name, ``sort_key`` sorts ä as a."""

    __tablename__ = "company"
    __table_args__ = (UniqueConstraint("name_key", "postcode"),)

    id: Mapped[Identifier]
    name: Mapped[str]
    name_key: Mapped[str]
    sort_key: Mapped[str] = mapped_column(index=True)
    postcode: Mapped[str]
    district: Mapped[str]
    created_at: Mapped[datetime]


class CompanyDomain(Base):
    """A company's own mail domain, known since a sign-up from it was verified; never a public provider's."""

    __tablename__ = "company_domain"

    domain: Mapped[str] = mapped_column(primary_key=True)
    company_id: Mapped[UUID] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    verified_at: Mapped[datetime]


class Contact(Base):
    """A person who answers for a company; found by the normalised address (none where there is no address)."""

    __tablename__ = "contact"

    id: Mapped[Identifier]
    company_id: Mapped[UUID] = mapped_column(ForeignKey("company.id"), index=True)
    name: Mapped[str]
    email: Mapped[str | None]
    email_key: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str]
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
