"""Fields that only scheduling needs, and the limits of all of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.scheduling.domain.names import MAX_SLUG, SLUG
from shared.language import gettext as _
from shared.language import lazy_gettext
from shared.web.fields import EmailAddress, Line, Paragraphs

NAME = 200
NOTE = 2000
DESCRIPTION = 10_000
PHONE = 40
MAX_CAPACITY = 10_000
MAX_SEATS_PER_COMPANY = 1000
MOST_REVISIONS = 2**31 - 1
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)

POSTCODE = validate.Regexp(r"\d{5}\Z", error=lazy_gettext("Please enter five digits."))  # type: ignore[arg-type]
PHONE_NUMBER = validate.Regexp(
    r"[0-9+()/ .-]*\Z",
    error=lazy_gettext("Please enter a telephone number such as +49 231 5550100."),  # type: ignore[arg-type]
)
SLUG_PATTERN = validate.Regexp(
    rf"{SLUG.pattern}\Z",
    error=lazy_gettext("Please use small letters a to z, digits and single hyphens."),  # type: ignore[arg-type]
)


def line(most: int = NAME, **options: Any) -> Line:
    """One optional line; null counts as empty."""
    return Line(most=most, allow_none=True, **options)


def paragraphs(most: int = NOTE) -> Paragraphs:
    """Optional lines; null counts as empty."""
    return Paragraphs(most=most, allow_none=True)


def slug(**options: Any) -> Line:
    """The part of an address that names something."""
    return Line(most=MAX_SLUG, validate=SLUG_PATTERN, **options)


def postcode(**options: Any) -> Line:
    """Five digits."""
    return Line(most=5, validate=POSTCODE, **options)


def phone() -> Line:
    """An optional telephone number."""
    return line(PHONE, validate=PHONE_NUMBER)


def email() -> EmailAddress:
    """An optional address."""
    return EmailAddress(allow_none=True)


class Moment(fields.AwareDateTime):
    """A time with its offset (RFC 3339), within this century."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            if not isinstance(value, str) or "T" not in value.upper():
                raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
            moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            text = _("Please give date and time with an offset, such as 2025-11-18T15:00:00+01:00.")
            raise ValidationError(text) from error
        if not EARLIEST <= moment < LATEST:
            raise ValidationError(_("This year cannot be."))
        return moment.astimezone(UTC)


class Whole(fields.Integer):
    """A whole number."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        try:
            if isinstance(value, bool):
                raise self.make_error("invalid", input=value)
            return super()._deserialize(value, attr, data, **kwargs)
        except ValidationError as error:
            raise ValidationError(_("Please enter a whole number.")) from error


def whole(least: int, most: int, **options: Any) -> Whole:
    """A whole number within bounds."""
    bounds = lazy_gettext(
        "Please enter a number from %(least)s to %(most)s.", least=least, most=most
    )
    return Whole(
        strict=True,
        validate=validate.Range(least, most, error=bounds),  # type: ignore[arg-type]
        **options,
    )


def capacity(**options: Any) -> Whole:
    """Seats of a slot."""
    return whole(1, MAX_CAPACITY, **options)


def seen_revision() -> Whole:
    """The revision that an edit was made from."""
    return whole(
        0,
        MOST_REVISIONS,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The revision that was seen: if somebody else has changed it since, nothing is "
            "changed, and the answer is 409 changed-meanwhile."
        },
    )


def present_revision(**options: Any) -> fields.Integer:
    """The revision that is shown."""
    return fields.Integer(
        metadata={"description": "Grows with every change; see PATCH."}, **options
    )


class InSchema(Schema):
    """What comes in: unknown fields are refused, null in a text counts as empty."""

    @post_load
    def empty_texts(self, data: dict[str, Any], **_: object) -> dict[str, Any]:
        """Texts are never null in the tables."""
        texts = (Line, EmailAddress)
        return {
            name: "" if value is None and isinstance(self.fields.get(name), texts) else value
            for name, value in data.items()
        }
