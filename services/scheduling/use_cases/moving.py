"""Applying an edit: what is given is set, what hangs on the beginning moves along by the clock on the wall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import object_session

from services.scheduling.domain.audience import Audience
from services.scheduling.domain.refusals import conflict, invalid, missing
from services.scheduling.domain.times import Shift
from services.scheduling.models import AgendaItem, Meeting, Slot, Venue
from services.scheduling.use_cases.facts import zone
from services.scheduling.use_cases.plans import AgendaPlan, Edit, SlotPlan, new_slot
from shared.clock import now
from shared.identifiers import new_id
from shared.language import gettext as _


def apply(meeting: Meeting, edit: Edit) -> None:
    """Change *meeting* as *edit* says. Raises RefusedError."""
    details = dict(edit.details)
    old, new = meeting.starts_at, details.get("starts_at") or meeting.starts_at
    if new != old:
        _move_along(meeting, new, details)
    if edit.agenda is not None:
        _set_agenda(meeting, edit.agenda)
    if edit.slots is not None:
        _set_slots(meeting, edit.slots)
    _add_slots(meeting, edit.more_slots)
    for slot_id, values in edit.slot_edits.items():
        _edit_slot(meeting, slot_id, values)
    if "venue_id" in details:
        meeting.venue = _known_venue(meeting, details.pop("venue_id"))
    for name, value in details.items():
        setattr(meeting, name, value)


def _known_venue(meeting: Meeting, venue_id: UUID) -> Venue:
    session = object_session(meeting)
    venue = session.get(Venue, venue_id) if session else None
    if venue is None:
        raise invalid("venue_id", _("This venue does not exist."))
    return venue


def _move_along(meeting: Meeting, new: datetime, given: Mapping[str, Any]) -> None:
    shift = Shift(old=meeting.starts_at, new=new, tz=zone(meeting))
    _start, ends_at = shift.of_span(meeting.starts_at, meeting.ends_at)
    meeting.starts_at = new
    if "ends_at" not in given:
        meeting.ends_at = ends_at
    for slot in meeting.slots:
        slot.starts_at, slot.ends_at = shift.of_span(slot.starts_at, slot.ends_at)
    for item in meeting.agenda:
        item.starts_at = shift.of(item.starts_at)
    if meeting.registration_closes_at and "registration_closes_at" not in given:
        meeting.registration_closes_at = shift.of(meeting.registration_closes_at)
    if meeting.registration_opens_at and "registration_opens_at" not in given:
        opens = shift.of(meeting.registration_opens_at)
        # What is open already stays open when the meeting moves to a later day.
        if not meeting.registration_opens_at <= now() < opens:
            meeting.registration_opens_at = opens


def _set_agenda(meeting: Meeting, plans: Sequence[AgendaPlan]) -> None:
    known = {item.id: item for item in meeting.agenda}
    items = []
    for position, plan in enumerate(plans):
        item = known.get(plan.id) if plan.id else None
        item = item or AgendaItem(id=new_id(), starts_at=meeting.starts_at)
        item.starts_at = plan.starts_at or item.starts_at
        item.position, item.title, item.speaker = position, plan.title, plan.speaker
        items.append(item)
    meeting.agenda[:] = items


def _set_slots(meeting: Meeting, plans: Sequence[SlotPlan]) -> None:
    known = {slot.id: slot for slot in meeting.slots}
    slots = []
    for plan in plans:
        slot = known.get(plan.id) if plan.id else None
        slot = slot or Slot(id=new_id(), starts_at=meeting.starts_at, ends_at=meeting.ends_at)
        slot.starts_at = plan.starts_at or slot.starts_at
        slot.ends_at = plan.ends_at or slot.ends_at
        slot.capacity, slot.label = plan.capacity, plan.label
        slots.append(slot)
    if meeting.state == "published" and known.keys() - {slot.id for slot in slots}:
        text = _(
            "A slot of a published meeting cannot be removed: somebody may be signing up for it."
        )
        raise conflict("slot-published", text, field="slots")
    meeting.slots[:] = slots


def _add_slots(meeting: Meeting, plans: Sequence[SlotPlan]) -> None:
    taken = {(slot.starts_at, slot.ends_at) for slot in meeting.slots}
    if any((plan.starts_at, plan.ends_at) in taken for plan in plans):
        raise conflict("slots-exist", _("Some of these slots exist already."), field="from")
    meeting.slots.extend(new_slot(plan) for plan in plans)


def _edit_slot(meeting: Meeting, slot_id: UUID, values: Mapping[str, Any]) -> None:
    slot = next((slot for slot in meeting.slots if slot.id == slot_id), None)
    if slot is None:
        raise missing()
    start = values.get("starts_at")
    if start and "ends_at" not in values:
        shift = Shift(old=slot.starts_at, new=start, tz=zone(meeting))
        _start, slot.ends_at = shift.of_span(slot.starts_at, slot.ends_at)
    for name, value in values.items():
        setattr(slot, name, value)


def cover(meeting: Meeting) -> None:
    """Let the use of the venue reach over the meeting and all its slots."""
    meeting.uses_from = min([meeting.starts_at, *(slot.starts_at for slot in meeting.slots)])
    meeting.uses_until = max([meeting.ends_at, *(slot.ends_at for slot in meeting.slots)])


def reached(meeting: Meeting) -> dict[UUID, Audience]:
    """Who has a living claim, by slot."""
    return {
        slot.id: Audience(mails=slot.mails or 0, calendar_entries=slot.calendar_entries or 0)
        for slot in meeting.slots
    }
