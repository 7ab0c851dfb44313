"""Facts published by notifications: mails that cannot be delivered, mails that will go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from marshmallow import fields

from shared.events.envelope import BaseSchema, Fact, FactSchema, register


@dataclass(frozen=True, kw_only=True)
class MailFailed(Fact):
    """A mail was refused for good; the address needs a person's eye."""

    PUBLISHER: ClassVar[str] = "notifications"
    AGGREGATE: ClassVar[str] = "mail_id"

    mail_id: UUID
    kind: str
    recipient: str
    registration_id: UUID | None
    invitation_id: UUID | None
    failed_at: datetime


@dataclass(frozen=True, kw_only=True)
class PlannedMail:
    """A kind of mail with the time it is due and how many people will get it."""

    kind: str
    due_at: datetime
    recipients: int


@dataclass(frozen=True, kw_only=True)
class MailsPlanned(Fact):
    """Which mails about a meeting are planned, soonest first."""

    PUBLISHER: ClassVar[str] = "notifications"
    AGGREGATE: ClassVar[str] = "meeting_id"

    meeting_id: UUID
    planned: list[PlannedMail]


@dataclass(frozen=True, kw_only=True)
class MailsErased(Fact):
    """The receipt of PersonErased: nothing of the person is left in mails, calendars and copies."""

    PUBLISHER: ClassVar[str] = "notifications"
    AGGREGATE: ClassVar[str] = "erasure_id"

    erasure_id: UUID
    erased_at: datetime


class MailFailedSchema(FactSchema):
    """MailFailed."""

    mail_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    recipient = fields.String(required=True)
    registration_id = fields.UUID(required=True, allow_none=True)
    invitation_id = fields.UUID(required=True, allow_none=True)
    failed_at = fields.AwareDateTime(required=True)


class PlannedMailSchema(BaseSchema):
    """PlannedMail."""

    BUILDS = PlannedMail
    kind = fields.String(required=True)
    due_at = fields.AwareDateTime(required=True)
    recipients = fields.Integer(required=True, strict=True)


class MailsPlannedSchema(FactSchema):
    """MailsPlanned."""

    meeting_id = fields.UUID(required=True)
    planned = fields.List(fields.Nested(PlannedMailSchema), required=True)


class MailsErasedSchema(FactSchema):
    """MailsErased."""

    erasure_id = fields.UUID(required=True)
    erased_at = fields.AwareDateTime(required=True)


register(MailFailed, MailFailedSchema)
register(MailsPlanned, MailsPlannedSchema)
register(MailsErased, MailsErasedSchema)
