"""The mails of one meeting: sent, planned, the reminder rules, holding back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, abort, flash, make_response, redirect, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.notifications.domain import reminders
from services.notifications.domain.retries import BULK
from services.notifications.models import Meeting
from services.notifications.pages import rule_form, words
from services.notifications.queries import access, mails
from services.notifications.queries.mails import MailFilter
from services.notifications.queries.planned import planned_mails
from services.notifications.use_cases import mails as use_cases
from services.notifications.use_cases import rules
from shared.language import gettext as _
from shared.language import ngettext
from shared.paging import COUNTED
from shared.web.auth import coordinators, current_scope, may_edit
from shared.web.context import reading, transaction
from shared.web.forms import Errors, typed

blueprint = Blueprint("meeting_mails", __name__, url_prefix="/notifications/meetings")

SENT_SHOWN = 25


@blueprint.get("/<uuid:meeting_id>")
@coordinators("viewer")
def show(meeting_id: UUID) -> Response | str:
    """Planned and sent mails."""
    with reading() as session:
        meeting = access.meeting(session, current_scope(), meeting_id)
        if meeting is None:
            return make_response(
                render_template("meeting_unknown.html", meeting_id=meeting_id), 404
            )
        values = rule_form.values_of(reminders.rules_of(meeting.rules))
        return _page(session, meeting, values, {})


def _page(session: Session, meeting: Meeting, values: Mapping[str, str], errors: Errors) -> str:
    chosen = MailFilter(meeting_id=meeting.id)
    return render_template(
        "meeting_mails.html",
        meeting=meeting,
        planned=planned_mails(session, meeting.id, most=COUNTED + 1),
        most=COUNTED,
        mails=mails.mails(session, current_scope(), chosen, page=1, page_size=SENT_SHOWN).rows,
        counts=mails.states(session, meeting.id),
        rows=rule_form.indexes(values),
        values=values,
        errors=errors,
        kinds=words.KINDS,
        bulk=BULK,
        states=words.STATES,
        audiences=words.AUDIENCES,
        units=words.UNITS,
        relative_to=words.RELATIVE_TO,
        may_edit=may_edit(),
    )


def _meeting(session: Session, meeting_id: UUID) -> Meeting:
    found = access.meeting(session, current_scope(), meeting_id)
    if found is None:
        abort(404)
    return found


def _back(meeting_id: UUID) -> Response:
    return redirect(f"/notifications/meetings/{meeting_id}", 303)


@blueprint.post("/<uuid:meeting_id>/reminders")
@coordinators("coordinator")
def save_rules(meeting_id: UUID) -> Response:
    """Replace the reminder rules."""
    values = typed()
    found, errors = rule_form.read(values)
    with transaction() as session:
        meeting = _meeting(session, meeting_id)
        if not errors:
            try:
                rules.replace_rules(session, meeting, [rule for _row, rule in found])
            except rules.RuleError as error:
                row = found[error.index][0]
                errors = {f"amount-{row}": [_("This reminder would come after the beginning.")]}
        if errors:
            return make_response(_page(session, meeting, values, errors), 422)
    flash(_("The reminders are planned anew."), "success")
    return _back(meeting_id)


@blueprint.post("/<uuid:meeting_id>/hold")
@coordinators("coordinator")
def hold(meeting_id: UUID) -> Response:
    """Hold back what goes to many."""
    with transaction() as session:
        _meeting(session, meeting_id)
        use_cases.hold_mails(session, meeting_id=meeting_id)
    flash(_("Mails to many are held back until you release them."), "success")
    return _back(meeting_id)


@blueprint.post("/<uuid:meeting_id>/release")
@coordinators("coordinator")
def release(meeting_id: UUID) -> Response:
    """Let them go."""
    with transaction() as session:
        _meeting(session, meeting_id)
        number = use_cases.release_mails(session, meeting_id=meeting_id)
    text = ngettext("%(num)s mail is being sent.", "%(num)s mails are being sent.", number)
    flash(text if number else _("Mails are no longer held back."), "success")
    return _back(meeting_id)
