"""What of a meeting's form was touched: only that is edited, the rest stays or moves along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.scheduling.models import Meeting
from services.scheduling.pages.meeting_form import (
    CHOICES,
    LISTS,
    TEXTS,
    TIMES,
    Values,
    row_numbers,
    values_of,
)
from services.scheduling.use_cases.plans import AgendaPlan, Edit, SlotPlan
from shared.identifiers import parse_id


def edit_of(values: Values, data: dict[str, Any], meeting: Meeting) -> Edit:
    """Only what was touched: the rest stays, or moves along with the beginning."""
    before = values_of(meeting)
    details = {
        name: data[name]
        for name in (*TEXTS, *CHOICES, *TIMES, "venue_id", "seats_per_company")
        if values.get(name, "").strip() != before[name] and not (name == "slug" and not data[name])
    }
    if data["approval"] != meeting.approval:
        details["approval"] = data["approval"]
    return Edit(
        details=details,
        agenda=_touched_agenda(values, data["agenda"], before),
        slots=_touched_slots(values, data["slots"], before),
        notify=bool(values.get("notify")),
    )


def _filled(values: Values, name: str) -> list[int]:
    parts = LISTS[name]
    return [
        number
        for number in row_numbers(values, name)
        if any(values.get(f"{name}-{number}-{part}", "").strip() for part in parts)
    ]


def _same(values: Values, before: Values, name: str) -> bool:
    def rows(of: Values) -> list[list[str]]:
        parts = ("id", *LISTS[name])
        return [
            [of.get(f"{name}-{n}-{part}", "").strip() for part in parts] for n in _filled(of, name)
        ]

    return rows(values) == rows(before)


@dataclass(frozen=True)
class _Row:
    """A typed row beside the stored one it came from, if any."""

    values: Values
    name: str
    before: Values
    stored: str | None

    @property
    def id(self) -> UUID | None:
        return parse_id(self.values.get(f"{self.name}-id", ""))

    def touched(self, part: str, moment: datetime | None) -> datetime | None:
        """The typed time; None where it still is the stored one, so that it moves along."""
        typed = self.values.get(f"{self.name}-{part}")
        same = self.stored is not None and typed == self.before[f"{self.stored}-{part}"]
        return None if same else moment


def _rows(values: Values, before: Values, name: str) -> list[_Row]:
    stored = {before[f"{name}-{n}-id"]: f"{name}-{n}" for n in row_numbers(before, name)}
    names = [f"{name}-{number}" for number in _filled(values, name)]
    return [_Row(values, row, before, stored.get(values.get(f"{row}-id", ""))) for row in names]


def _touched_agenda(
    values: Values, plans: Sequence[AgendaPlan], before: Values
) -> list[AgendaPlan] | None:
    if _same(values, before, "agenda"):
        return None
    return [
        replace(plan, id=row.id, starts_at=row.touched("starts_at", plan.starts_at))
        for row, plan in zip(_rows(values, before, "agenda"), plans, strict=True)
    ]


def _touched_slots(
    values: Values, plans: Sequence[SlotPlan], before: Values
) -> list[SlotPlan] | None:
    if _same(values, before, "slots"):
        return None
    return [
        replace(
            plan,
            id=row.id,
            starts_at=row.touched("starts_at", plan.starts_at),
            ends_at=row.touched("ends_at", plan.ends_at),
        )
        for row, plan in zip(_rows(values, before, "slots"), plans, strict=True)
    ]
