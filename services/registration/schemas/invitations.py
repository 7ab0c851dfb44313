"""Invitations and tickets over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registration.domain.invitations import MAX_LINES, Answer
from services.registration.domain.names import MAX_COMPANY, MAX_NAME
from services.registration.schemas.sign_up import MAX_ATTENDEES, AttendeeInSchema, StateSchema
from shared.language import gettext as _
from shared.web.fields import EmailAddress, Line


class InvitedContactSchema(Schema):
    """Somebody to be asked."""

    company = Line(required=True, most=MAX_COMPANY)
    name = Line(required=True, most=MAX_NAME)
    email = EmailAddress(required=True)


class InviteSchema(Schema):
    """POST /invitations."""

    meeting_id = fields.UUID(required=True)
    contacts = fields.List(
        fields.Nested(InvitedContactSchema),
        required=True,
        validate=validate.Length(min=1, max=MAX_LINES),
    )


class InvitationOutSchema(Schema):
    """An invitation that is on its way."""

    id = fields.UUID(required=True)
    company = fields.String(attribute="company_name")
    name = fields.String(attribute="contact_name")
    email = fields.String(required=True)
    answer = fields.String()


class IssuedSchema(Schema):
    """Who is asked now; ``known`` were asked before and are not asked again."""

    invitations = fields.List(fields.Nested(InvitationOutSchema), required=True)
    known = fields.List(fields.Nested(InvitedContactSchema), required=True)


class ColleagueSchema(Schema):
    """Who comes instead."""

    name = Line(required=True, most=MAX_NAME)
    email = EmailAddress(required=True)


class AnswerSchema(Schema):
    """POST /invitations/answer."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=200))
    answer = fields.String(required=True, validate=validate.OneOf([str(one) for one in Answer]))
    slot_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={
            "description": "Where the address is registered for another one: 409 another-time."
        },
    )
    seats = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, MAX_ATTENDEES)
    )
    attendees = fields.List(
        fields.Nested(AttendeeInSchema),
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=MAX_ATTENDEES),
    )
    colleague = fields.Nested(ColleagueSchema, load_default=None, allow_none=True)

    @validates_schema
    def check_what_the_answer_needs(self, data: dict[str, Any], **_kwargs: object) -> None:
        """A colleague needs a name, more names need as many seats."""
        if data.get("answer") == Answer.COLLEAGUE and not data.get("colleague"):
            raise ValidationError({"colleague": [_("Please say who comes instead.")]})
        seats, attendees = data.get("seats"), data.get("attendees")
        if seats and attendees and len(attendees) > seats:
            raise ValidationError({"seats": [_("There are more people than seats.")]})


class AnsweredSchema(Schema):
    """What came of a yes; empty after another answer."""

    registration = fields.Nested(StateSchema)


class CheckInSchema(Schema):
    """POST /check-ins."""

    ticket = fields.String(required=True, validate=validate.Length(min=1, max=500))


class CheckedInSchema(Schema):
    """Who has arrived."""

    registration_id = fields.UUID(required=True)
    attendee_id = fields.UUID(required=True)
    name = fields.String(required=True)
    company = fields.String(required=True)
    checked_in_at = fields.AwareDateTime(required=True)
    again = fields.Boolean(required=True)  # was checked in before
