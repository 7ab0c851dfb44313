"""Registrations as their contact and as coordinators see and change them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from services.registration.domain.lifecycle import State
from services.registration.domain.names import MAX_NAME
from services.registration.schemas.meetings import PageQuerySchema
from services.registration.schemas.sign_up import MAX_ATTENDEES
from shared.language import gettext as _
from shared.web.fields import EmailAddress, Line, Paragraphs

STATES = tuple(state.value for state in State)


class AttendeeOutSchema(Schema):
    """Who comes."""

    id = fields.UUID()
    name = fields.String()
    email = fields.String(allow_none=True)
    is_contact = fields.Boolean()
    checked_in_at = fields.AwareDateTime(allow_none=True)


class CompanyOutSchema(Schema):
    """The participant as it was typed in."""

    id = fields.UUID(attribute="company_id")
    name = fields.String(attribute="company_name")
    postcode = fields.String()
    district = fields.String()


class ContactOutSchema(Schema):
    """Who answers for it."""

    id = fields.UUID(attribute="contact_id")
    name = fields.String(attribute="contact_name")
    email = fields.String(allow_none=True)
    phone = fields.String()


class Part(fields.Nested):
    """Columns of the same row, shown as a part of it."""

    def get_value(self, obj: Any, *_args: Any, **_kwargs: Any) -> Any:
        """The row itself."""
        return obj


class RegistrationOutSchema(Schema):
    """A registration with its people."""

    id = fields.UUID(required=True)
    meeting_id = fields.UUID()
    slot_id = fields.UUID()
    state = fields.String(required=True)
    seats = fields.Integer(required=True)
    reason = fields.String()
    company = Part(CompanyOutSchema)
    contact = Part(ContactOutSchema)
    attendees = fields.List(fields.Nested(AttendeeOutSchema))
    language = fields.String()
    signed_up_at = fields.AwareDateTime()
    verified_at = fields.AwareDateTime(allow_none=True)
    held_until = fields.AwareDateTime(allow_none=True)


class CoordinatorsRegistrationSchema(RegistrationOutSchema):
    """The same with what is for coordinators only."""

    rank = fields.Integer()
    on_behalf = fields.Boolean()
    note = fields.String()
    hint = fields.String()
    answers = fields.Dict()


class ManagedSchema(RegistrationOutSchema):
    """What a manage link shows: everybody who is to come; the last ``waiting_for`` of them wait for a seat."""

    attendees = fields.List(fields.Nested(AttendeeOutSchema), attribute="people")
    waiting_for = fields.Integer()  # additional seats in the waitlist
    revision = fields.Integer(
        attribute="revision_of_all",
        metadata={"description": "Grows with every change; see PATCH."},
    )


class SeatSchema(Schema):
    """What the link of one seat shows: that seat only."""

    id = fields.UUID()
    state = fields.String()
    seats = fields.Integer()
    meeting_id = fields.UUID()
    slot_id = fields.UUID()
    attendees = fields.List(fields.Nested(AttendeeOutSchema))


class RegistrationsQuerySchema(PageQuerySchema):
    """GET /registrations."""

    meeting_id = fields.UUID(load_default=None)
    slot_id = fields.UUID(load_default=None)
    state = fields.String(load_default=None, validate=validate.OneOf(STATES))
    q = Line(load_default="", most=200)


class ReasonSchema(Schema):
    """Why; for the coordinators, and for the mail of a refusal."""

    reason = Paragraphs(load_default="", most=500)


class ChangedAttendeeSchema(Schema):
    """One seat as it is to be; with ``id`` the person who has it keeps it."""

    id = fields.UUID(load_default=None, allow_none=True)
    name = Line(required=True, most=MAX_NAME)
    email = EmailAddress(load_default=None, allow_none=True)


class ChangeSchema(Schema):
    """PATCH /registrations/manage: all seats as they are to be, or only how many; those that wait are among them."""

    attendees = fields.List(
        fields.Nested(ChangedAttendeeSchema), validate=validate.Length(min=1, max=MAX_ATTENDEES)
    )
    seats = fields.Integer(strict=True, validate=validate.Range(1, MAX_ATTENDEES))
    revision = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The revision that was seen: if the registration has changed since, nothing is "
            "changed, and the answer is 409 changed-meanwhile."
        },
    )

    @validates_schema
    def check_something_changes(self, data: dict[str, Any], **_kwargs: object) -> None:
        """Neither of both would be a change of nothing."""
        if "attendees" not in data and "seats" not in data:
            raise ValidationError(_("Please say what is to change."))
