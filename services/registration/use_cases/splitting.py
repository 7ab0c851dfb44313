"""Parting a claim: a group that comes with fewer now, the rest as a linked claim that joins later."""

from __future__ import annotations

from sqlalchemy import select

from services.registration.domain.lifecycle import Reason, State
from services.registration.models import Registration
from services.registration.use_cases.claims import (
    Place,
    position,
    resize,
)
from services.registration.use_cases.facts import record
from shared.events import registration as events
from shared.identifiers import new_id

COPIED = [
    "network_id",
    "meeting_id",
    "meeting_revision",
    "slot_id",
    "company_id",
    "contact_id",
    "company_name",
    "company_sort",
    "postcode",
    "district",
    "contact_name",
    "email",
    "email_key",
    "phone",
    "signed_up_at",
    "verified_at",
    "proved_version",
    "link_version",
    "language",
    "accepts_fewer",
    "on_behalf",
    "note",
    "notice_version",
]


def waiting_beside(place: Place, claim: Registration) -> list[Registration]:
    """The claims for additional seats that *claim* waits for, locked, by rank."""
    query = (
        select(Registration)
        .where(Registration.linked_to == claim.id, Registration.state == State.WAITLISTED)
        .order_by(Registration.rank, Registration.id)
        .with_for_update(key_share=True)
    )
    return list(place.session.scalars(query.execution_options(populate_existing=True)))


def new_linked(place: Place, main: Registration, *, seats: int, reason: Reason) -> Registration:
    """A waitlisted claim of *seats* that belongs to *main*, counted, without attendees, not yet recorded."""
    linked = Registration(
        **{name: getattr(main, name) for name in COPIED},
        id=new_id(),
        state=str(State.WAITLISTED),
        seats=seats,
        rank=main.rank,
        reason=str(reason),
        state_changed_at=place.now,
        linked_to=main.linked_to or main.id,
        revision=0,
        answers={},
        hint="",
        attendees=[],
    )
    if main.linked_to is None:
        main.linked_count += 1
    if reason != Reason.COMPANY_CAP:
        place.slot.waiting += 1
        place.slot.waiting_seats += seats
    place.session.add(linked)
    return linked


def split_off(place: Place, main: Registration, *, seats: int, reason: Reason) -> Registration:
    """Take the last *seats* of *main* into a linked, waitlisted claim; the main claim keeps the others."""
    keeping = main.seats - seats
    leaving = list(main.attendees)[keeping:]
    resize(place, main, keeping)
    linked = new_linked(place, main, seats=seats, reason=reason)
    place.session.flush()
    for place_in_row, attendee in enumerate(leaving, 1):
        attendee.registration_id = linked.id
        attendee.position = place_in_row
    place.session.flush()
    place.session.expire(main, ["attendees"])
    place.session.expire(linked, ["attendees"])
    record_linked(place, linked)
    return linked


def record_linked(place: Place, linked: Registration) -> None:
    """Tell that additional seats are waited for."""
    ahead = position(place, linked)
    record(place.session, events.RegistrationWaitlisted, linked, previous="", position=ahead)


__all__ = ["new_linked", "record_linked", "split_off", "waiting_beside"]
