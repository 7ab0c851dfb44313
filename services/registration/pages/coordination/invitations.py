"""The invitations tab of a meeting: who was asked, who answered, asking more, reminding the silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import flash, redirect, render_template, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.domain.invitations import (
    MAX_LINES,
    InvitedContact,
    Line,
    LineProblem,
    read_lines,
)
from services.registration.domain.names import email_key
from services.registration.models import Meeting
from services.registration.pages.coordination.base import blueprint, meeting_or_404
from services.registration.queries import invitation_list as queries
from services.registration.use_cases.invitations import (
    count_silent,
    is_answerable,
    issue,
    remind_silent,
)
from shared.clock import now
from shared.identifiers import parse_id
from shared.language import gettext as _
from shared.language import lazy_gettext, ngettext
from shared.paging import page_number
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, transaction

MAX_WORDS = 100
PROBLEMS = {
    LineProblem.FIELDS: lazy_gettext("three parts are needed: company; name; e-mail"),
    LineProblem.CHARACTERS: lazy_gettext("it contains invisible characters"),
    LineProblem.ACCENTS: lazy_gettext("it contains accents that lie upon each other"),
    LineProblem.COMPANY: lazy_gettext("the company is missing"),
    LineProblem.EMAIL: lazy_gettext("the address cannot be right"),
    LineProblem.LENGTH: lazy_gettext("the name is too long"),
    LineProblem.REPEATED: lazy_gettext("the address stands in the list twice"),
}


@blueprint.get("/meetings/<uuid:meeting_id>/invitations")
@coordinators("viewer")
def invitation_list(meeting_id: UUID) -> str:
    answer = request.args.get("answer", "")
    answer = answer if answer in queries.ANSWERS else ""
    q = request.args.get("q", "").strip()[:MAX_WORDS]
    with reading() as session:
        meeting = meeting_or_404(session, meeting_id)
        number, last = count_silent(session, meeting.id)
        return render_template(
            "coordination/invitations.html",
            tab="invitations",
            meeting=meeting,
            page=queries.invitations(
                session,
                meeting.id,
                answer=answer,
                q=q,
                number=page_number(request.args),
            ),
            counts=queries.answers(session, meeting.id),
            answer=answer,
            q=q,
            silent=number,
            last_written=last,
            written_until=last.isoformat() if last else "",
            open=is_open(meeting),
        )


def is_open(meeting: Meeting) -> bool:
    """Whether an invitation could still be answered."""
    return is_answerable(meeting, now())


@dataclass(frozen=True)
class Checked:
    """What a list to be invited contains, before anything is sent."""

    new: Sequence[InvitedContact]
    asked: Sequence[InvitedContact]
    problems: Sequence[tuple[int, str, str]]


def _check(session: Session, meeting: Meeting) -> Checked:
    lines = read_lines(request.form.get("lines", ""))
    ticked = [parsed for text in request.form.getlist("selected") if (parsed := parse_id(text))]
    contacts = [
        InvitedContact(known.company, known.name, known.email)
        for known in queries.contacts_by_id(session, meeting.network_id, ticked)
    ]
    contacts += [line.contact for line in lines if line.contact]
    unique = {email_key(contact.email): contact for contact in reversed(contacts)}
    asked = queries.asked_addresses(session, meeting.id, unique.keys())
    return Checked(
        new=[contact for key, contact in reversed(unique.items()) if key not in asked],
        asked=[contact for key, contact in reversed(unique.items()) if key in asked],
        problems=_problems(lines),
    )


def _problems(lines: Sequence[Line]) -> list[tuple[int, str, str]]:
    problems = [
        (line.number, line.text, str(PROBLEMS[line.problem])) for line in lines if line.problem
    ]
    if len(lines) > MAX_LINES:
        problems.append((0, "", _("Please invite at most %(most)s at once.", most=MAX_LINES)))
    return problems


@blueprint.get("/meetings/<uuid:meeting_id>/invitations/add")
@coordinators("coordinator")
def add_invitations(meeting_id: UUID) -> str:
    with reading() as session:
        return _add_page(session, meeting_or_404(session, meeting_id), None)


def _add_page(session: Session, meeting: Meeting, checked: Checked | None) -> str:
    q = request.args.get("q", "").strip()[:MAX_WORDS]
    return render_template(
        "coordination/invite.html",
        tab="invitations",
        meeting=meeting,
        known=queries.known_contacts(session, meeting.network_id, meeting.id, q=q),
        q=q,
        checked=checked,
        lines=request.form.get("lines", ""),
        ticked=set(request.form.getlist("selected")),
        open=is_open(meeting),
    )


@blueprint.post("/meetings/<uuid:meeting_id>/invitations/add")
@coordinators("coordinator")
def send_invitations(meeting_id: UUID) -> Response | str:
    with transaction() as session:
        meeting = meeting_or_404(session, meeting_id)
        checked = _check(session, meeting)
        ready = "send" in request.form and checked.new and not checked.problems
        if not ready or not is_open(meeting):
            return _add_page(session, meeting, checked)
        issued = issue(session, meeting, checked.new, now=now(), by=current_coordinator().id)
    number = len(issued.invitations)
    flash(
        ngettext(
            "%(num)s invitation is on its way.", "%(num)s invitations are on their way.", number
        ),
        "success",
    )
    return redirect(f"/coordination/meetings/{meeting_id}/invitations", 303)


@blueprint.post("/meetings/<uuid:meeting_id>/invitations/remind")
@coordinators("coordinator")
def remind(meeting_id: UUID) -> Response:
    with transaction() as session:
        meeting = meeting_or_404(session, meeting_id)
        until = _moment(request.form.get("written_until", ""))
        number = 0
        if until and is_open(meeting):
            number = remind_silent(session, meeting, written_until=until, now=now())
    if number:
        text = ngettext("%(num)s person is reminded.", "%(num)s people are reminded.", number)
        flash(text, "success")
    else:
        flash(_("Nobody was written to: they have been reminded already."), "info")
    return redirect(f"/coordination/meetings/{meeting_id}/invitations", 303)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
