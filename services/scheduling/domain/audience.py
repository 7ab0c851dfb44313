"""Who is told of a change: numbers for the notice before saving."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.changes import Change

MOVES_EVERYBODY = frozenset({"starts_at", "ends_at", "venue", "room"})


@dataclass(frozen=True, kw_only=True)
class Audience:
    """How many mails go out and how many calendar entries move."""

    mails: int
    calendar_entries: int

    def __bool__(self) -> bool:
        return self.mails > 0


def audience(
    changes: Sequence[Change], by_slot: Mapping[UUID, Audience], *, notify: bool = False
) -> Audience:
    """Everybody where the meeting itself moves or *notify*; else those of the slots that move."""
    if notify or any(change.field in MOVES_EVERYBODY for change in changes):
        slots = list(by_slot.values())
    else:
        moved = {change.slot_id for change in changes if change.field == "slot"}
        slots = [numbers for slot_id, numbers in by_slot.items() if slot_id in moved]
    return Audience(
        mails=sum(slot.mails for slot in slots),
        calendar_entries=sum(slot.calendar_entries for slot in slots),
    )
