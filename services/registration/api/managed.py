"""A registration in the hands of its contact, by the link from the mail."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g, jsonify

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
from shared.web.context import links, reading, transaction
from shared.web.limits import limited

blueprint = Blueprint("managed_api", __name__, url_prefix="/api/v1")


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


def _managed() -> Managed:
    """What the token opens: a registration, or one seat of it."""
    token = _token()
    with reading() as session:
        try:
            target = links().read("manage", token)
        except BadLink:
            target = links().read("seat", token)
            return by_seat_link(session, target.id, target.version)
        return by_manage_link(session, target.id, target.version)


def _shown(registration_id: UUID) -> Any:
    with reading() as session:
        return by_manage_link(session, registration_id, None).claim


@blueprint.get("/registrations/manage")
@public
@blueprint.doc(security=[{"token": []}])
@blueprint.response(200, ManagedSchema)
def show_managed() -> Any:
    """The registration behind a manage link; behind the link of a seat, that seat only."""
    managed = _managed()
    if managed.seat is not None:
        return jsonify(SeatSchema().dump(managed.as_seat()))
    return managed.claim


@blueprint.patch("/registrations/manage")
@public
@limited("60 per minute")
@blueprint.doc(security=[{"token": []}])
@blueprint.arguments(ChangeSchema)
@blueprint.response(200, ManagedSchema)
def change_managed(data: dict[str, Any]) -> Any:
    """Change who comes or how many, those that wait included; what is full waits (``waiting_for``).

    Fewer are taken from what waits first. The same again changes nothing. Without ``revision`` what is sent
    replaces whatever stands now.
    """
    managed = _managed()
    if managed.seat is not None:
        raise Problem(403, "one-seat-only", "This link is for one seat only.")
    g.telephone_of = str(managed.claim.slot_id)
    with transaction() as session:
        _place, claim = lock_claim(session, managed.claim.id, now())
        wished = _wished(claim, data)
        change_as_seen(session, claim.id, wished, now(), revision=data["revision"])
    return _shown(managed.claim.id)


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
@blueprint.doc(security=[{"token": []}])
@blueprint.response(200, StateSchema)
def cancel_managed() -> Any:
    """Give up the registration, or the one seat of a seat's link."""
    managed = _managed()
    with transaction() as session:
        if managed.seat is not None:
            return changes.give_up_seat(session, managed.seat.id, now())
        return giving_up.cancel(session, managed.claim.id, now(), by=giving_up.BY_CONTACT)
