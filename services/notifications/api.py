"""The JSON API of notifications: the mail log and the reminder rules."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.notifications.domain import reminders
from services.notifications.models import Meeting
from services.notifications.queries import access, mails
from services.notifications.queries.mails import MailFilter
from services.notifications.schemas.mails import MailSchema, MailsQuerySchema
from services.notifications.schemas.reminders import RulesSchema
from services.notifications.use_cases import mails as use_cases
from services.notifications.use_cases import rules
from shared.language import gettext as _
from shared.web.api import Blueprint, Problem, pagination_header
from shared.web.auth import coordinators, current_scope
from shared.web.context import reading, transaction

blueprint = Blueprint("mails_api", __name__, url_prefix="/notifications/api/v1")


def _unknown() -> Problem:
    return Problem(404, "not-found", _("There is nothing here by this id."))


@blueprint.get("/mails")
@coordinators("viewer")
@blueprint.arguments(MailsQuerySchema, location="query")
@blueprint.response(200, MailSchema(many=True))
def list_mails(query: dict[str, Any]) -> Any:
    """What went to whom, newest first."""
    paging = {"page": query.pop("page"), "page_size": query.pop("page_size")}
    chosen = MailFilter(words=query.pop("q"), **query)
    with reading() as session:
        page = mails.mails(session, current_scope(), chosen, **paging)
    return page.rows, {"X-Pagination": pagination_header(page)}


@blueprint.get("/mails/<uuid:mail_id>")
@coordinators("viewer")
@blueprint.response(200, MailSchema)
def show_mail(mail_id: UUID) -> Any:
    """One mail, without its content."""
    with reading() as session:
        found = mails.mail(session, current_scope(), mail_id)
    if found is None:
        raise _unknown()
    return found


@blueprint.post("/mails/<uuid:mail_id>/retry")
@coordinators("coordinator")
@blueprint.response(200, MailSchema)
def retry_mail(mail_id: UUID) -> Any:
    """Send it once more, now. 409 where there is nothing to send again."""
    with transaction() as session:
        done = use_cases.retry_mail(session, mail_id, current_scope())
        found = mails.mail(session, current_scope(), mail_id)
    if found is None:
        raise _unknown()
    if not done:
        raise Problem(409, "not-retryable", _("Only mails that did not arrive are sent again."))
    return found


def _meeting(session: Session, meeting_id: UUID) -> Meeting:
    found = access.meeting(session, current_scope(), meeting_id)
    if found is None:
        raise _unknown()
    return found


@blueprint.get("/meetings/<uuid:meeting_id>/reminders")
@coordinators("viewer")
@blueprint.response(200, RulesSchema)
def show_reminders(meeting_id: UUID) -> Any:
    """The reminder rules of a meeting; the default ones where nobody chose."""
    with reading() as session:
        return {"rules": reminders.rules_of(_meeting(session, meeting_id).rules)}


@blueprint.put("/meetings/<uuid:meeting_id>/reminders")
@coordinators("coordinator")
@blueprint.arguments(RulesSchema)
@blueprint.response(200, RulesSchema)
def replace_reminders(data: dict[str, Any], meeting_id: UUID) -> Any:
    """Replace all reminder rules; reminders that are not sent yet are planned anew."""
    with transaction() as session:
        try:
            rules.replace_rules(session, _meeting(session, meeting_id), data["rules"])
        except rules.RuleError as error:
            text = _("This reminder would come after the beginning.")
            errors = {"rules": {error.index: {"offset_minutes": [text]}}}
            raise Problem(422, "invalid", text, errors=errors) from error
    return data
