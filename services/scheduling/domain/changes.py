"""What an edit changed, and who must be told of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

# Whoever has a claim must know of these; everything else is silent unless asked for. People come to a slot: the
# meeting's own beginning and end concern them where they move the slot, and then this is named as well.
MATERIAL = frozenset({"venue", "room", "slot"})


@dataclass(frozen=True)
class Change:
    """One thing before and after, as text."""

    field: str
    before: str
    after: str
    slot_id: UUID | None = None

    @property
    def material(self) -> bool:
        """Whether those with a living claim must know."""
        return self.field in MATERIAL

    def concerns(self, slot_id: UUID) -> bool:
        """Whether those with a living claim on this slot must know."""
        return self.material and self.slot_id in (None, slot_id)


@dataclass(frozen=True)
class SlotPicture:
    """A slot as it was at one moment."""

    label: str
    starts_at: datetime
    ends_at: datetime
    capacity: int


@dataclass(frozen=True)
class Picture:
    """A meeting as it was at one moment: plain fields as text, times as moments, slots by id."""

    texts: Mapping[str, str]
    times: Mapping[str, datetime | None]
    slots: Mapping[UUID, SlotPicture]


def changes_between(before: Picture, after: Picture, tz: ZoneInfo) -> list[Change]:
    """What differs, times first; times in RFC 3339 with the offset of the place."""
    return [
        *_time_changes(before, after, tz),
        *_text_changes(before, after),
        *_slot_changes(before, after, tz),
    ]


def _time_changes(before: Picture, after: Picture, tz: ZoneInfo) -> Iterator[Change]:
    for name, new in after.times.items():
        old = before.times.get(name)
        if old != new:
            yield Change(name, _text(old, tz), _text(new, tz))


def _text_changes(before: Picture, after: Picture) -> Iterator[Change]:
    for name, new in after.texts.items():
        old = before.texts.get(name, "")
        if old != new:
            yield Change(name, old, new)


def _slot_changes(before: Picture, after: Picture, tz: ZoneInfo) -> Iterator[Change]:
    for slot_id, old in before.slots.items():
        new = after.slots.get(slot_id)
        if new is None:
            yield Change("slot_removed", _span(old, tz), "", slot_id)
            continue
        if (old.starts_at, old.ends_at) != (new.starts_at, new.ends_at):
            yield Change("slot", _span(old, tz), _span(new, tz), slot_id)
        if old.label != new.label:
            yield Change("slot_label", old.label, new.label, slot_id)
        if old.capacity != new.capacity:
            yield Change("slot_capacity", str(old.capacity), str(new.capacity), slot_id)
    for slot_id in after.slots.keys() - before.slots.keys():
        yield Change("slot_added", "", _span(after.slots[slot_id], tz), slot_id)


def _text(moment: datetime | None, tz: ZoneInfo) -> str:
    return moment.astimezone(tz).isoformat() if moment else ""


def _span(slot: SlotPicture, tz: ZoneInfo) -> str:
    return f"{_text(slot.starts_at, tz)}/{_text(slot.ends_at, tz)}"
