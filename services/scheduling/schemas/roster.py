"""The roster over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from shared.events.states import LIVING, State

MAX_PAGE = 1000


class RosterQuerySchema(Schema):
    """Which part of the roster. ``state=all`` shows also what was given up."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=MAX_PAGE, validate=validate.Range(1, MAX_PAGE))
    slot_id = fields.UUID()
    state = fields.String(
        validate=validate.OneOf((*(state.value for state in State if state in LIVING), "all"))
    )


class PageQuerySchema(Schema):
    """Which page of a list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 1_000_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class MeetingsQuerySchema(PageQuerySchema):
    """Which meetings."""

    network_id = fields.UUID()
    state = fields.String(validate=validate.OneOf(("draft", "published", "cancelled")))


class VenuesQuerySchema(PageQuerySchema):
    """Which venues."""

    network_id = fields.UUID()


class AttendeeOutSchema(Schema):
    """Somebody on a seat."""

    attendee_id = fields.UUID()
    name = fields.String()
    is_contact = fields.Boolean()
    checked_in_at = fields.AwareDateTime(allow_none=True)


class EntryOutSchema(Schema):
    """A registration as the roster shows it."""

    registration_id = fields.UUID()
    company = fields.String()
    seats = fields.Integer()
    state = fields.String()
    contact_name = fields.String()
    on_behalf = fields.Boolean()
    attendees = fields.List(fields.Nested(AttendeeOutSchema))


class RosterSlotOutSchema(Schema):
    """A slot with those who come."""

    id = fields.UUID()
    label = fields.String()
    starts_at = fields.AwareDateTime()
    ends_at = fields.AwareDateTime()
    capacity = fields.Integer()
    taken = fields.Integer()
    confirmed = fields.Integer()
    held = fields.Integer()
    waitlisted = fields.Integer()
    entries = fields.List(fields.Nested(EntryOutSchema))


class RosterOutSchema(Schema):
    """The roster of a meeting; pages are counted in entries."""

    slots = fields.List(fields.Nested(RosterSlotOutSchema))
