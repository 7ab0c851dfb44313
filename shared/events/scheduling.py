"""Facts published by scheduling: networks, coordinators, meetings with venue, agenda and slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from marshmallow import fields

from shared.events.envelope import BaseSchema, Fact, FactSchema, register


@dataclass(frozen=True, kw_only=True)
class District:
    """A Stadtbezirk of a network; postcodes may be empty or shared with another district."""

    district_id: UUID
    name: str
    postcodes: list[str]


@dataclass(frozen=True, kw_only=True)
class NetworkSaved(Fact):
    """A network was created or edited."""

    PUBLISHER: ClassVar[str] = "scheduling"
    AGGREGATE: ClassVar[str] = "network_id"

    network_id: UUID
    slug: str
    name: str
    language: str
    time_zone: str
    contact_name: str
    contact_email: str
    contact_phone: str
    districts: list[District]


@dataclass(frozen=True, kw_only=True)
class CoordinatorSaved(Fact):
    """A coordinator was added, edited, deactivated, or her sessions were ended."""

    PUBLISHER: ClassVar[str] = "scheduling"
    AGGREGATE: ClassVar[str] = "coordinator_id"

    coordinator_id: UUID
    name: str
    email: str
    role: str  # admin, coordinator, viewer
    network_ids: list[UUID]
    active: bool
    epoch: int  # sign-ins and tokens of an older epoch are refused
    revoked_token_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class PasswordForgotten(Fact):
    """Somebody asked for a password link with some address; scheduling itself finds out later whether to send one.

    So the page does the same work for addresses with and without an account.
    """

    PUBLISHER: ClassVar[str] = "scheduling"
    AGGREGATE: ClassVar[str] = "request_id"

    request_id: UUID
    coordinator_id: UUID  # nobody's, where there is no such account


@dataclass(frozen=True, kw_only=True)
class PasswordLinkRequested(Fact):
    """A coordinator is to be mailed the link that sets her password. Whoever has the token has the link."""

    VERSION: ClassVar[int] = 2
    PUBLISHER: ClassVar[str] = "scheduling"
    AGGREGATE: ClassVar[str] = "coordinator_id"

    coordinator_id: UUID
    name: str
    email: str
    language: str
    purpose: str  # invite, reset
    token: str  # empty: of version 1, whose links ended
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Venue:
    """The place of a meeting, as it stands in mails and on pages."""

    venue_id: UUID
    name: str
    street: str
    postcode: str
    city: str
    room: str
    arrival_note: str
    accessibility: str


@dataclass(frozen=True, kw_only=True)
class AgendaItem:
    """A programme point."""

    starts_at: datetime
    title: str
    speaker: str


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A bookable time window."""

    slot_id: UUID
    label: str
    starts_at: datetime
    ends_at: datetime
    capacity: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """One thing that changed, before and after, as text: times in RFC 3339."""

    field: str  # starts_at, ends_at, venue, room, slot, title, agenda, description, ...
    before: str
    after: str
    slot_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _MeetingFact(Fact):
    PUBLISHER: ClassVar[str] = "scheduling"
    AGGREGATE: ClassVar[str] = "meeting_id"

    meeting_id: UUID
    network_id: UUID
    slug: str
    state: str  # published, cancelled
    title: str
    description: str
    focus_topic: str
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    venue: Venue
    agenda: list[AgendaItem]
    admission: str  # open, districts, invited
    registration_opens_at: datetime | None
    registration_closes_at: datetime | None
    seats_per_company: int | None
    approval: bool
    waitlist: str  # off, strict, fill
    slots: list[Slot]


@dataclass(frozen=True, kw_only=True)
class MeetingPublished(_MeetingFact):
    """A meeting can be seen and booked."""


@dataclass(frozen=True, kw_only=True)
class MeetingChanged(_MeetingFact):
    """A published meeting was edited. ``tell``: everybody with a living claim gets one mail, whatever changed.

    Else only those whose slot, venue or room is another one.
    """

    changes: list[Change]
    tell: bool


@dataclass(frozen=True, kw_only=True)
class MeetingCancelled(_MeetingFact):
    """A published meeting will not take place."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class RosterErased(Fact):
    """The receipt of PersonErased: nothing of the person is left in the roster."""

    PUBLISHER: ClassVar[str] = "scheduling"
    AGGREGATE: ClassVar[str] = "erasure_id"

    erasure_id: UUID
    erased_at: datetime


class DistrictSchema(BaseSchema):
    """District."""

    BUILDS = District
    district_id = fields.UUID(required=True)
    name = fields.String(required=True)
    postcodes = fields.List(fields.String(), required=True)


class NetworkSavedSchema(FactSchema):
    """NetworkSaved."""

    network_id = fields.UUID(required=True)
    slug = fields.String(required=True)
    name = fields.String(required=True)
    language = fields.String(required=True)
    time_zone = fields.String(required=True)
    contact_name = fields.String(required=True)
    contact_email = fields.String(required=True)
    contact_phone = fields.String(required=True)
    districts = fields.List(fields.Nested(DistrictSchema), required=True)


class CoordinatorSavedSchema(FactSchema):
    """CoordinatorSaved."""

    coordinator_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)
    network_ids = fields.List(fields.UUID(), required=True)
    active = fields.Boolean(required=True)
    epoch = fields.Integer(required=True, strict=True)
    revoked_token_ids = fields.List(fields.UUID(), required=True)


class PasswordForgottenSchema(FactSchema):
    """PasswordForgotten."""

    request_id = fields.UUID(required=True)
    coordinator_id = fields.UUID(required=True)


class PasswordLinkRequestedSchema(FactSchema):
    """PasswordLinkRequested."""

    coordinator_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    purpose = fields.String(required=True)
    token = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class VenueSchema(BaseSchema):
    """Venue."""

    BUILDS = Venue
    venue_id = fields.UUID(required=True)
    name = fields.String(required=True)
    street = fields.String(required=True)
    postcode = fields.String(required=True)
    city = fields.String(required=True)
    room = fields.String(required=True)
    arrival_note = fields.String(required=True)
    accessibility = fields.String(required=True)


class AgendaItemSchema(BaseSchema):
    """AgendaItem."""

    BUILDS = AgendaItem
    starts_at = fields.AwareDateTime(required=True)
    title = fields.String(required=True)
    speaker = fields.String(required=True)


class SlotSchema(BaseSchema):
    """Slot."""

    BUILDS = Slot
    slot_id = fields.UUID(required=True)
    label = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    capacity = fields.Integer(required=True, strict=True)


class ChangeSchema(BaseSchema):
    """Change."""

    BUILDS = Change
    field = fields.String(required=True)
    before = fields.String(required=True)
    after = fields.String(required=True)
    slot_id = fields.UUID(required=True, allow_none=True)


class MeetingSchema(FactSchema):
    """What all facts about a meeting have in common."""

    meeting_id = fields.UUID(required=True)
    network_id = fields.UUID(required=True)
    slug = fields.String(required=True)
    state = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    focus_topic = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True)
    ends_at = fields.AwareDateTime(required=True)
    time_zone = fields.String(required=True)
    venue = fields.Nested(VenueSchema, required=True)
    agenda = fields.List(fields.Nested(AgendaItemSchema), required=True)
    admission = fields.String(required=True)
    registration_opens_at = fields.AwareDateTime(required=True, allow_none=True)
    registration_closes_at = fields.AwareDateTime(required=True, allow_none=True)
    seats_per_company = fields.Integer(required=True, allow_none=True, strict=True)
    approval = fields.Boolean(required=True)
    waitlist = fields.String(required=True)
    slots = fields.List(fields.Nested(SlotSchema), required=True)


class MeetingPublishedSchema(MeetingSchema):
    """MeetingPublished."""


class MeetingChangedSchema(MeetingSchema):
    """MeetingChanged."""

    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    tell = fields.Boolean(required=True)


class MeetingCancelledSchema(MeetingSchema):
    """MeetingCancelled."""

    reason = fields.String(required=True)


class RosterErasedSchema(FactSchema):
    """RosterErased."""

    erasure_id = fields.UUID(required=True)
    erased_at = fields.AwareDateTime(required=True)


MeetingFact = MeetingPublished | MeetingChanged | MeetingCancelled

register(NetworkSaved, NetworkSavedSchema)
register(CoordinatorSaved, CoordinatorSavedSchema)
register(PasswordForgotten, PasswordForgottenSchema)
register(PasswordLinkRequested, PasswordLinkRequestedSchema)
register(MeetingPublished, MeetingPublishedSchema)
register(MeetingChanged, MeetingChangedSchema)
register(MeetingCancelled, MeetingCancelledSchema)
register(RosterErased, RosterErasedSchema)
