"""Reminder rules over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from services.notifications.domain.reminders import (
    AUDIENCES,
    LONGEST,
    MOST_RULES,
    RELATIVE_TO,
    Rule,
)


class RuleSchema(Schema):
    """One rule; negative offsets are before."""

    offset_minutes = fields.Integer(
        required=True, strict=True, validate=validate.Range(-LONGEST, LONGEST)
    )
    relative_to = fields.String(load_default="start", validate=validate.OneOf(RELATIVE_TO))
    audience = fields.String(load_default="confirmed", validate=validate.OneOf(AUDIENCES))

    @post_load
    def build(self, data: dict[str, Any], **_: object) -> Rule:
        """The rule."""
        return Rule(**data)


class RulesSchema(Schema):
    """All rules of a meeting."""

    rules = fields.List(
        fields.Nested(RuleSchema), required=True, validate=validate.Length(max=MOST_RULES)
    )
