"""Published meetings as everybody may see them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate


class SlotOutSchema(Schema):
    """A bookable time window; while somebody waits, free seats go to the waitlist."""

    id = fields.UUID(required=True)
    label = fields.String()
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    capacity = fields.Integer(required=True)
    seats_left = fields.Integer(required=True, attribute="free")
    waitlist_length = fields.Integer(required=True, attribute="waiting")


class VenueOutSchema(Schema):
    """Where."""

    name = fields.String()
    street = fields.String()
    postcode = fields.String()
    city = fields.String()
    room = fields.String()
    arrival_note = fields.String()
    accessibility = fields.String()


class AgendaItemOutSchema(Schema):
    """A programme point."""

    starts_at = fields.String()
    title = fields.String()
    speaker = fields.String()


class MeetingOutSchema(Schema):
    """A meeting with its slots."""

    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    network_id = fields.UUID(required=True)
    state = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String()
    focus_topic = fields.String()
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    time_zone = fields.String()
    venue = fields.Nested(VenueOutSchema)
    agenda = fields.List(fields.Nested(AgendaItemOutSchema))
    admission = fields.String()
    registration_opens_at = fields.AwareDateTime(allow_none=True)
    registration_closes_at = fields.AwareDateTime(allow_none=True)
    seats_per_company = fields.Integer(allow_none=True)
    approval = fields.Boolean()
    waitlist = fields.String()
    slots = fields.List(fields.Nested(SlotOutSchema), required=True, attribute="open_slots")


class PageQuerySchema(Schema):
    """Which part of a list."""

    page = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
    page_size = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class MeetingsQuerySchema(PageQuerySchema):
    """GET /meetings."""

    network_id = fields.UUID(load_default=None)
