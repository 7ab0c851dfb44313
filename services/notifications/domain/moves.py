"""What a change of a meeting means for somebody in one of its slots."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from services.notifications.domain.letters.meetings import PLACE, ROOM, TIME
from services.notifications.domain.scene import Meeting

# (field, slot or None) as the fact names them.
Named = tuple[str, UUID | None]
TIMES = {"starts_at", "ends_at"}


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


def is_seen_by_comparison(named: Iterable[Named]) -> bool:
    """Whether what the names say shows when the meeting is compared with what was told before."""
    return bool({name for name, _ in named} & (TIMES | {"slot", "venue", "room"}))


def _time_changed(
    before: Meeting | None, after: Meeting, *, slot_id: UUID, names: set[Named]
) -> bool:
    if before is None:
        of_slot = any(name in TIMES | {"slot"} and slot == slot_id for name, slot in names)
        return of_slot or any(name in TIMES and slot is None for name, slot in names)
    old, new = before.slot(slot_id), after.slot(slot_id)
    return (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at)
