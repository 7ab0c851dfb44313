"""The reminder rules of one meeting."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from services.notifications.domain import reminders
from services.notifications.domain.reminders import Rule
from services.notifications.domain.scene import read_meeting
from services.notifications.models import Meeting
from services.notifications.use_cases import plans


class RuleError(ValueError):
    """The rule at *index* cannot be: its mail would come after the beginning."""

    def __init__(self, index: int) -> None:
        super().__init__(index)
        self.index = index


def replace_rules(session: Session, meeting: Meeting, rules: Sequence[Rule]) -> None:
    """Set the rules of *meeting* and plan anew. Raises RuleError."""
    known = read_meeting(meeting.data)
    for index, rule in enumerate(rules):
        if any(
            reminders.due_at(rule, slot, known.tz) >= slot.starts_at
            for slot in known.slots.values()
        ):
            raise RuleError(index)
    plans.set_rules(session, meeting, sorted(set(rules)))
