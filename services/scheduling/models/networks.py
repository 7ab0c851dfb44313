"""Networks with districts and series, and venues."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import Text

from services.scheduling.models.base import Base, Created, Id


class Network(Base):
    """A group of districts with its companies and coordinators; the unit of access rights."""

    __tablename__ = "network"

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="de")
    time_zone: Mapped[str] = mapped_column(default="Europe/Berlin")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    districts: Mapped[list[District]] = relationship(
        order_by="District.position", cascade="all, delete-orphan", back_populates="network"
    )
    series: Mapped[list[Series]] = relationship(order_by="Series.name.desc()")
    venues: Mapped[list[Venue]] = relationship(order_by="Venue.name", back_populates="network")


class District(Base):
    """A Stadtbezirk; a postcode may lie in several of them."""

    __tablename__ = "district"

    id: Mapped[Id]
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    name: Mapped[str]
    postcodes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)

    network: Mapped[Network] = relationship(back_populates="districts")


class Series(Base):
    """The dates of a year that belong together."""

    __tablename__ = "series"
    __table_args__ = (UniqueConstraint("network_id", "name"),)

    id: Mapped[Id]
    network_id: Mapped[UUID] = mapped_column(ForeignKey("network.id", ondelete="CASCADE"))
    name: Mapped[str]


class Venue(Base):
    """A place that can host one thing at a time."""

    __tablename__ = "venue"

    id: Mapped[Id]
    network_id: Mapped[UUID] = mapped_column(
        ForeignKey("network.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str]
    street: Mapped[str]
    postcode: Mapped[str]
    city: Mapped[str]
    room: Mapped[str] = mapped_column(default="")
    arrival_note: Mapped[str] = mapped_column(default="")
    accessibility: Mapped[str] = mapped_column(default="")
    contact_name: Mapped[str] = mapped_column(default="")
    contact_email: Mapped[str] = mapped_column(default="")
    contact_phone: Mapped[str] = mapped_column(default="")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[Created]

    network: Mapped[Network] = relationship(back_populates="venues")
