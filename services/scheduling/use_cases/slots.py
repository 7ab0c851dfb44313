"""Slots: edited one by one, or generated in a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.scheduling import queries
from services.scheduling.domain.refusals import invalid
from services.scheduling.domain.slots import (
    MAX_SLOTS,
    Pattern,
    TooManySlotsError,
    Window,
    windows,
)
from services.scheduling.models import Slot
from services.scheduling.use_cases.meetings import Outcome, edit_meeting
from services.scheduling.use_cases.plans import Edit, SlotPlan
from shared.language import gettext as _
from shared.scope import Scope


def edit_slot(
    session: Session, scope: Scope, slot_id: UUID, *, revision: int | None = None, **values: Any
) -> tuple[Slot, Outcome]:
    """Edit what is given; a new beginning moves the end along.

    Raises RefusedError, among others if *revision* of the meeting is given and somebody else has edited meanwhile.
    """
    meeting_id, edit = (
        queries.slot(session, scope, slot_id).meeting_id,
        Edit(slot_edits={slot_id: values}),
    )
    outcome = edit_meeting(session, scope, meeting_id, edit, revision=revision)
    return next(slot for slot in outcome.meeting.slots if slot.id == slot_id), outcome


def planned_windows(pattern: Pattern) -> list[Window]:
    """What the generator would make. Raises RefusedError where it is nothing or too much."""
    if pattern.until <= pattern.starts_at:
        raise invalid("until", _("The end must be after the beginning."))
    try:
        found = windows(pattern)
    except TooManySlotsError as error:
        text = _("This would be more than %(most)s slots.", most=MAX_SLOTS)
        raise invalid("duration_minutes", text) from error
    if not found:
        raise invalid("until", _("Not a single slot fits into this time."))
    return found


def generate_slots(
    session: Session,
    scope: Scope,
    meeting_id: UUID,
    pattern: Pattern,
    *,
    capacity: int,
    replace: bool = False,
) -> Sequence[Slot]:
    """Add a row of slots to the meeting, or put it in the place of those that are there.

    Raises RefusedError, also where one of them exists already, or where a published one would be replaced.
    """
    found = planned_windows(pattern)
    more = [
        SlotPlan(starts_at=window.starts_at, ends_at=window.ends_at, capacity=capacity)
        for window in found
    ]
    outcome = edit_meeting(
        session, scope, meeting_id, Edit(more_slots=more, slots=() if replace else None)
    )
    # No slot had one of these times before.
    times = {(window.starts_at, window.ends_at) for window in found}
    made = (slot for slot in outcome.meeting.slots if (slot.starts_at, slot.ends_at) in times)
    return sorted(made, key=lambda slot: slot.starts_at)
