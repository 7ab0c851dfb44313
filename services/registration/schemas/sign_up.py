"""A sign-up as it is sent, and the answer."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate, validates_schema

from services.registration.domain.admission import OUTSIDE
from services.registration.domain.names import MAX_COMPANY, MAX_NAME
from services.registration.use_cases.sign_up import Person, Wish
from shared.language import LANGUAGES
from shared.language import gettext as _
from shared.web.fields import EmailAddress, Line, Paragraphs

MAX_ATTENDEES = 50
MAX_ANSWERS = 20
NOTICE_VERSION = "2025-11"


class PostcodeField(Line):
    """Five digits, or empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=10, **options)
        self.metadata = {**self.metadata, "pattern": r"^(\d{5})?$"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).replace(" ", "")
        if text and not (len(text) == 5 and text.isascii() and text.isdigit()):  # noqa: PLR2004
            raise ValidationError(_("Please enter a postcode of five digits."))
        return text


class PhoneField(Line):
    """A telephone number as people write it, or empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(most=40, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if not set(text) <= set("0123456789+-/(). ") or (text and not any(map(str.isdigit, text))):
            raise ValidationError(_("Please enter a telephone number like 0231 1234567."))
        return text


class CompanyInSchema(Schema):
    """The participant."""

    name = Line(required=True, most=MAX_COMPANY)
    postcode = PostcodeField(load_default="", allow_none=True)
    district = Line(
        load_default="",
        allow_none=True,
        most=100,
        metadata={
            "description": "A district of the network, needed where the postcode does not tell it (422 "
            f"district-needed); “{OUTSIDE}” for a site in none of them. A meeting for districts takes that, and any "
            "other name, with a coordinator’s approval: pending_approval."
        },
    )
    email_domain = Line(
        load_default="",
        allow_none=True,
        most=253,
        metadata={
            "description": "Taken and not used: a company is recognised by a domain that one of its contacts has "
            "proved, never by one that somebody states."
        },
    )


class ContactInSchema(Schema):
    """Who answers for the company; the address may be missing only in a sign-up on behalf."""

    name = Line(required=True, most=MAX_NAME)
    email = EmailAddress(load_default=None, allow_none=True)
    phone = PhoneField(load_default="", allow_none=True)


class AttendeeInSchema(Schema):
    """Who is to come; "N. N." where the name follows later."""

    name = Line(required=True, most=MAX_NAME)
    email = EmailAddress(load_default=None, allow_none=True)


class ConsentsSchema(Schema):
    """That the privacy notice was shown."""

    class Meta:
        """Other notices may be named too."""

        unknown = EXCLUDE

    privacy = fields.Boolean(required=True, validate=validate.Equal(comparable=True))


class SignUpSchema(Schema):
    """POST /registrations."""

    slot_id = fields.UUID(required=True)
    company = fields.Nested(CompanyInSchema, required=True)
    contact = fields.Nested(ContactInSchema, required=True)
    attendees = fields.List(
        fields.Nested(AttendeeInSchema),
        required=True,
        validate=validate.Length(min=1, max=MAX_ATTENDEES),
    )
    answers = fields.Dict(
        keys=Line(most=60),
        values=Paragraphs(most=1000),
        load_default=dict,
        validate=validate.Length(max=MAX_ANSWERS),
    )
    consents = fields.Nested(ConsentsSchema, load_default=None)
    language = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(LANGUAGES))
    invitation = fields.String(
        load_default=None, allow_none=True, validate=validate.Length(max=200)
    )
    accepts_fewer = fields.Boolean(load_default=False)
    on_behalf = fields.Boolean(load_default=False)
    note = Paragraphs(load_default="", most=1000)

    @validates_schema(skip_on_field_errors=False)
    def check_what_others_need(self, data: dict[str, Any], **_kwargs: object) -> None:
        """The notice and an address are left out only by a coordinator who signs somebody up."""
        if data.get("on_behalf"):
            return
        errors: dict[str, Any] = {}
        if not data.get("consents"):
            errors["consents"] = {"privacy": [_("Please show the privacy notice.")]}
        contact = data.get("contact") or {}
        if "email" in contact and not contact["email"]:
            errors["contact"] = {"email": [_("Please fill in this field.")]}
        if data.get("note"):
            errors["note"] = [_("Only coordinators write notes.")]
        if errors:
            raise ValidationError(errors)


class SignedUpSchema(Schema):
    """What became of a sign-up."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)
    seats = fields.Integer(required=True)
    held_until = fields.AwareDateTime(allow_none=True)


class TokenSchema(Schema):
    """POST /registrations/confirm."""

    token = fields.String(required=True, validate=validate.Length(min=1, max=200))


class StateSchema(Schema):
    """A registration and its state."""

    id = fields.UUID(required=True)
    state = fields.String(required=True)


def wish_from(data: dict[str, Any], language: str) -> Wish:
    """The wish in a loaded SignUpSchema; *language* where none was chosen."""
    company, contact = data["company"], data["contact"]
    return Wish(
        slot_id=data["slot_id"],
        company_name=company["name"],
        postcode=company["postcode"] or "",
        district=company["district"] or "",
        contact_name=contact["name"],
        email=contact["email"] or None,
        phone=contact["phone"] or "",
        attendees=tuple(
            Person(person["name"], person["email"] or None) for person in data["attendees"]
        ),
        language=data["language"] or language,
        accepts_fewer=data["accepts_fewer"],
        answers=data["answers"],
        notice_version=NOTICE_VERSION if data["consents"] else "",
        note=data["note"],
    )
