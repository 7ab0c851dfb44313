"""A registration in the hands of its contact, and one seat in the hands of whom it is for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, make_response, redirect, render_template, request
from werkzeug.wrappers import Response

from services.registration.domain.lifecycle import LIVING
from services.registration.domain.names import NOT_NAMED
from services.registration.domain.refusals import (
    CapExceededError,
    ChangedMeanwhileError,
    ClosedError,
    FullError,
    OutdatedError,
    TooManyAddressesError,
)
from services.registration.models import Attendee
from services.registration.queries import waiting
from services.registration.queries.managed import Managed, by_manage_link, by_seat_link
from services.registration.queries.scope import network_of
from services.registration.schemas.registrations import ChangeSchema
from services.registration.use_cases import changes, giving_up
from services.registration.use_cases.collisions import change_as_seen
from services.registration.use_cases.confirmation import confirm_link
from shared.clock import now
from shared.language import gettext as _
from shared.links import BadLink
from shared.web.auth import public
from shared.web.context import database, links, reading, transaction
from shared.web.forms import Errors, load, small_number, typed
from shared.web.limits import limited
from shared.web.private import private

blueprint = Blueprint("manage", __name__)

MAX_PEOPLE = 50
REVISION_DIGITS = 9
DONE = ("confirmed", "changed", "cancelled", "stopped-waiting")
_SCHEMA = ChangeSchema()


@blueprint.get("/registrations/manage/<token>")
@public
def page(token: str) -> Response:
    """The registration as it stands, with all that can be done about it."""
    managed = read_link(token)
    if managed.seat is not None:
        return _asked(managed, token) if _is_asked() else _seat_page(managed, {})
    return _asked(managed, token) if _is_asked() else _page(managed, _values(managed), {})


def _is_asked() -> bool:
    """Whether somebody pressed "give up" and is asked once more: only the next press does it."""
    return request.args.get("step") == "give-up"


def _asked(managed: Managed, token: str) -> Response:
    claim = managed.claim
    if claim.state not in LIVING or claim.slot.starts_at <= now():
        return redirect(f"/registrations/manage/{token}", 303)
    text = render_template(
        "public/give_up.html",
        meeting=claim.meeting,
        starts_at=claim.slot.starts_at,
        state=claim.state,
        seats=1 if managed.seat else claim.seats,
        back=f"/registrations/manage/{token}",
        field="action",
        value="cancel",
    )
    return private(make_response(text))


@blueprint.post("/registrations/manage/<token>")
@public
@limited("60 per minute")
def act(token: str) -> Response:
    """Change people, give up, or confirm the address that this link proves."""
    managed = read_link(token)
    values = typed()
    if managed.seat is not None:
        return _give_up_seat(managed, managed.seat)
    if values.get("action") == "cancel":
        return _cancel(managed, token)
    if values.get("action") == "stop-waiting":
        return _stop_waiting(managed, token)
    if values.get("action") == "confirm":
        return _confirm(token)
    if "add" in values or "remove" in values:
        return _page(managed, _with_people(values), {})
    return _change(managed, token, values)


def read_link(token: str) -> Managed:
    """What the token opens. Raises BadLink, UnknownError, LinkOutdatedError, ErasedError."""
    with reading() as session:
        try:
            target = links().read("manage", token)
        except BadLink:
            target = links().read("seat", token)
            return by_seat_link(session, target.id, target.version)
        return by_manage_link(session, target.id, target.version)


def token_of(managed: Managed) -> str:
    """The link that opens it, as it stands now."""
    if managed.seat is not None:
        return links().token("seat", managed.seat.id, managed.seat.link_version)
    return links().token("manage", managed.claim.id, managed.claim.link_version)


def _values(managed: Managed) -> dict[str, str]:
    values = {
        "people": str(len(managed.claim.people)),
        "revision": str(managed.claim.revision_of_all),
    }
    for position, person in enumerate(managed.claim.people, 1):
        values[f"attendees-{position}-id"] = str(person.id)
        values[f"attendees-{position}-name"] = person.name
        values[f"attendees-{position}-email"] = person.email or ""
    return values


def _page(
    managed: Managed, values: Mapping[str, str], errors: Errors, *, outdated: bool = False
) -> Response:
    claim, moment = managed.claim, now()
    with reading() as session:
        network = network_of(session, claim.meeting)
        number = waiting.position(session, claim) if claim.state == "waitlisted" else 0
    text = render_template(
        "public/manage.html",
        claim=claim,
        meeting=claim.meeting,
        slot=claim.slot,
        network=network,
        number=number,
        freed=min(small_number(request.args.get("freed", ""), 0), MAX_PEOPLE),
        tz=claim.meeting.tz,
        values=values,
        errors=errors,
        outdated=outdated,
        people=_count(values),
        living=claim.state in LIVING,
        begun=claim.slot.starts_at <= moment,
        token=token_of(managed),
        done=request.args.get("done") if request.args.get("done") in DONE else None,
    )
    return private(make_response(text, 422 if errors else 200))


def _seat_page(managed: Managed, errors: Errors) -> Response:
    claim = managed.claim
    text = render_template(
        "public/seat.html",
        person=managed.seat,
        claim=claim,
        meeting=claim.meeting,
        slot=claim.slot,
        tz=claim.meeting.tz,
        errors=errors,
        living=claim.state in LIVING,
        begun=claim.slot.starts_at <= now(),
        token=token_of(managed),
    )
    return private(make_response(text, 422 if errors else 200))


def _count(values: Mapping[str, str]) -> int:
    return min(small_number(values.get("people", ""), 0), MAX_PEOPLE)


def _with_people(values: dict[str, str]) -> dict[str, str]:
    """The form with one seat more, or without one of them."""
    number = _count(values)
    if "add" in values:
        return values | {"people": str(min(number + 1, MAX_PEOPLE))}
    index = small_number(values.get("remove", ""), number)
    kept = dict(values)
    for position in range(index, number + 1):
        for part in ("id", "name", "email"):
            kept[f"attendees-{position}-{part}"] = values.get(
                f"attendees-{position + 1}-{part}", ""
            )
    return kept | {"people": str(max(number - 1, 1))}


def _as_sent(values: Mapping[str, str]) -> dict[str, Any]:
    return {
        "attendees": [
            {
                "id": values.get(f"attendees-{position}-id") or None,
                "name": values.get(f"attendees-{position}-name", "").strip() or NOT_NAMED,
                "email": values.get(f"attendees-{position}-email", "") or None,
            }
            for position in range(1, _count(values) + 1)
        ]
    }


def _by_field(errors: Errors) -> Errors:
    """Positions in the list count from 0, those of the form from 1."""
    shifted: Errors = {}
    for name, texts in errors.items():
        parts = name.split("-")
        if len(parts) > 1 and parts[0] == "attendees" and parts[1].isdigit():
            parts[1] = str(int(parts[1]) + 1)
        shifted["-".join(parts)] = texts
    return shifted


def _change(managed: Managed, token: str, values: dict[str, str]) -> Response:
    data, errors = load(_SCHEMA, _as_sent(values))
    if errors:
        return _page(managed, values, _by_field(errors))
    known = {person.id for person in managed.claim.people}
    wished = [
        changes.Seat(
            person["name"], person["email"] or None, person["id"] if person["id"] in known else None
        )
        for person in data["attendees"]
    ]
    try:
        refused = _try_change(
            managed.claim.id,
            wished,
            small_number(values.get("revision", ""), 0, digits=REVISION_DIGITS),
        )
    except ChangedMeanwhileError:
        return _changed_meanwhile(token, values)
    if refused:
        return _page(managed, values, {"form": [refused]})
    freed = max(0, managed.claim.seats - read_link(token).claim.seats)
    return redirect(f"/registrations/manage/{token}?done=changed&freed={freed}", 303)


def _changed_meanwhile(token: str, values: dict[str, str]) -> Response:
    text = _(
        "This registration has changed meanwhile, for example because seats came from the waitlist. "
        "Please note your changes, open the page anew and enter them there."
    )
    return _page(read_link(token), values, {"form": [text]}, outdated=True)


def _try_change(registration_id: UUID, wished: list[changes.Seat], revision: int) -> str | None:
    """Why it cannot be changed so, in words; None where it was changed. Raises ChangedMeanwhileError."""
    try:
        with transaction() as session:
            change_as_seen(session, registration_id, wished, now(), revision=revision)
    except CapExceededError as error:
        return _("A company can register at most %(cap)s seats for this meeting.", cap=error.cap)
    except FullError:
        return _("There are no more seats, and the waitlist is closed.")
    except ClosedError:
        return _("Seats can be added until registration closes, names changed until the start.")
    except TooManyAddressesError:
        return _(
            "Many addresses were entered for this registration today. "
            "Please go on tomorrow, or call us."
        )
    except OutdatedError:
        return _("This registration has ended meanwhile.")
    return None


def _cancel(managed: Managed, token: str) -> Response:
    try:
        with transaction() as session:
            giving_up.cancel(session, managed.claim.id, now(), by=giving_up.BY_CONTACT)
    except ClosedError:
        text = _("The meeting has begun. Please call us if something is important.")
        return _page(managed, _values(managed), {"form": [text]})
    return redirect(f"/registrations/manage/{token}?done=cancelled", 303)


def _stop_waiting(managed: Managed, token: str) -> Response:
    try:
        with transaction() as session:
            changes.stop_waiting(session, managed.claim.id, now())
    except (ClosedError, OutdatedError):
        text = _("The meeting has begun or this registration has ended meanwhile.")
        return _page(managed, _values(managed), {"form": [text]})
    return redirect(f"/registrations/manage/{token}?done=stopped-waiting", 303)


def _confirm(token: str) -> Response:
    target = links().read("manage", token)
    confirm_link(database(), target.id, target.version, now())
    return redirect(f"/registrations/manage/{token}?done=confirmed", 303)


def _give_up_seat(managed: Managed, seat: Attendee) -> Response:
    try:
        with transaction() as session:
            changes.give_up_seat(session, seat.id, now())
    except (ClosedError, OutdatedError):
        text = _("The meeting has begun. Please call us if something is important.")
        return _seat_page(managed, {"form": [text]})
    text = render_template(
        "public/seat_given_up.html",
        meeting=managed.claim.meeting,
        passed_on=bool(managed.claim.waiting),
    )
    return private(make_response(text))
