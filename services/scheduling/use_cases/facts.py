"""The facts about networks and meetings, made from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.scheduling.domain.changes import Change, Picture, SlotPicture
from services.scheduling.models import Meeting, Network
from shared.clock import now
from shared.events import scheduling as facts
from shared.messaging import outbox


def zone(meeting: Meeting) -> ZoneInfo:
    """The clock of the place."""
    return ZoneInfo(meeting.time_zone)


def network_saved(session: Session, network: Network) -> None:
    """Tell the others of *network* as it is now."""
    network.revision += 1
    districts = [
        facts.District(district_id=d.id, name=d.name, postcodes=list(d.postcodes))
        for d in network.districts
    ]
    fact = facts.NetworkSaved(
        revision=network.revision,
        network_id=network.id,
        slug=network.slug,
        name=network.name,
        language=network.language,
        time_zone=network.time_zone,
        contact_name=network.contact_name,
        contact_email=network.contact_email,
        contact_phone=network.contact_phone,
        districts=districts,
    )
    session.flush()
    outbox.record(session, fact)


def meeting_published(session: Session, meeting: Meeting) -> None:
    """The meeting can be booked from now on."""
    outbox.record(session, facts.MeetingPublished(**_told(meeting)))


def meeting_changed(
    session: Session, meeting: Meeting, changes: Sequence[Change], *, notify: bool = False
) -> None:
    """The published meeting is different now; whom a change concerns is told of it, and everybody if *notify*."""
    told = [
        facts.Change(field=c.field, before=c.before, after=c.after, slot_id=c.slot_id)
        for c in changes
    ]
    outbox.record(session, facts.MeetingChanged(**_told(meeting), changes=told, tell=notify))


def meeting_cancelled(session: Session, meeting: Meeting) -> None:
    """The published meeting will not take place."""
    outbox.record(session, facts.MeetingCancelled(**_told(meeting), reason=meeting.cancel_reason))


def _told(meeting: Meeting) -> dict[str, Any]:
    meeting.revision += 1
    meeting.updated_at = now()
    plain = (
        *(
            "network_id",
            "slug",
            "state",
            "title",
            "description",
            "focus_topic",
            "starts_at",
            "ends_at",
        ),
        *("time_zone", "admission", "registration_opens_at", "registration_closes_at"),
        *("seats_per_company", "approval", "waitlist", "revision"),
    )
    return {
        "meeting_id": meeting.id,
        **{name: getattr(meeting, name) for name in plain},
        "venue": _venue(meeting),
        "agenda": [
            facts.AgendaItem(starts_at=item.starts_at, title=item.title, speaker=item.speaker)
            for item in meeting.agenda
        ],
        "slots": [
            facts.Slot(
                slot_id=slot.id,
                label=slot.label,
                starts_at=slot.starts_at,
                ends_at=slot.ends_at,
                capacity=slot.capacity,
            )
            for slot in sorted(
                meeting.slots, key=lambda slot: (slot.starts_at, slot.label, slot.id)
            )
        ],
    }


def _venue(meeting: Meeting) -> facts.Venue:
    venue = meeting.venue
    return facts.Venue(
        venue_id=venue.id,
        name=venue.name,
        street=venue.street,
        postcode=venue.postcode,
        city=venue.city,
        room=meeting.place,
        arrival_note=venue.arrival_note,
        accessibility=venue.accessibility,
    )


def picture(meeting: Meeting) -> Picture:
    """The meeting as it is now, for comparing."""
    venue = meeting.venue
    tz = zone(meeting)
    agenda = "\n".join(
        f"{item.starts_at.astimezone(tz):%H:%M} {item.title} {item.speaker}".strip()
        for item in sorted(meeting.agenda, key=lambda item: (item.starts_at, item.position))
    )
    texts = {
        "venue": f"{venue.name}, {venue.street}, {venue.postcode} {venue.city}",
        "room": meeting.place,
        "arrival_note": venue.arrival_note,
        "accessibility": venue.accessibility,
        "time_zone": meeting.time_zone,
        "agenda": agenda,
        "seats_per_company": str(meeting.seats_per_company or ""),
        "approval": "yes" if meeting.approval else "no",
    }
    for name in ("title", "description", "focus_topic", "slug", "admission", "waitlist"):
        texts[name] = getattr(meeting, name)
    times = ("starts_at", "ends_at", "registration_opens_at", "registration_closes_at")
    return Picture(
        texts=texts,
        times={name: getattr(meeting, name) for name in times},
        slots={
            slot.id: SlotPicture(slot.label, slot.starts_at, slot.ends_at, slot.capacity)
            for slot in meeting.slots
        },
    )
