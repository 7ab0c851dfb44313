"""Puts together what a claimed mail is written from; meetings and networks are read once per revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.engine import Connection

from services.notifications.domain import clean
from services.notifications.domain.scene import (
    CONTACT,
    Claim,
    Guest,
    LinkMaker,
    Meeting,
    Network,
    Person,
    Scene,
    read_claim,
    read_meeting,
    read_person,
)
from services.notifications.models import Meeting as MeetingRow
from services.notifications.models import Network as NetworkRow
from shared.observability import get_logger

KEPT = 256

log = get_logger("notifications.mailer")


class Scenes:
    """Kept by one mailer."""

    def __init__(self, links: LinkMaker) -> None:
        self._links = links
        self._meetings: dict[tuple[UUID, int], Meeting] = {}
        self._networks: dict[tuple[UUID, int], Network] = {}

    def learn(self, connection: Connection, rows: Sequence[Any]) -> None:
        """Read the meetings and networks of *rows* that are not known in this revision."""
        unknown = self._unknown(rows)
        if not unknown:
            return
        if len(self._meetings) > KEPT:
            self._meetings.clear()
            self._networks.clear()
            unknown = self._unknown(rows)  # also those that were known until now
        query = select(
            MeetingRow.id.label("meeting_id"), MeetingRow.data, NetworkRow.__table__
        ).join(NetworkRow, NetworkRow.id == MeetingRow.network_id)
        for row in connection.execute(query.where(MeetingRow.id.in_(unknown))):
            try:
                meeting, network = read_meeting(row.data), _network(row)
            except Exception:  # its own mails cannot be written; those of others can
                log.warning("meeting_unreadable", meeting_id=str(row.meeting_id), exc_info=True)
                continue
            self._meetings[meeting.id, meeting.revision] = meeting
            self._networks[network.id, network.revision] = network

    def _unknown(self, rows: Sequence[Any]) -> set[UUID]:
        return {
            row.meeting_id
            for row in rows
            if row.meeting_id
            and (
                (row.meeting_id, row.meeting_revision) not in self._meetings
                or (row.network_id, row.network_revision) not in self._networks
            )
        }

    def scene(self, row: Any, now: datetime) -> Scene:
        """What the mail in *row* is written from."""
        meeting = self._meetings[row.meeting_id, row.meeting_revision]
        claim = read_claim(row.claim) if row.claim else None
        return Scene(
            kind=row.kind,
            now=now,
            links=self._links,
            network=self._networks[meeting.network_id, row.network_revision],
            meeting=meeting,
            claim=claim,
            person=_person(row, claim),
            guest=_guest(row),
            recipient=row.recipient,
            waiting=row.waiting,
            details=_details(row),
        )


def _details(row: Any) -> Mapping[str, Any]:
    # The sender of a calendar entry stands in the mail itself where the entry is gone.
    organizer = {"organizer": row.organizer} if row.organizer else {}
    answered = {"answered": True} if row.answer else {}
    return {**organizer, **row.details, **answered}


def _network(row: Any) -> Network:
    return Network(
        id=row.id,
        revision=row.revision,
        name=clean.one_line(row.name),
        contact_name=clean.one_line(row.contact_name),
        contact_email=row.contact_email,
        contact_phone=clean.one_line(row.contact_phone),
    )


def _person(row: Any, claim: Claim | None) -> Person | None:
    """The attendee written to; as she was, where she does not come any more."""
    if claim is None or row.person == CONTACT:
        return None
    if row.details.get("removed"):
        return read_person(row.details["removed"])
    known = {person.key: person for person in claim.attendees}
    return known.get(row.person) or Person(
        key=row.person,
        name=row.recipient_name,
        email=row.recipient,
        link_version=1,
        is_contact=False,
    )


def _guest(row: Any) -> Guest | None:
    if row.guest is None:
        return None
    return Guest(
        id=row.invitation_id,
        name=clean.name(row.guest["contact_name"]),
        company=clean.name(row.guest["company_name"]),
        link_version=row.guest["link_version"],
    )
