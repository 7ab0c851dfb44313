"""Who is told of a change: numbers for the notice before saving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.scheduling.domain.changes import Change


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
    """A mail to everybody whom a change concerns, or to all if *notify*; only entries of those concerned move."""
    concerned = [
        numbers
        for slot_id, numbers in by_slot.items()
        if any(change.concerns(slot_id) for change in changes)
    ]
    told = total(by_slot.values() if notify else concerned)
    return Audience(mails=told.mails, calendar_entries=total(concerned).calendar_entries)


def total(parts: Iterable[Audience]) -> Audience:
    """All of them together."""
    known = list(parts)
    return Audience(
        mails=sum(part.mails for part in known),
        calendar_entries=sum(part.calendar_entries for part in known),
    )
