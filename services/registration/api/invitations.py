"""JSON: asking contacts, and their answers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.registration.api.repeating import DESCRIBED, answer_once, key_of
from services.registration.domain.invitations import Answer, InvitedContact
from services.registration.domain.names import NOT_NAMED, email_key
from services.registration.queries.scope import meeting_in_scope
from services.registration.schemas.invitations import (
    AnsweredSchema,
    AnswerSchema,
    InviteSchema,
    IssuedSchema,
)
from services.registration.use_cases.invitation_answers import (
    Answered,
    SameAddressError,
    TooManyColleaguesError,
    Yes,
    open_invitation,
    pass_on,
    say_no,
    say_yes,
)
from services.registration.use_cases.invitations import issue
from services.registration.use_cases.sign_up import Person
from services.registration.use_cases.submission import again
from shared.clock import now
from shared.language import gettext as _
from shared.links import LinkTarget
from shared.web.api import Blueprint, Problem
from shared.web.auth import coordinators, current_coordinator, public
from shared.web.context import links, settings, transaction
from shared.web.limits import limited

blueprint = Blueprint("invitations_api", __name__, url_prefix="/api/v1")


@blueprint.post("/invitations")
@coordinators("coordinator")
@blueprint.arguments(InviteSchema)
@blueprint.response(201, IssuedSchema)
def invite(data: dict[str, Any]) -> dict[str, Any]:
    """Ask contacts personally; whoever was asked to this meeting before is not asked again."""
    coordinator = current_coordinator()
    networks = None if coordinator.is_admin else coordinator.network_ids
    contacts = _unique(data["contacts"])
    with transaction() as session:
        meeting = meeting_in_scope(session, data["meeting_id"], networks)
        if meeting is None:
            raise Problem(404, "not-found", "There is no such published meeting.")
        issued = issue(session, meeting, contacts, now=now(), by=coordinator.id)
    return {"invitations": issued.invitations, "known": issued.known}


def _unique(rows: list[dict[str, str]]) -> list[InvitedContact]:
    by_address = {
        email_key(row["email"]): InvitedContact(row["company"], row["name"], row["email"])
        for row in reversed(rows)
    }
    return list(reversed(by_address.values()))


@blueprint.post("/invitations/answer")
@public
@limited("120 per minute")
@blueprint.doc(parameters=[DESCRIBED])
@blueprint.arguments(AnswerSchema)
@blueprint.response(200, AnsweredSchema)
def answer(data: dict[str, Any]) -> dict[str, Any]:
    """Say yes, no, or that a colleague comes; can be said anew until registration closes.

    Where the address has a registration already, the first yes confirms it as it is; ``attendees``, or ``seats``
    with another yes, change it. One for another slot is not moved: 409 another-time.
    """
    key = key_of("answer")
    try:
        return again(lambda: answer_once(key, lambda session: _answer(session, data)))
    except SameAddressError:
        text = _("This is the invited address itself: please answer yes.")
        raise Problem(422, "same-address", text, errors=_at_colleague(text)) from None
    except TooManyColleaguesError:
        text = _("The invitation was passed on several times already. Please call us.")
        raise Problem(409, "passed-on", text, errors=_at_colleague(text)) from None


def _at_colleague(text: str) -> dict[str, Any]:
    return {"colleague": {"email": [text]}}


def _answer(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    # Not before: another token with the same key is another body.
    done = _answered(session, links().read("invitation", data["token"]), data)
    if done.registration_id is None:
        return {}
    return {"registration": {"id": str(done.registration_id), "state": str(done.state)}}


def _answered(session: Session, target: LinkTarget, data: dict[str, Any]) -> Answered:
    if data["answer"] == Answer.NO:
        return say_no(session, target, now=now())
    if data["answer"] == Answer.COLLEAGUE:
        colleague = Person(data["colleague"]["name"], data["colleague"]["email"])
        return pass_on(session, target, colleague, now=now())
    yes = Yes(
        people=_people(session, target, data),
        named=bool(data["attendees"]),
        counted=bool(data["seats"]),
        slot_id=data["slot_id"],
    )
    hold = timedelta(minutes=settings().hold_minutes)
    return say_yes(session, target, yes, hold=hold, now=now())


def _people(session: Session, target: LinkTarget, data: dict[str, Any]) -> tuple[Person, ...]:
    people = [Person(one["name"], one["email"] or None) for one in data["attendees"] or ()]
    if not people:
        people.append(Person(open_invitation(session, target).contact_name))
    unnamed = (data["seats"] or len(people)) - len(people)
    return (*people, *[Person(NOT_NAMED)] * unnamed)
