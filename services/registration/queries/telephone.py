"""The telephone number for pages on which something went wrong."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.registration.models import Meeting, Network, Slot
from shared.identifiers import parse_id


def telephone(session: Session, slug: str | None) -> str | None:
    """The number of the network whose page, meeting or slot *slug* names, else of the first network with one."""
    phones = select(Network.contact_phone).where(Network.contact_phone != "")
    if slug:
        identifier = parse_id(slug)
        by_id = or_(Meeting.id == identifier, Meeting.slots.any(Slot.id == identifier))
        of_meeting = select(Meeting.network_id).where(by_id if identifier else Meeting.slug == slug)
        named = phones.where((Network.slug == slug) | Network.id.in_(of_meeting)).limit(1)
        if found := session.scalar(named):
            return found
    return session.scalar(phones.order_by(Network.name).limit(1))
