"""The personal page of an invited contact: yes with seats, no, or a colleague. Only POST changes anything."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from marshmallow import ValidationError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.domain.invitations import Answer
from services.registration.domain.lifecycle import SEATED
from services.registration.domain.names import MAX_NAME, NOT_NAMED
from services.registration.domain.refusals import (
    AnotherTimeError,
    CapExceededError,
    ChangedMeanwhileError,
    ClosedError,
    FullError,
    OutdatedError,
    UnknownError,
)
from services.registration.models import Invitation, Meeting, Network, Registration
from services.registration.pages.views import last_call_of
from services.registration.queries.scope import upcoming_meetings
from services.registration.schemas.sign_up import NOTICE_VERSION
from services.registration.use_cases.invitation_answers import (
    Answered,
    SameAddressError,
    TooManyColleaguesError,
    Yes,
    living_claims,
    open_invitation,
    pass_on,
    say_no,
    say_yes,
)
from services.registration.use_cases.invitations import is_answerable
from services.registration.use_cases.sign_up import Person
from services.registration.use_cases.submission import again
from shared.clock import now
from shared.identifiers import parse_id
from shared.language import current_language, lazy_gettext, set_language
from shared.language import gettext as _
from shared.links import LinkTarget
from shared.web.auth import public
from shared.web.context import links, reading, settings, transaction
from shared.web.fields import clean_email, clean_line
from shared.web.forms import Errors, small_number, typed
from shared.web.limits import limited

blueprint = Blueprint("invitation", __name__, url_prefix="/invitations")

MOST_SEATS = 5  # offered here; more on the page that changes a registration
_REFUSED: dict[type[Exception], object] = {
    UnknownError: lazy_gettext("This time is not offered any more. Please choose another one."),
    ClosedError: lazy_gettext("It is too late to change this here. Please call us."),
    FullError: lazy_gettext("All seats are taken by now, and there is no waitlist."),
    AnotherTimeError: lazy_gettext(
        "You are registered for another time already. Please sign off first with “Change names or seats”, "
        "then answer anew."
    ),
    ChangedMeanwhileError: lazy_gettext("This registration has ended meanwhile."),
}


@dataclass
class Form:
    """What was typed, what is wrong with it."""

    values: dict[str, str] = field(default_factory=dict)
    errors: Errors = field(default_factory=dict)

    def line(self, name: str, *, required: str = "") -> str:
        """The cleaned text of a field; *required* is what to say where it is empty."""
        try:
            text = clean_line(self.values.get(name, ""))
        except ValidationError as error:
            self.errors[name] = [str(message) for message in error.messages]
            return ""
        if len(text) > MAX_NAME:
            self.errors[name] = [_("Please use at most %(most)s characters.", most=MAX_NAME)]
        elif required and not text:
            self.errors[name] = [required]
        return text

    def email(self, name: str) -> str:
        """The cleaned address of a field."""
        try:
            return clean_email(self.values.get(name, ""))
        except ValidationError as error:
            self.errors[name] = [str(message) for message in error.messages]
            return ""


@blueprint.get("/<token>")
@public
def invitation_page(token: str) -> Response:
    target = links().read("invitation", token)
    with reading() as session:
        asked = _asked(session, target) if request.args.get("step") == "no" else None
        return asked or _page(session, target, Form())


def _asked(session: Session, target: LinkTarget) -> Response | None:
    """Whoever has seats is asked once more before they are given up; None where there are none."""
    try:
        claims = living_claims(session, open_invitation(session, target))
    except (UnknownError, OutdatedError):
        return None
    if not claims:
        return None
    claim = next((one for one in claims if one.state in SEATED), claims[0])
    text = render_template(
        "public/give_up.html",
        meeting=claim.meeting,
        starts_at=claim.slot.starts_at,
        state=claim.state,
        seats=_seats_given_up(claims) or claim.seats,
        back=request.path,
        field="answer",
        value="no",
    )
    return make_response(text)


def _seats_given_up(claims: Iterable[Registration]) -> int:
    """How many others could have after a no."""
    moment = now()
    to_come = (claim for claim in claims if claim.slot.starts_at > moment)
    return sum(claim.seats for claim in to_come if claim.state in SEATED)


@blueprint.post("/<token>")
@public
@limited("60 per minute")
def answer_invitation(token: str) -> Response:
    target = links().read("invitation", token)
    form = Form(values=typed())
    answer = form.values.get("answer", "")
    try:
        if answer in _ANSWERS and (response := _ANSWERS[answer](target, form)):
            return response
    except OutdatedError:
        form.errors.clear()  # the page says why nothing can be answered any more
    except tuple(_REFUSED) as error:
        form.errors["form"] = [str(_REFUSED[type(error)])]
    except CapExceededError as error:
        text = _("A company can register at most %(cap)s seats for this meeting.", cap=error.cap)
        form.errors["seats"] = [text]
    with reading() as session:
        return _page(session, target, form)


def _yes(target: LinkTarget, form: Form) -> Response | None:
    people = _people(form)
    if form.errors:
        return None
    yes = Yes(
        people=people,
        slot_id=parse_id(form.values.get("slot", "")),
        accepts_fewer="fewer" in form.values,
        notice_version=NOTICE_VERSION,
    )
    hold = timedelta(minutes=settings().hold_minutes)

    def act() -> Answered:
        with transaction() as session:
            return say_yes(session, target, yes, hold=hold, now=now())

    return _to_page(kept=again(act).kept)


def _people(form: Form) -> tuple[Person, ...]:
    """Who comes; nobody by name where the page showed whom she has registered already."""
    if "registered" in form.values:
        return ()
    names = [form.line(f"name-{number}") for number in range(1, _seats(form) + 1)]
    return tuple(Person(name or NOT_NAMED) for name in names)


def _seats(form: Form) -> int:
    seats = small_number(form.values.get("seats", "1"), 0)
    if not 1 <= seats <= MOST_SEATS:
        form.errors["seats"] = [_("Please choose how many seats you need.")]
        return 0
    return seats


def _no(target: LinkTarget, _form: Form) -> Response:
    with transaction() as session:
        say_no(session, target, now=now())
    return _to_page()


def _colleague(target: LinkTarget, form: Form) -> Response | None:
    name = form.line("colleague-name", required=_("Please say who comes instead."))
    email = form.email("colleague-email")
    if form.errors:
        return None
    try:
        with transaction() as session:
            pass_on(session, target, Person(name, email), now=now())
    except SameAddressError:
        text = _("This is the invited address itself: please answer yes.")
        form.errors["colleague-email"] = [text]
    except TooManyColleaguesError:
        text = _("The invitation was passed on several times already. Please call us.")
        form.errors["colleague-email"] = [text]
    return None if form.errors else _to_page()


_ANSWERS = {str(Answer.YES): _yes, str(Answer.NO): _no, str(Answer.COLLEAGUE): _colleague}


def _to_page(*, kept: bool = False) -> Response:
    return redirect(request.path + "?kept=1" * kept, 303)


def _page(session: Session, target: LinkTarget, form: Form) -> Response:
    try:
        invitation = open_invitation(session, target)
    except (UnknownError, OutdatedError):
        return make_response(render_template("link_problem.html", problem="unknown"), 404)
    if not _language_was_chosen():
        set_language(invitation.language)
    meeting = session.get_one(Meeting, invitation.meeting_id)
    network = session.get(Network, meeting.network_id)
    moment = now()
    is_open = is_answerable(meeting, moment)
    if not is_open:
        form.errors.clear()  # the page itself says so
    claims = living_claims(session, invitation)
    claim = next(iter(claims), None)
    page = render_template(
        "invitation.html",
        invitation=invitation,
        meeting=meeting,
        slots=meeting.slots_to_come(moment) or meeting.open_slots,
        several=len(meeting.open_slots) > 1,
        network=network,
        claim=claim,
        given_up=_seats_given_up(claims),
        manage_url=_manage_url(claim),
        kept="kept" in request.args,
        next_meeting=_next_meeting(session, meeting) if invitation.answer == Answer.NO else None,
        open=is_open,
        last_call=last_call_of(meeting),
        form=form,
        values=_values(invitation, form),
        most_seats=min(MOST_SEATS, meeting.seats_per_company or MOST_SEATS),
        language=current_language(),
    )
    return make_response(page, 422 if form.errors else 200)


def _language_was_chosen() -> bool:
    return "lang" in request.args or "treffpunkt_language" in request.cookies


def _values(invitation: Invitation, form: Form) -> dict[str, Any]:
    first = {"seats": "1", "name-1": invitation.contact_name}
    return first | form.values


def _manage_url(claim: Registration | None) -> str | None:
    if claim is None:
        return None
    return links().url("manage", claim.id, claim.link_version)


def _next_meeting(session: Session, meeting: Meeting) -> Meeting | None:
    networks: set[UUID] = {meeting.network_id}
    later = upcoming_meetings(session, networks, now=now())
    listed = (one for one in later if one.admission != "invited")
    return next((one for one in listed if one.starts_at > meeting.starts_at), None)
