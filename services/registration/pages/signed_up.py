"""The page after signing up: the same for a first and for a second sign-up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template
from marshmallow import ValidationError
from sqlalchemy.orm import Session, selectinload
from werkzeug.wrappers import Response

from services.registration.domain.lifecycle import State
from services.registration.domain.refusals import RefusedError, UnknownError
from services.registration.models import Meeting, Network, RepeatedSignUp
from services.registration.queries.signed_up import latest, signed_up
from services.registration.use_cases.corrections import correct
from services.registration.use_cases.pace import in_steps
from services.registration.use_cases.repeats import ASKED, send_link
from services.registration.use_cases.sign_up import Terms
from shared.clock import now
from shared.language import gettext as _
from shared.web.auth import public
from shared.web.context import database, links, reading, settings, transaction
from shared.web.fields import clean_email
from shared.web.forms import Errors, typed
from shared.web.limits import limited, origin
from shared.web.private import private

# Seconds; pages of known and of new addresses differ by some hundredths of a thousandth.
STEP = 0.008

blueprint = Blueprint("signed_up", __name__)


@dataclass(frozen=True)
class Shown:
    """What the page says."""

    state: str
    seats: int
    held_until: datetime | None
    email: str
    slot_id: UUID
    meeting: Meeting
    network: Network | None


@blueprint.get("/registrations/signed-up/<token>")
@public
def page(token: str) -> Response:
    """Not registered yet: what happens next, and until when."""
    return _page(_read(token), {}, {})


@blueprint.post("/registrations/signed-up/<token>")
@public
@limited("20 per minute")
def act(token: str) -> Response:
    """The link again, or another address."""
    identifier = _read(token)
    values = typed()
    if values.get("action") != "address":
        _again(identifier)
        return redirect(f"/registrations/signed-up/{token}?sent=1", 303)
    try:
        email = clean_email(values.get("email", ""))
    except ValidationError as error:
        return _page(identifier, values, {"email": [str(text) for text in error.messages]})
    try:
        target = _correct(identifier, email)
    except RefusedError:
        text = _("This is no longer possible. Please call us.")
        return _page(identifier, values, {"form": [text]})
    return redirect(f"/registrations/signed-up/{links().token('signed_up', target, 1)}?sent=1", 303)


def _read(token: str) -> UUID:
    return links().read("signed_up", token).id


def _page(identifier: UUID, values: dict[str, str], errors: Errors) -> Response:
    return in_steps(lambda: _rendered(identifier, values, errors), STEP)


def _rendered(identifier: UUID, values: dict[str, str], errors: Errors) -> Response:
    with reading() as session:
        shown = _shown(session, identifier)
    if shown is None:
        raise UnknownError("sign-up")
    slots = [slot for slot in shown.meeting.slots if slot.id == shown.slot_id]
    text = render_template(
        "public/signed_up.html",
        shown=shown,
        meeting=shown.meeting,
        slot=slots[0] if slots else None,
        values=values,
        errors=errors,
    )
    return private(make_response(text, 422 if errors else 200))


def _shown(session: Session, identifier: UUID) -> Shown | None:
    found = signed_up(session, latest(session, identifier))
    meeting_id = found.meeting_id or found.first_meeting_id
    if meeting_id is None:
        return None
    meeting = session.get_one(Meeting, meeting_id, options=[selectinload(Meeting.slots)])
    return Shown(
        **(_told_first(found) if found.state else _told_again(found)),
        slot_id=found.slot_id or found.first_slot_id,
        meeting=meeting,
        network=session.get(Network, meeting.network_id),
    )


def _told_first(found: Any) -> dict[str, Any]:
    return {
        "state": _state(found.state, found.deadline_at),
        "seats": found.seats,
        "held_until": found.deadline_at if found.state == State.HELD else None,
        "email": found.email or "",
    }


def _told_again(found: Any) -> dict[str, Any]:
    kept = found.shown["held_until"]
    until = datetime.fromisoformat(kept) if kept else None
    return {
        "state": _state(found.shown["state"], until),
        "seats": found.shown["seats"],
        "held_until": until,
        "email": found.wish["email"],
    }


def _state(state: str, until: datetime | None) -> str:
    """What is held ends at its moment for everybody, not when the sweep comes by."""
    over = state == State.HELD and until is not None and until <= now()
    return State.EXPIRED if over else state


def _again(identifier: UUID) -> None:
    with transaction() as session:
        identifier = latest(session, identifier)
        repeated = session.get(RepeatedSignUp, identifier)
        send_link(session, repeated.registration_id if repeated else identifier, ASKED, now())


def _correct(identifier: UUID, email: str) -> UUID:
    """The page to show from now on."""
    terms = Terms(hold=timedelta(minutes=settings().hold_minutes), origin=origin())
    return correct(database(), identifier, email, terms=terms, now=now())
