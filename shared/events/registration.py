"""Facts published by registration: what became of a sign-up, an invitation, a slot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from marshmallow import fields

from shared.events.envelope import BaseSchema, Fact, FactSchema, register


@dataclass(frozen=True, kw_only=True)
class Company:
    """The participant."""

    company_id: UUID
    name: str
    postcode: str
    district: str


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Who answers for the company; without an address where a coordinator signed up by telephone."""

    contact_id: UUID
    name: str
    email: str | None
    phone: str


@dataclass(frozen=True, kw_only=True)
class Attendee:
    """A named person on a seat; ``N. N.`` where the name follows later."""

    attendee_id: UUID
    name: str
    email: str | None
    link_version: int
    is_contact: bool


@dataclass(frozen=True, kw_only=True)
class _RegistrationFact(Fact):
    VERSION: ClassVar[int] = 2
    PUBLISHER: ClassVar[str] = "registration"
    AGGREGATE: ClassVar[str] = "registration_id"

    registration_id: UUID
    network_id: UUID
    meeting_id: UUID
    meeting_revision: int  # as it was told to them when they signed up; 0: not known
    slot_id: UUID
    linked_to: UUID | None  # the registration these are additional seats of
    state: str
    previous_state: str  # empty for a new registration
    seats: int
    company: Company
    contact: Contact
    attendees: list[Attendee]
    language: str
    signed_up_at: datetime
    verified_at: datetime | None
    held_until: datetime | None
    link_version: int  # links of an older version are refused
    on_behalf: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class RegistrationHeld(_RegistrationFact):
    """Seats are held until ``held_until``; the address is to be confirmed."""


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(_RegistrationFact):
    """A coordinator decides. Unverified: the address is to be confirmed as well."""


@dataclass(frozen=True, kw_only=True)
class RegistrationWaitlisted(_RegistrationFact):
    """No seats now. ``reason``: full, queue, company_cap, late, linked. Unverified: to be confirmed."""

    position: int  # groups ahead of it in the list + 1, when it was recorded


@dataclass(frozen=True, kw_only=True)
class RegistrationConfirmed(_RegistrationFact):
    """The seats are theirs. ``previous_state`` waitlisted: moved up; ``reason`` fewer: the rest waits."""


@dataclass(frozen=True, kw_only=True)
class RegistrationChanged(_RegistrationFact):
    """Attendees, seats or the address changed. ``changes``: attendees, seats, address, joined.

    Joined: additional seats have moved up from the waitlist.
    """

    changes: list[str]
    removed_attendees: list[Attendee]


@dataclass(frozen=True, kw_only=True)
class RegistrationCancelled(_RegistrationFact):
    """Given up. ``reason``: contact, coordinator, meeting_cancelled, erased (then without people)."""


@dataclass(frozen=True, kw_only=True)
class RegistrationExpired(_RegistrationFact):
    """Over. ``reason``: unconfirmed, waitlist_closed, undecided (in time); of additional seats withdrawn, joined."""


@dataclass(frozen=True, kw_only=True)
class RegistrationDeclined(_RegistrationFact):
    """A coordinator said no."""


@dataclass(frozen=True, kw_only=True)
class LinkRequested(_RegistrationFact):
    """Somebody signed up again (``reason`` repeated) or asked for the link again (asked)."""


@dataclass(frozen=True, kw_only=True)
class InvitationFact(Fact):
    """What all facts about an invitation carry."""

    PUBLISHER: ClassVar[str] = "registration"
    AGGREGATE: ClassVar[str] = "invitation_id"

    invitation_id: UUID
    network_id: UUID
    meeting_id: UUID
    company_name: str
    contact_name: str
    contact_email: str
    language: str
    link_version: int


@dataclass(frozen=True, kw_only=True)
class InvitationIssued(InvitationFact):
    """A contact is asked personally; ``reminder_number`` above 0 reminds her of it."""

    reminder_number: int
    on_recommendation_of: str  # the colleague who passed it on, or empty


@dataclass(frozen=True, kw_only=True)
class InvitationAnswered(InvitationFact):
    """The contact said yes, no, or that a colleague comes."""

    answer: str
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class AttendeeCheckedIn(Fact):
    """Somebody has arrived."""

    PUBLISHER: ClassVar[str] = "registration"
    AGGREGATE: ClassVar[str] = "registration_id"

    registration_id: UUID
    meeting_id: UUID
    attendee_id: UUID
    checked_in_at: datetime


@dataclass(frozen=True, kw_only=True)
class SlotOverbooked(Fact):
    """A slot's capacity was lowered below what is taken; nobody was dropped. Not any more where taken fits."""

    PUBLISHER: ClassVar[str] = "registration"
    AGGREGATE: ClassVar[str] = "slot_id"

    slot_id: UUID
    meeting_id: UUID
    capacity: int
    taken: int


@dataclass(frozen=True, kw_only=True)
class SignUpRepeated(Fact):
    """An address with a living claim on the slot signed up again; registration itself has its owner told later.

    So the form does as much work for known addresses as for new ones.
    """

    PUBLISHER: ClassVar[str] = "registration"
    AGGREGATE: ClassVar[str] = "repeated_id"

    repeated_id: UUID
    registration_id: UUID


@dataclass(frozen=True, kw_only=True)
class ErasedSubject:
    """``kind``: registration, seat, invitation; recommendation: the colleague named in an invitation."""

    kind: str
    subject_id: UUID
    aggregate_id: UUID  # whose facts name it


@dataclass(frozen=True, kw_only=True)
class PersonErased(Fact):
    """Nobody keeps anything of a person; ids only. About the erasure, so that it waits behind nothing."""

    PUBLISHER: ClassVar[str] = "registration"
    AGGREGATE: ClassVar[str] = "erasure_id"

    erasure_id: UUID
    erased_at: datetime
    subjects: list[ErasedSubject]
    tell_registration_id: (
        UUID | None
    )  # whose contact is told by a last mail, if no other mail tells it


class CompanySchema(BaseSchema):
    """Company."""

    BUILDS = Company
    company_id = fields.UUID(required=True)
    name = fields.String(required=True)
    postcode = fields.String(required=True)
    district = fields.String(required=True)


class ContactSchema(BaseSchema):
    """Contact."""

    BUILDS = Contact
    contact_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True)


class AttendeeSchema(BaseSchema):
    """Attendee."""

    BUILDS = Attendee
    attendee_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True, allow_none=True)
    link_version = fields.Integer(required=True, strict=True)
    is_contact = fields.Boolean(required=True)


class RegistrationSchema(FactSchema):
    """What all facts about a registration have in common."""

    registration_id = fields.UUID(required=True)
    network_id = fields.UUID(required=True)
    meeting_id = fields.UUID(required=True)
    meeting_revision = fields.Integer(required=True, strict=True)
    slot_id = fields.UUID(required=True)
    linked_to = fields.UUID(required=True, allow_none=True)
    state = fields.String(required=True)
    previous_state = fields.String(required=True)
    seats = fields.Integer(required=True, strict=True)
    company = fields.Nested(CompanySchema, required=True)
    contact = fields.Nested(ContactSchema, required=True)
    attendees = fields.List(fields.Nested(AttendeeSchema), required=True)
    language = fields.String(required=True)
    signed_up_at = fields.AwareDateTime(required=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)
    held_until = fields.AwareDateTime(required=True, allow_none=True)
    link_version = fields.Integer(required=True, strict=True)
    on_behalf = fields.Boolean(required=True)
    reason = fields.String(required=True)


class RegistrationWaitlistedSchema(RegistrationSchema):
    """RegistrationWaitlisted."""

    position = fields.Integer(required=True, strict=True)


class RegistrationChangedSchema(RegistrationSchema):
    """RegistrationChanged."""

    changes = fields.List(fields.String(), required=True)
    removed_attendees = fields.List(fields.Nested(AttendeeSchema), required=True)


class InvitationSchema(FactSchema):
    """What both facts about an invitation have in common."""

    invitation_id = fields.UUID(required=True)
    network_id = fields.UUID(required=True)
    meeting_id = fields.UUID(required=True)
    company_name = fields.String(required=True)
    contact_name = fields.String(required=True)
    contact_email = fields.String(required=True)
    language = fields.String(required=True)
    link_version = fields.Integer(required=True, strict=True)


class InvitationIssuedSchema(InvitationSchema):
    """InvitationIssued."""

    reminder_number = fields.Integer(required=True, strict=True)
    on_recommendation_of = fields.String(required=True)


class InvitationAnsweredSchema(InvitationSchema):
    """InvitationAnswered."""

    answer = fields.String(required=True)
    answered_at = fields.AwareDateTime(required=True)


class AttendeeCheckedInSchema(FactSchema):
    """AttendeeCheckedIn."""

    registration_id = fields.UUID(required=True)
    meeting_id = fields.UUID(required=True)
    attendee_id = fields.UUID(required=True)
    checked_in_at = fields.AwareDateTime(required=True)


class SlotOverbookedSchema(FactSchema):
    """SlotOverbooked."""

    slot_id = fields.UUID(required=True)
    meeting_id = fields.UUID(required=True)
    capacity = fields.Integer(required=True, strict=True)
    taken = fields.Integer(required=True, strict=True)


class SignUpRepeatedSchema(FactSchema):
    """SignUpRepeated."""

    repeated_id = fields.UUID(required=True)
    registration_id = fields.UUID(required=True)


class ErasedSubjectSchema(BaseSchema):
    """ErasedSubject."""

    BUILDS = ErasedSubject
    kind = fields.String(required=True)
    subject_id = fields.UUID(required=True)
    aggregate_id = fields.UUID(required=True)


class PersonErasedSchema(FactSchema):
    """PersonErased."""

    erasure_id = fields.UUID(required=True)
    erased_at = fields.AwareDateTime(required=True)
    subjects = fields.List(fields.Nested(ErasedSubjectSchema), required=True)
    tell_registration_id = fields.UUID(required=True, allow_none=True)


RegistrationFact = (
    RegistrationHeld
    | ApprovalRequested
    | RegistrationWaitlisted
    | RegistrationConfirmed
    | RegistrationChanged
    | RegistrationCancelled
    | RegistrationExpired
    | RegistrationDeclined
    | LinkRequested
)


def _plain(name: str) -> type[FactSchema]:
    # Facts without fields of their own share one shape; each gets a schema class of its own name.
    return type(f"{name}Schema", (RegistrationSchema,), {"__doc__": f"{name}."})


for _fact in (
    RegistrationHeld,
    ApprovalRequested,
    RegistrationConfirmed,
    RegistrationCancelled,
    RegistrationExpired,
    RegistrationDeclined,
    LinkRequested,
):
    register(_fact, _plain(_fact.wire_name()))
register(RegistrationWaitlisted, RegistrationWaitlistedSchema)
register(RegistrationChanged, RegistrationChangedSchema)
register(InvitationIssued, InvitationIssuedSchema)
register(InvitationAnswered, InvitationAnsweredSchema)
register(AttendeeCheckedIn, AttendeeCheckedInSchema)
register(SlotOverbooked, SlotOverbookedSchema)
register(SignUpRepeated, SignUpRepeatedSchema)
register(PersonErased, PersonErasedSchema)
