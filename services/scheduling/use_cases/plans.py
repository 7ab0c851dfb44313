"""What a meeting shall be: the input of creating and editing, and the rules it must meet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from services.scheduling.domain.refusals import invalid
from services.scheduling.domain.slots import MAX_SLOTS
from services.scheduling.models import Meeting, Slot
from shared.identifiers import new_id, parse_id
from shared.language import gettext as _

LONGEST = timedelta(days=14)
# A slot farther from its meeting than this is a slip of the pen.
FARTHEST_SLOT = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class AgendaPlan:
    """A programme point. Without a time it keeps that of the point ``id``, moved with the meeting."""

    title: str
    starts_at: datetime | None
    speaker: str = ""
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SlotPlan:
    """A slot. Without times it keeps those of the slot ``id``, moved with the meeting."""

    capacity: int
    starts_at: datetime | None
    ends_at: datetime | None
    label: str = ""
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Edit:
    """What shall be different; what is left out stays, or moves along with ``starts_at``.

    ``details`` are columns of the meeting; ``agenda`` and ``slots`` whole lists; ``slot_edits`` columns by slot;
    ``more_slots`` stand beside those that are there.
    """

    details: Mapping[str, Any] = field(default_factory=dict)
    agenda: Sequence[AgendaPlan] | None = None
    slots: Sequence[SlotPlan] | None = None
    slot_edits: Mapping[UUID, Mapping[str, Any]] = field(default_factory=dict)
    more_slots: Sequence[SlotPlan] = ()

    @property
    def may_widen(self) -> bool:
        """Whether the meeting may use its venue at another time afterwards."""
        times = self.details.keys() & {"starts_at", "ends_at"}
        return bool(times or self.slots or self.slot_edits or self.more_slots)

    notify: bool = False


def new_slot(plan: SlotPlan) -> Slot:
    """A slot as planned."""
    return Slot(
        id=new_id(),
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        capacity=plan.capacity,
        label=plan.label,
    )


def check(meeting: Meeting) -> None:
    """Raises RefusedError at the field that cannot be."""
    if meeting.ends_at <= meeting.starts_at:
        raise invalid("ends_at", _("The end must be after the beginning."))
    if meeting.ends_at - meeting.starts_at > LONGEST:
        raise invalid("ends_at", _("A meeting can last 14 days at most."))
    _check_registration_period(meeting)
    if len(meeting.slots) > MAX_SLOTS:
        raise invalid("slots", _("A meeting can have %(most)s slots at most.", most=MAX_SLOTS))
    for number, slot in enumerate(meeting.slots):
        _check_slot(meeting, slot, number)


def check_slug(slug: str) -> None:
    """A slug must not look like an id, because addresses take both."""
    if parse_id(slug):
        raise invalid("slug", _("Please choose words for the address."))


def _check_registration_period(meeting: Meeting) -> None:
    opens, closes = meeting.registration_opens_at, meeting.registration_closes_at
    if opens and closes and closes <= opens:
        raise invalid("registration_closes_at", _("Registration must close after it opens."))
    if closes and closes > meeting.ends_at:
        raise invalid(
            "registration_closes_at", _("Registration must close before the meeting is over.")
        )
    if opens and opens >= meeting.ends_at:
        raise invalid(
            "registration_opens_at", _("Registration must open before the meeting is over.")
        )


def _check_slot(meeting: Meeting, slot: Slot, number: int) -> None:
    if slot.ends_at <= slot.starts_at:
        raise invalid(f"slots.{number}.ends_at", _("The end must be after the beginning."))
    too_early = slot.starts_at < meeting.starts_at - FARTHEST_SLOT
    if too_early or slot.ends_at > meeting.ends_at + FARTHEST_SLOT:
        raise invalid(f"slots.{number}.starts_at", _("This slot lies far outside the meeting."))
