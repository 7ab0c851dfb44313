"""Copies of what scheduling publishes; older revisions are dropped."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import State
from services.registration.models import (
    Base,
    Coordinator,
    District,
    Meeting,
    Network,
    Registration,
    Slot,
)
from services.registration.use_cases.giving_up import end_all
from services.registration.use_cases.promotion import promote_all
from shared.events import scheduling as events


def _keep(session: Session, table: type[Base], values: dict[str, Any]) -> bool:
    """Insert or replace the row unless a newer revision is known; whether it was kept."""
    statement = insert(table).values(values)
    newer = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={name: statement.excluded[name] for name in values if name != "id"},
        where=table.__table__.c.revision < statement.excluded.revision,
    )
    kept = session.execute(newer.returning(table.__table__.c.id)).first()
    return kept is not None


def keep_network(session: Session, fact: events.NetworkSaved) -> None:
    """Copy a network with its districts."""
    values = asdict(fact)
    districts = values.pop("districts")
    values["id"] = values.pop("network_id")
    if not _keep(session, Network, values):
        return
    network = session.get_one(Network, fact.network_id, populate_existing=True)
    known = {district.id: district for district in network.districts}
    network.districts[:] = [
        _district(known.get(district["district_id"]), district) for district in districts
    ]
    session.flush()


def _district(known: District | None, values: dict[str, Any]) -> District:
    district = known or District(id=values["district_id"])
    district.name = values["name"]
    district.postcodes = values["postcodes"]
    return district


def keep_coordinator(session: Session, fact: events.CoordinatorSaved) -> None:
    """Copy a coordinator with her rights."""
    values = asdict(fact)
    values["id"] = values.pop("coordinator_id")
    _keep(session, Coordinator, values)


def keep_meeting(session: Session, fact: events.MeetingFact, now: datetime) -> None:
    """Open, adjust or close a meeting and its slots, with what that means for seats."""
    if not _keep(session, Meeting, _meeting_values(fact)):
        return
    meeting = session.get_one(Meeting, fact.meeting_id, populate_existing=True)
    _keep_slots(session, fact)
    _fit_deadlines(session, fact)
    if isinstance(fact, events.MeetingCancelled):
        end_all(session, meeting, now)
    else:
        promote_all(session, meeting, now)


def keep_meeting_alone(session: Session, fact: events.MeetingFact) -> None:
    """Copy a meeting and its slots without any consequence for seats."""
    if _keep(session, Meeting, _meeting_values(fact)):
        _keep_slots(session, fact)


def _meeting_values(fact: events.MeetingFact) -> dict[str, Any]:
    values = asdict(fact)
    for name in ("slots", "changes", "tell", "reason"):
        values.pop(name, None)
    values["id"] = values.pop("meeting_id")
    values["venue"]["venue_id"] = str(fact.venue.venue_id)
    for item in values["agenda"]:
        item["starts_at"] = item["starts_at"].isoformat()
    values["cancel_reason"] = fact.reason if isinstance(fact, events.MeetingCancelled) else ""
    return values


def _keep_slots(session: Session, fact: events.MeetingFact) -> None:
    query = select(Slot).where(Slot.meeting_id == fact.meeting_id).order_by(Slot.id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    known = {slot.id: slot for slot in session.scalars(locked)}
    closed = fact.state == "cancelled"
    for given in fact.slots:
        slot = known.pop(given.slot_id, None) or Slot(
            id=given.slot_id, meeting_id=fact.meeting_id, taken=0, waiting=0, waiting_seats=0
        )
        slot.label = given.label
        slot.starts_at = given.starts_at
        slot.ends_at = given.ends_at
        slot.capacity = given.capacity
        slot.removed, slot.closed = False, closed
        # The check constraint would refuse what promote() reports right after.
        slot.overbooked = slot.taken > slot.capacity or bool(slot.overbooked)
        session.add(slot)
    for gone in known.values():
        gone.removed, gone.closed = True, closed
    session.flush()


def _fit_deadlines(session: Session, fact: events.MeetingFact) -> None:
    """Seats are never held beyond the start; who waits for a decision keeps the claim until then."""
    pending = Registration.state == State.PENDING
    session.execute(
        update(Registration)
        .where(
            Registration.meeting_id == fact.meeting_id,
            Registration.slot_id == Slot.id,
            Registration.deadline_at.is_not(None),
            or_(pending, Registration.deadline_at > Slot.starts_at),
        )
        .values(deadline_at=Slot.starts_at)
        .execution_options(synchronize_session=False)
    )
