"""Signing up and confirming the address."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import g
from sqlalchemy.orm import Session

from services.registration.api.repeating import DESCRIBED, answer_once, key_of
from services.registration.domain.allowance import SIGN_UPS_PER_SLOT
from services.registration.domain.names import email_key
from services.registration.domain.refusals import UnknownError
from services.registration.queries.meetings import network_of_slot
from services.registration.schemas.sign_up import (
    SignedUpSchema,
    SignUpSchema,
    StateSchema,
    TokenSchema,
    wish_from,
)
from services.registration.use_cases.confirmation import confirm_link, confirm_link_within
from services.registration.use_cases.invited import (
    Invited,
    invited_by,
    lock_invitation,
    mark_registered,
)
from services.registration.use_cases.pace import Pace, paced
from services.registration.use_cases.sign_up import SignedUp, Terms, Wish
from services.registration.use_cases.submission import again, submit, submit_within
from shared.clock import now
from shared.language import current_language
from shared.web.api import Blueprint, Problem
from shared.web.auth import optional_coordinator, public
from shared.web.context import database, links, reading, settings
from shared.web.limits import limited, origin, within

blueprint = Blueprint("sign_up_api", __name__, url_prefix="/api/v1")

# Calls with a key need a transaction more: they are compared among themselves.
_pace = Pace()


@blueprint.post("/registrations")
@public
@limited("120 per minute", about="slot_id")
@blueprint.doc(parameters=[DESCRIBED])
@blueprint.arguments(SignUpSchema)
@blueprint.response(201, SignedUpSchema)
def create_registration(data: dict[str, Any]) -> Any:
    """Sign up. Held until the address is confirmed, or waitlisted, or to be approved."""
    moment = now()
    wish = wish_from(data, current_language())
    if data["on_behalf"]:
        _require_coordinator(wish)
    g.telephone_of = str(wish.slot_id)
    invited = _invited(data["invitation"], wish)
    proved = data["on_behalf"] or (invited is not None and invited.email_key == _key(wish))
    if not proved:
        within(SIGN_UPS_PER_SLOT, f"slot:{wish.slot_id}")
    terms = Terms(
        hold=timedelta(minutes=settings().hold_minutes),
        on_behalf=data["on_behalf"],
        invitation_id=invited.id if invited else None,
        proved=proved,
        origin="" if proved else origin(),
    )
    key = key_of("registrations")
    if key is None and invited is None:
        return submit(database(), wish, terms, moment)
    # What was done last; nothing where the answer is that of an earlier call.
    work: list[str] = []
    return paced(
        _pace,
        lambda: again(lambda: _within(wish, terms, moment, key=key, invited=invited, work=work)),
        lambda _answer: work[-1] if work and not proved else None,
    )


def _within(
    wish: Wish,
    terms: Terms,
    moment: datetime,
    *,
    key: str | None,
    invited: Invited | None,
    work: list[str],
) -> dict[str, Any]:
    def act(session: Session) -> dict[str, Any]:
        invitation = lock_invitation(session, invited) if invited else None
        done = submit_within(session, wish, terms, moment)
        work.append(done.work)
        if invitation is not None and done.repeats is None:
            mark_registered(session, invitation, done.id, moment)
        return _plain(done)

    answer = answer_once(key, act)
    held_until = answer["held_until"]
    return answer | {"held_until": datetime.fromisoformat(held_until) if held_until else None}


def _plain(done: SignedUp) -> dict[str, Any]:
    held_until = done.held_until.isoformat() if done.held_until else None
    return {
        "id": str(done.id),
        "state": done.state,
        "seats": done.seats,
        "held_until": held_until,
    }


def _key(wish: Wish) -> str | None:
    return email_key(wish.email) if wish.email else None


def _require_coordinator(wish: Wish) -> None:
    coordinator = optional_coordinator()
    if coordinator is None:
        raise Problem(
            401,
            "unauthorized",
            "Only coordinators sign somebody up on behalf.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    with reading() as session:
        network_id = network_of_slot(session, wish.slot_id)
    if network_id is None:
        raise UnknownError("slot")
    if not coordinator.has_role("coordinator") or not coordinator.may_see(network_id):
        raise Problem(403, "forbidden", "This network is not yours.")


def _invited(token: str | None, wish: Wish) -> Invited | None:
    if not token:
        return None
    target = links().read("invitation", token)
    with reading() as session:
        return invited_by(session, target.id, target.version, wish.slot_id)


@blueprint.post("/registrations/confirm")
@public
@limited("120 per minute")
@blueprint.doc(parameters=[DESCRIBED])
@blueprint.arguments(TokenSchema)
@blueprint.response(200, StateSchema)
def confirm_registration(data: dict[str, Any]) -> Any:
    """Confirm the address with the token from the mail; a used token tells the present state."""
    key = key_of("confirm")
    if key is None:
        target = links().read("confirm", data["token"])
        return confirm_link(database(), target.id, target.version, now())

    def act(session: Session) -> dict[str, Any]:
        # Not before: another token with the same key is another body.
        target = links().read("confirm", data["token"])
        done = confirm_link_within(session, target.id, target.version, now())
        return {"id": str(done.id), "state": str(done.state)}

    return answer_once(key, act)
