"""A registration in the hands of its contact, by the link from the mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, jsonify
from sqlalchemy.orm import Session

from services.registration.api.repeating import DESCRIBED, answer_once, key_of
from services.registration.models import Registration
from services.registration.queries.managed import Managed, by_manage_link, by_seat_link
from services.registration.schemas.registrations import (
    ChangeSchema,
    ManagedSchema,
    SeatSchema,
)
from services.registration.schemas.sign_up import StateSchema
from services.registration.use_cases import changes, giving_up
from services.registration.use_cases.claims import lock_claim
from services.registration.use_cases.collisions import change_as_seen
from shared.clock import now
from shared.links import BadLink
from shared.web.api import Blueprint, Problem
from shared.web.auth import bearer_token, public
from shared.web.context import links, reading
from shared.web.limits import limited

blueprint = Blueprint("managed_api", __name__, url_prefix="/api/v1")
_MANAGED = ManagedSchema()


def _token() -> str:
    token = bearer_token()
    if token is None:
        raise Problem(
            401,
            "unauthorized",
            "This call needs the token of a manage link: Authorization: Bearer TOKEN",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return token


def _managed(session: Session, token: str) -> Managed:
    """What the token opens: a registration, or one seat of it."""
    try:
        target = links().read("manage", token)
    except BadLink:
        target = links().read("seat", token)
        return by_seat_link(session, target.id, target.version)
    return by_manage_link(session, target.id, target.version)


def _ids(session: Session, token: str) -> tuple[UUID, UUID | None]:
    """Of the registration that the token opens, and of the seat if it opens one only."""
    managed = _managed(session, token)
    ids = managed.claim.id, managed.seat.id if managed.seat else None
    session.expire_all()  # what was read without a lock does not count
    return ids


def _shown(session: Session, registration_id: UUID) -> dict[str, Any]:
    """The registration as it stands after a change in the same transaction."""
    session.flush()
    session.expire_all()
    shown: dict[str, Any] = _MANAGED.dump(by_manage_link(session, registration_id, None).claim)
    return shown


@blueprint.get("/registrations/manage")
@public
@blueprint.doc(security=[{"token": []}])
@blueprint.response(200, ManagedSchema)
def show_managed() -> Any:
    """The registration behind a manage link; behind the link of a seat, that seat only."""
    token = _token()
    with reading() as session:
        managed = _managed(session, token)
    if managed.seat is not None:
        return jsonify(SeatSchema().dump(managed.as_seat()))
    return managed.claim


@blueprint.patch("/registrations/manage")
@public
@limited("60 per minute")
@blueprint.doc(security=[{"token": []}], parameters=[DESCRIBED])
@blueprint.arguments(ChangeSchema)
@blueprint.response(200, ManagedSchema)
def change_managed(data: dict[str, Any]) -> Any:
    """Change who comes or how many, those that wait included; what is full waits (``waiting_for``).

    Fewer are taken from what waits first. The same again changes nothing. Without ``revision`` what is sent
    replaces whatever stands now.
    """
    token = _token()

    def act(session: Session) -> dict[str, Any]:
        registration_id, seat_id = _ids(session, token)
        if seat_id is not None:
            raise Problem(403, "one-seat-only", "This link is for one seat only.")
        _place, claim = lock_claim(session, registration_id, now())
        g.telephone_of = str(claim.slot_id)
        wished = _wished(claim, data)
        change_as_seen(session, claim.id, wished, now(), revision=data["revision"])
        return _shown(session, claim.id)

    return jsonify(answer_once(key_of("change", holder=token), act))


def _wished(claim: Registration, data: dict[str, Any]) -> list[changes.Seat]:
    if "attendees" not in data:
        return changes.seats_of(claim, data["seats"])
    wished = [
        changes.Seat(person["name"], person["email"] or None, person["id"])
        for person in data["attendees"]
    ]
    number = data.get("seats", len(wished))
    if number < len(wished):
        text = "More attendees than seats."
        raise Problem(422, "invalid", text, errors={"seats": [text]})
    return wished + [changes.Seat("")] * (number - len(wished))


@blueprint.delete("/registrations/manage")
@public
@limited("60 per minute")
@blueprint.doc(security=[{"token": []}], parameters=[DESCRIBED])
@blueprint.response(200, StateSchema)
def cancel_managed() -> Any:
    """Give up the registration, or the one seat of a seat's link."""
    token = _token()

    def act(session: Session) -> dict[str, Any]:
        registration_id, seat_id = _ids(session, token)
        if seat_id is not None:
            done = changes.give_up_seat(session, seat_id, now())
        else:
            done = giving_up.cancel(session, registration_id, now(), by=giving_up.BY_CONTACT)
        return {"id": str(done.id), "state": str(done.state)}

    return answer_once(key_of("cancel", holder=token), act)
