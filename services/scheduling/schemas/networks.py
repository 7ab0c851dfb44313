"""Networks and venues over HTTP."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from services.scheduling.schemas.fields import (
    NAME,
    InSchema,
    email,
    line,
    paragraphs,
    phone,
    postcode,
    present_revision,
    seen_revision,
    slug,
)
from services.scheduling.use_cases.networks import DistrictPlan
from shared.language import LANGUAGES
from shared.language import gettext as _
from shared.web.fields import Line, TimeZone

MAX_DISTRICTS = 100
MAX_POSTCODES = 200


class DistrictInSchema(InSchema):
    """A district by name and postcodes."""

    name = Line(most=NAME, required=True)
    postcodes = fields.List(
        postcode(), validate=validate.Length(max=MAX_POSTCODES), load_default=list
    )


class DistrictIn(fields.Field[DistrictPlan]):
    """A district, or just its name."""

    _schema = DistrictInSchema()

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> DistrictPlan:
        given = {"name": value} if isinstance(value, str) else value
        return DistrictPlan(**self._schema.load(given))


def different_districts(plans: list[DistrictPlan]) -> None:
    """Raises ValidationError where two have the same name."""
    names = [plan.name.casefold() for plan in plans]
    if len(set(names)) < len(names):
        raise ValidationError(_("Two districts have the same name."))


class NetworkEditSchema(InSchema):
    """A network; everything may be left out."""

    name = Line(most=NAME, least=1)
    districts = fields.List(
        DistrictIn(), validate=[validate.Length(max=MAX_DISTRICTS), different_districts]
    )
    contact_name = line()
    contact_email = email()
    contact_phone = phone()
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    time_zone = TimeZone()


class NetworkInSchema(NetworkEditSchema):
    """A new network."""

    name = Line(most=NAME, required=True)
    slug = slug(required=True)


class NetworkPatchSchema(NetworkEditSchema):
    """What of a network shall be different."""

    revision = seen_revision()


class DistrictOutSchema(Schema):
    """District."""

    id = fields.UUID()
    name = fields.String()
    postcodes = fields.List(fields.String())


class NetworkOutSchema(Schema):
    """Network."""

    id = fields.UUID()
    slug = fields.String()
    name = fields.String()
    language = fields.String()
    time_zone = fields.String()
    contact_name = fields.String()
    contact_email = fields.String()
    contact_phone = fields.String()
    revision = present_revision()
    districts = fields.List(fields.Nested(DistrictOutSchema))


class ContactSchema(InSchema):
    """Who opens the door."""

    name = line()
    email = email()
    phone = phone()


class VenueEditSchema(InSchema):
    """A venue; everything may be left out."""

    name = Line(most=NAME, least=1)
    street = Line(most=NAME, least=1)
    postcode = postcode(least=1)
    city = Line(most=NAME, least=1)
    room = line()
    arrival_note = paragraphs()
    accessibility = paragraphs()
    contact = fields.Nested(ContactSchema, allow_none=True)


class VenueInSchema(VenueEditSchema):
    """A new venue."""

    network_id = fields.UUID(required=True)
    name = Line(most=NAME, required=True)
    street = Line(most=NAME, required=True)
    postcode = postcode(required=True)
    city = Line(most=NAME, required=True)


class VenuePatchSchema(VenueEditSchema):
    """What of a venue shall be different."""

    revision = seen_revision()


def venue_columns(data: dict[str, Any]) -> dict[str, str]:
    """What was sent, as columns."""
    contact = data.pop("contact", None)
    if contact is not None:
        data |= {f"contact_{name}": value for name, value in contact.items()}
    return data


CONTACT = ("name", "email", "phone")


class VenueOutSchema(Schema):
    """Venue."""

    id = fields.UUID()
    network_id = fields.UUID()
    name = fields.String()
    street = fields.String()
    postcode = fields.String()
    city = fields.String()
    room = fields.String()
    arrival_note = fields.String()
    accessibility = fields.String()
    revision = present_revision()
    contact = fields.Function(
        lambda venue: {name: getattr(venue, f"contact_{name}") for name in CONTACT},
        metadata={"type": "object", "properties": {name: {"type": "string"} for name in CONTACT}},
    )
