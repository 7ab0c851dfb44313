"""The mail log over HTTP."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from services.notifications.domain.letters import ACCOUNT_KINDS, KINDS

ALL_KINDS = (*KINDS, *ACCOUNT_KINDS)
STATES = (
    "queued",
    "sending",
    "sent",
    "retry",
    "failed",
    "ambiguous",
    "suppressed",
    "held_back",
)


class MailsQuerySchema(Schema):
    """Which mails."""

    registration_id = fields.UUID()
    meeting_id = fields.UUID()
    kind = fields.String(validate=validate.OneOf(ALL_KINDS))
    state = fields.String(validate=validate.OneOf(STATES))
    q = fields.String(load_default="", validate=validate.Length(max=200))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 100_000))
    page_size = fields.Integer(load_default=100, validate=validate.Range(1, 1000))


class MailSchema(Schema):
    """A mail without its content."""

    id = fields.UUID()
    kind = fields.String()
    recipient = fields.String()
    recipient_name = fields.String()
    language = fields.String()
    subject = fields.String(allow_none=True)
    state = fields.String()
    attempts = fields.Integer()
    message_id = fields.String(allow_none=True)
    registration_id = fields.UUID(allow_none=True)
    invitation_id = fields.UUID(allow_none=True)
    meeting_id = fields.UUID(allow_none=True)
    due_at = fields.AwareDateTime()
    created_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)
    smtp_code = fields.Integer(allow_none=True)
    smtp_text = fields.String(allow_none=True)
