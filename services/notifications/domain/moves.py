"""What a change of a meeting means for somebody in one of its slots."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.notifications.domain.letters.meetings import PLACE, ROOM, TIME
from services.notifications.domain.scene import Meeting

# (field, slot or None) as the fact names them.
Named = tuple[str, UUID | None]
WHERE = {"venue", "room"}


def changed_fields(
    before: Meeting | None, after: Meeting, *, slot_id: UUID, named: Iterable[Named]
) -> list[str]:
    """What somebody in the slot must be told: time, place, room.

    Decided by comparison with what was told before, so that a fact that never came is not missed; the
    names in the fact add what comparison cannot see (how one gets in was corrected).
    """
    names = set(named)
    fields = []
    if _time_changed(before, after, slot_id=slot_id, names=names):
        fields.append(TIME)
    words = {name for name, _ in names}
    place_changed = before is not None and before.place.building != after.place.building
    if place_changed or "venue" in words:
        fields.append(PLACE)
    elif "room" in words or (before is not None and before.place.room != after.place.room):
        fields.append(ROOM)
    return fields


def is_seen_by_comparison(named: Iterable[Named], *, slot_id: UUID) -> bool:
    """Whether somebody in the slot is told of what the names say when the meeting is compared with before."""
    return any(name in WHERE or (name, slot) == ("slot", slot_id) for name, slot in named)


def _time_changed(
    before: Meeting | None, after: Meeting, *, slot_id: UUID, names: set[Named]
) -> bool:
    if before is None:
        return ("slot", slot_id) in names
    old, new = before.slot(slot_id), after.slot(slot_id)
    return (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at)
