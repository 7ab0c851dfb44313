"""What went to whom: the log, one mail as it was sent, sending it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, abort, flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from services.notifications.domain import retries
from services.notifications.domain.letters import ACCOUNT_KINDS
from services.notifications.models import Mail
from services.notifications.pages import content, words
from services.notifications.queries import access, mails
from services.notifications.queries.mails import MailFilter
from services.notifications.use_cases import mails as use_cases
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.paging import page_number
from shared.web.auth import coordinators, current_scope, may_edit
from shared.web.context import reading, settings, transaction

blueprint = Blueprint("mails", __name__, url_prefix="/notifications")

MAILS_A_PAGE = 50
# A mail in its frame loads nothing, runs nothing, sends nothing.
FRAME_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'; sandbox"
)


@blueprint.get("/")
@coordinators("viewer")
def listing() -> str:
    """All mails, newest first."""
    chosen = _filter()
    number = page_number(request.args)
    with reading() as session:
        page = mails.mails(session, current_scope(), chosen, page=number, page_size=MAILS_A_PAGE)
        meeting = (
            access.meeting(session, current_scope(), chosen.meeting_id)
            if chosen.meeting_id
            else None
        )
        return render_template(
            "mail_log.html",
            mails=page.rows,
            titles=mails.titles(session, page.rows),
            page=page,
            filtered=chosen != MailFilter(),
            meeting=meeting,
            values=request.args,
            kinds=words.KINDS,
            states=words.STATES,
            tz=settings().time_zone,
        )


def _filter() -> MailFilter:
    given = request.args
    return MailFilter(
        kind=given.get("kind") if given.get("kind") in words.KINDS else None,
        state=given.get("state") if given.get("state") in words.STATES else None,
        registration_id=parse_id(given.get("registration", "")),
        meeting_id=parse_id(given.get("meeting", "")),
        words=given.get("q", "")[:200],
    )


def _mail(session: Session, mail_id: UUID) -> Mail:
    found = mails.mail(session, current_scope(), mail_id)
    if found is None:
        abort(404)
    return found


def _content(mail: Mail) -> content.Content | None:
    """What may be shown of it: never what opens somebody's account."""
    if mail.message is None or mail.kind in ACCOUNT_KINDS:
        return None
    return content.read(mail.message)


@blueprint.get("/mails/<uuid:mail_id>")
@coordinators("viewer")
def show(mail_id: UUID) -> str:
    """One mail as it was sent."""
    with reading() as session:
        mail = _mail(session, mail_id)
        meeting = (
            access.meeting(session, current_scope(), mail.meeting_id) if mail.meeting_id else None
        )
    return render_template(
        "mail.html",
        mail=mail,
        content=_content(mail),
        meeting=meeting,
        kinds=words.KINDS,
        reason=words.REASONS.get(mail.smtp_text or "", mail.smtp_text),
        ours=retries.is_ours(mail.smtp_text or ""),
        retryable=mail.state in use_cases.RETRYABLE and may_edit(),
        may_edit=may_edit(),
        tz=settings().time_zone,
    )


@blueprint.get("/mails/<uuid:mail_id>/html")
@coordinators("viewer")
def frame(mail_id: UUID) -> Response:
    """Its HTML alone, for the frame of the page."""
    with reading() as session:
        shown = _content(_mail(session, mail_id))
    if shown is None:
        abort(404)
    response = Response(shown.html, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


@blueprint.get("/mails/<uuid:mail_id>/source")
@coordinators("coordinator")
def source(mail_id: UUID) -> Response:
    """The mail as a file, as far as it is shown."""
    with reading() as session:
        shown = _content(_mail(session, mail_id))
    if shown is None:
        abort(404)
    headers = {"Content-Disposition": f'attachment; filename="{mail_id}.eml"'}
    return Response(content.write(shown), content_type="message/rfc822", headers=headers)


@blueprint.post("/mails/<uuid:mail_id>/retry")
@coordinators("coordinator")
def retry(mail_id: UUID) -> BaseResponse:
    """Send it once more."""
    with transaction() as session:
        _mail(session, mail_id)
        done = use_cases.retry_mail(session, mail_id, current_scope())
    message: tuple[Any, str] = (
        (_("The mail is being sent again."), "success")
        if done
        else (_("Only mails that did not arrive are sent again."), "warning")
    )
    flash(*message)
    return redirect(f"/notifications/mails/{mail_id}", 303)
