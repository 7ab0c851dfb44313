"""Meetings, slots and the roster over HTTP."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import Schema, ValidationError, fields, post_load, validate

from services.scheduling.domain.slots import MAX_SLOTS, Pattern, Window
from services.scheduling.schemas.fields import (
    DESCRIPTION,
    MAX_SEATS_PER_COMPANY,
    NAME,
    InSchema,
    Moment,
    capacity,
    line,
    paragraphs,
    present_revision,
    seen_revision,
    slug,
    whole,
)
from services.scheduling.schemas.networks import VenueOutSchema
from services.scheduling.use_cases.plans import AgendaPlan, SlotPlan
from shared.language import gettext as _
from shared.web.fields import Line, Paragraphs

ADMISSIONS = ("open", "districts", "invited")
WAITLISTS = ("off", "strict", "fill")
MAX_AGENDA = 100
DAY_MINUTES = 24 * 60
MAX_EXCEPTIONS = 300


class AgendaInSchema(InSchema):
    """A programme point."""

    starts_at = Moment(required=True)
    title = Line(most=NAME, required=True)
    speaker = line()

    @post_load
    def plan(self, data: dict[str, Any], **_: object) -> AgendaPlan:
        """As the use case takes it."""
        return AgendaPlan(**data)


class SlotInSchema(InSchema):
    """A slot."""

    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    capacity = capacity(required=True)
    label = line()

    @post_load
    def plan(self, data: dict[str, Any], **_: object) -> SlotPlan:
        """As the use case takes it."""
        return SlotPlan(**data)


class MeetingEditSchema(InSchema):
    """A meeting; everything may be left out."""

    network_id = fields.UUID()
    title = Line(most=NAME, least=1)
    slug = slug(least=1)
    venue_id = fields.UUID()
    room = line()
    starts_at = Moment()
    ends_at = Moment()
    admission = fields.String(validate=validate.OneOf(ADMISSIONS))
    description = paragraphs(DESCRIPTION)
    focus_topic = line()
    agenda = fields.List(fields.Nested(AgendaInSchema), validate=validate.Length(max=MAX_AGENDA))
    registration_opens_at = Moment(allow_none=True)
    registration_closes_at = Moment(allow_none=True)
    seats_per_company = whole(1, MAX_SEATS_PER_COMPANY, allow_none=True)
    approval = fields.Boolean()
    waitlist = fields.String(validate=validate.OneOf(WAITLISTS))


class MeetingPatchSchema(MeetingEditSchema):
    """What shall be different. ``notify``: tell everybody also of what is not time or place."""

    notify = fields.Boolean(load_default=False)
    revision = seen_revision()


class MeetingInSchema(MeetingEditSchema):
    """A new meeting."""

    network_id = fields.UUID(required=True)
    title = Line(most=NAME, required=True)
    slug = slug(allow_none=True)
    venue_id = fields.UUID(required=True)
    starts_at = Moment(required=True)
    ends_at = Moment(required=True)
    admission = fields.String(validate=validate.OneOf(ADMISSIONS), load_default="open")
    slots = fields.List(
        fields.Nested(SlotInSchema), validate=validate.Length(max=MAX_SLOTS), load_default=list
    )


class SlotPatchSchema(InSchema):
    """What of a slot shall be different. ``revision`` is that of its meeting."""

    starts_at = Moment()
    ends_at = Moment()
    capacity = capacity()
    label = line()
    revision = seen_revision()


class CancelSchema(InSchema):
    """Why."""

    reason = Paragraphs(most=1000, load_default="", allow_none=True)


class WindowSchema(InSchema):
    """From, until."""

    from_ = Moment(required=True, data_key="from")
    until = Moment(required=True)

    @post_load
    def window(self, data: dict[str, Any], **_kwargs: object) -> Window:
        """As the generator takes it."""
        if data["until"] <= data["from_"]:
            raise ValidationError(_("The end must be after the beginning."), "until")
        return Window(data["from_"], data["until"])


class Exception_(fields.Field[Any]):  # noqa: N801 - "Exception" is taken
    """A break {from, until}, or the beginning of one slot to be left out."""

    _window, _moment = WindowSchema(), Moment()

    def _deserialize(self, value: Any, *_args: Any, **_kwargs: Any) -> Any:
        if isinstance(value, str):
            return self._moment.deserialize(value)
        return self._window.load(value)


class GenerateSchema(InSchema):
    """A row of slots."""

    from_ = Moment(required=True, data_key="from")
    until = Moment(required=True)
    duration_minutes = whole(1, DAY_MINUTES, required=True)
    break_minutes = whole(0, DAY_MINUTES, load_default=0)
    capacity = capacity(required=True)
    except_ = fields.List(
        Exception_(),
        data_key="except",
        validate=validate.Length(max=MAX_EXCEPTIONS),
        load_default=list,
    )


def pattern_of(data: dict[str, Any]) -> Pattern:
    """What GenerateSchema loaded, as the generator takes it."""
    return Pattern(
        starts_at=data["from_"],
        until=data["until"],
        duration=timedelta(minutes=data["duration_minutes"]),
        pause=timedelta(minutes=data["break_minutes"]),
        breaks=tuple(item for item in data["except_"] if isinstance(item, Window)),
        skipped=frozenset(item for item in data["except_"] if isinstance(item, datetime)),
    )


class LocalMoment(fields.AwareDateTime):
    """A time by the clock of the place."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:  # noqa: ARG002 - marshmallow's
        zone = ZoneInfo((getattr(obj, "meeting", None) or obj).time_zone)
        return value.astimezone(zone).isoformat() if value else None


class SlotOutSchema(Schema):
    """Slot with its numbers as the roster knows them."""

    id = fields.UUID()
    meeting_id = fields.UUID()
    label = fields.String()
    starts_at = LocalMoment()
    ends_at = LocalMoment()
    capacity = fields.Integer()
    taken = fields.Integer()
    confirmed = fields.Integer(attribute="confirmed_seats")
    held = fields.Integer(attribute="held_seats")
    pending_approval = fields.Integer(attribute="pending_seats")
    waitlisted = fields.Integer(attribute="waitlisted_seats")


class EditedSlotSchema(SlotOutSchema):
    """Slot with the revision of its meeting."""

    revision = present_revision(attribute="meeting.revision")


class SlotsOutSchema(Schema):
    """The slots that were made."""

    slots = fields.List(fields.Nested(SlotOutSchema))


class MeetingOutSchema(Schema):
    """Meeting with venue, agenda and slots."""

    id = fields.UUID()
    network_id = fields.UUID()
    slug = fields.String()
    state = fields.String()
    title = fields.String()
    description = fields.String()
    focus_topic = fields.String()
    venue_id = fields.UUID()
    venue = fields.Nested(VenueOutSchema)
    room = fields.String(attribute="place")
    starts_at = LocalMoment()
    ends_at = LocalMoment()
    time_zone = fields.String()
    admission = fields.String()
    registration_opens_at = LocalMoment(allow_none=True)
    registration_closes_at = LocalMoment(allow_none=True)
    seats_per_company = fields.Integer(allow_none=True)
    approval = fields.Boolean()
    waitlist = fields.String()
    revision = present_revision()
    cancel_reason = fields.String()
    agenda = fields.Method("agenda_of")
    slots = fields.List(fields.Nested(SlotOutSchema))

    def agenda_of(self, meeting: Any) -> list[dict[str, str]]:
        """Programme points by the clock of the place."""
        zone = ZoneInfo(meeting.time_zone)
        return [
            {
                "starts_at": item.starts_at.astimezone(zone).isoformat(),
                "title": item.title,
                "speaker": item.speaker,
            }
            for item in meeting.agenda
        ]
