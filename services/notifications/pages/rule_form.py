"""Reminder rules as a form: an amount and a unit instead of minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.notifications.domain.reminders import (
    AUDIENCES,
    LONGEST,
    MINUTES_OF_DAY,
    MOST_RULES,
    RELATIVE_TO,
    Rule,
)
from shared.language import gettext as _
from shared.web.forms import Errors

MINUTES = {"days": MINUTES_OF_DAY, "hours": 60, "minutes": 1}
MOST_DIGITS = 6


def values_of(rules: Sequence[Rule]) -> dict[str, str]:
    """The fields that stand for *rules*."""
    values: dict[str, str] = {}
    for index, rule in enumerate(rules):
        minutes = abs(rule.offset_minutes)
        unit = next(name for name, size in MINUTES.items() if minutes % size == 0)
        values |= {
            f"amount-{index}": str(minutes // MINUTES[unit]),
            f"unit-{index}": unit,
            f"relative_to-{index}": rule.relative_to,
            f"audience-{index}": rule.audience,
        }
    return values


def indexes(values: Mapping[str, str]) -> range:
    """The rows of the form: those that are filled, and an empty one."""
    filled = [i for i in range(MOST_RULES) if values.get(f"amount-{i}", "").strip()]
    return range(min(max(filled, default=-1) + 2, MOST_RULES))


def read(values: Mapping[str, str]) -> tuple[list[tuple[int, Rule]], Errors]:
    """The rules with their rows, and the messages by field; a row without an amount is none."""
    rules: list[tuple[int, Rule]] = []
    errors: Errors = {}
    for index in range(MOST_RULES):
        amount = values.get(f"amount-{index}", "").strip()
        if not amount:
            continue
        unit = values.get(f"unit-{index}", "days")
        minutes = _minutes(amount, unit)
        if minutes is None:
            errors[f"amount-{index}"] = [_("Please enter a whole number, at most 90 days.")]
            continue
        rules.append((index, _rule(minutes, values, index)))
    return rules, errors


def _minutes(amount: str, unit: str) -> int | None:
    if not (amount.isascii() and amount.isdigit() and len(amount) <= MOST_DIGITS):
        return None
    minutes = int(amount) * MINUTES.get(unit, MINUTES_OF_DAY)
    return minutes if minutes <= LONGEST else None


def _rule(minutes: int, values: Mapping[str, str], index: int) -> Rule:
    relative_to = values.get(f"relative_to-{index}", "start")
    audience = values.get(f"audience-{index}", "confirmed")
    return Rule(
        offset_minutes=-minutes,
        relative_to=relative_to if relative_to in RELATIVE_TO else "start",
        audience=audience if audience in AUDIENCES else "confirmed",
    )
