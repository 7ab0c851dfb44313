"""The telephone number for pages on which something went wrong."""

from __future__ import annotations

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.notifications.models import Meeting, Network
from shared.identifiers import parse_id


def telephone(session: Session, named: str | None) -> str | None:
    """The number of the network that *named* is the id of, or a meeting of it, else of the first with one."""
    phones = select(Network.contact_phone).where(Network.contact_phone != "")
    if named and (identifier := parse_id(named)):
        of_meeting = select(Meeting.network_id).where(Meeting.id == identifier)
        meant = phones.where(or_(Network.id == identifier, Network.id.in_(of_meeting)))
        if found := session.scalar(meant):
            return found
    return session.scalar(phones.order_by(Network.name).limit(1))
