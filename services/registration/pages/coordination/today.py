"""Today: the next meeting with its numbers, what is new, what needs a person, the next mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import render_template
from sqlalchemy.orm import Session

from services.registration.models import Meeting
from services.registration.pages.coordination.base import blueprint, my_networks
from services.registration.pages.coordination.words import mail_words
from services.registration.queries import participants, today
from services.registration.queries.scope import upcoming_meetings
from services.registration.queries.today import Task, Urgency
from services.registration.use_cases.visits import note_visit
from shared.clock import now
from shared.language import gettext as _
from shared.language import ngettext
from shared.web.auth import coordinators, current_coordinator
from shared.web.context import reading, transaction

FIRST_VISIT = timedelta(days=7)


@dataclass(frozen=True)
class Todo:
    """A task in words, with its one action."""

    title: str
    why: str
    action: str
    url: str
    icon: str
    urgent: bool


@blueprint.get("/")
@coordinators("viewer")
def today_page() -> str:
    moment = now()
    with transaction() as session:
        seen = note_visit(session, current_coordinator().id, place="today", now=moment)
    since = seen or moment - FIRST_VISIT
    with reading() as session:
        meetings = upcoming_meetings(session, my_networks(), now=moment)
        mail = today.next_mail(session, meetings, now=moment)
        return render_template(
            "coordination/today.html",
            active="today",
            meetings=meetings,
            numbers=_numbers(session, meetings[0].id, since) if meetings else None,
            first_visit=seen is None,
            since=since,
            todos=[in_words(task) for task in today.tasks(session, my_networks(), now=moment)],
            mail=mail,
            mail_words=mail_words(mail.kind) if mail else "",
            later=_seats(meetings[1:]),
        )


def _numbers(session: Session, meeting_id: UUID, since: datetime) -> dict[str, object]:
    asked, silent = today.silent_invitations(session, meeting_id)
    return {
        "counts": participants.count_by_state(session, meeting_id),
        "held": participants.held_seats(session, meeting_id),
        "news": today.news(session, meeting_id, since=since),
        "asked": asked,
        "silent": silent,
    }


def _seats(meetings: Sequence[Meeting]) -> list[tuple[Meeting, int, int, int]]:
    return [
        (
            meeting,
            sum(slot.capacity for slot in meeting.slots),
            sum(slot.taken for slot in meeting.slots),
            sum(slot.waiting_seats for slot in meeting.slots),
        )
        for meeting in meetings
    ]


def in_words(task: Task) -> Todo:
    """What is to be done, why, and where."""
    return _WORDS[task.urgency](task)


def _overbooked(task: Task) -> Todo:
    slot = task.slot
    excess = slot.taken - slot.capacity if slot else 0
    return Todo(
        ngettext("%(num)s seat too many is taken", "%(num)s seats too many are taken", excess),
        _("%(meeting)s: the capacity was lowered. Nobody was dropped.", meeting=task.meeting.title),
        _("See who comes"),
        f"/coordination/meetings/{task.meeting.id}?slot={slot.id if slot else ''}",
        "alert",
        urgent=True,
    )


def _failing(task: Task) -> Todo:
    who = task.registration or task.invitation
    name = task.seat_name or (who.contact_name if who else "")
    if task.registration:
        url = f"/coordination/registrations/{task.registration.id}"
        url += "" if task.seat_name else "/address"
    else:
        url = f"/coordination/meetings/{task.meeting.id}/invitations?answer=failed"
    return Todo(
        _("Mail to %(name)s does not arrive", name=name),
        _("%(email)s was refused. %(meeting)s", email=task.email, meeting=task.meeting.title),
        _("See who comes") if task.seat_name else _("Correct the address"),
        url,
        "mails",
        urgent=True,
    )


def _pending(task: Task) -> Todo:
    company = task.registration.company_name if task.registration else ""
    return Todo(
        _("%(company)s waits for your decision", company=company)
        if task.number == 1
        else ngettext(
            "%(num)s registration waits for your decision",
            "%(num)s registrations wait for your decision",
            task.number,
        ),
        task.meeting.title,
        _("Decide"),
        _one_or_list(task, "state=pending_approval"),
        "eye",
        urgent=False,
    )


def _doubtful(task: Task) -> Todo:
    return Todo(
        ngettext(
            "Is %(num)s company known already?", "Are %(num)s companies known already?", task.number
        ),
        _("Similar names or the same mail domain. %(meeting)s", meeting=task.meeting.title),
        _("Compare"),
        _one_or_list(task, "sort=company"),
        "question",
        urgent=False,
    )


def _one_or_list(task: Task, query: str) -> str:
    if task.number == 1 and task.registration:
        return f"/coordination/registrations/{task.registration.id}"
    return f"/coordination/meetings/{task.meeting.id}?{query}"


_WORDS = {
    Urgency.OVERBOOKED: _overbooked,
    Urgency.FAILING: _failing,
    Urgency.PENDING: _pending,
    Urgency.DOUBTFUL: _doubtful,
}
