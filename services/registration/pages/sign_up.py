"""The web form, and the page after it: not registered yet, where we wrote to, until when seats are held."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from services.registration.domain.admission import OUTSIDE, DistrictNeededError, SiteNeededError
from services.registration.domain.allowance import SIGN_UPS_PER_SLOT
from services.registration.domain.names import NOT_NAMED
from services.registration.domain.refusals import (
    CapExceededError,
    ClosedError,
    FullError,
    UnknownError,
)
from services.registration.pages.meetings import meeting_or_404
from services.registration.pages.views import MeetingView, SlotView
from services.registration.queries.districts import districts_of
from services.registration.schemas.sign_up import SignUpSchema, wish_from
from services.registration.use_cases.sign_up import SignedUp, Terms
from services.registration.use_cases.submission import submit
from shared.clock import now
from shared.language import current_language
from shared.language import gettext as _
from shared.web.auth import public
from shared.web.context import database, links, reading, settings
from shared.web.form_age import age_of, stamp
from shared.web.forms import Errors, load, small_number, typed
from shared.web.limits import limited, origin, within

blueprint = Blueprint("sign_up", __name__)

MAX_PEOPLE = 20
# Nobody reads and fills in the form in less; nobody's form is older, but a collected stamp is.
QUICKEST = 2.0  # seconds
OLDEST = 24 * 3600.0
_SCHEMA = SignUpSchema()


@blueprint.get("/meetings/<slug>/register")
@public
def form(slug: str) -> str | Response:
    """The empty form."""
    view = meeting_or_404(slug)
    if not view.bookable or view.meeting.admission == "invited":
        return redirect(f"/meetings/{slug}", 303)
    chosen = next(entry.slot.id for entry in view.slots if entry.bookable)
    return _form(view, {"myself": "1", "slot": str(chosen)}, {}, choosing=True)


@blueprint.get("/meetings/<slug>/register/<uuid:slot_id>")
@public
def form_for_slot(slug: str, slot_id: UUID) -> str | Response:
    """The empty form with a slot chosen."""
    view = meeting_or_404(slug)
    if not any(entry.bookable and entry.slot.id == slot_id for entry in view.slots):
        return redirect(f"/meetings/{slug}", 303)
    return _form(view, {"myself": "1", "slot": str(slot_id)}, {})


@blueprint.post("/meetings/<slug>/register")
@blueprint.post("/meetings/<slug>/register/<uuid:slot_id>")
@public
@limited("60 per minute")
def submit_form(slug: str, slot_id: UUID | None = None) -> str | Response:
    """Sign up, or show the form again with what was typed."""
    del slot_id  # the form's own field counts
    values = typed()
    if "add" in values or "remove" in values:
        view = meeting_or_404(slug)
        return _form(view, _with_people(values, _most(view, values)), {})
    data, errors = load(_SCHEMA, _as_sent(values))
    errors = _by_field(errors, values)
    if errors:
        return _form(meeting_or_404(slug), values, errors)
    if settings().rate_limit and (wait := _too_early(values)):
        return _form(meeting_or_404(slug), values, {}, send_after=wait)
    return _sign_up(slug, values, data)


def _too_early(values: Mapping[str, str]) -> float:
    """Seconds until the form is taken; a browser that runs our script then sends it by itself."""
    age = age_of(values.get("shown", ""))
    if age is None or age > OLDEST:
        return QUICKEST
    return max(QUICKEST - age, 0)


def _sign_up(slug: str, values: dict[str, str], data: dict[str, Any]) -> str | Response:
    if "myself" not in values:
        data["attendees"] = data["attendees"][1:]
    within(SIGN_UPS_PER_SLOT, f"slot:{data['slot_id']}")
    terms = Terms(hold=timedelta(minutes=settings().hold_minutes), origin=origin())
    try:
        done = submit(database(), wish_from(data, current_language()), terms, now())
    except SiteNeededError:
        errors = {"company-postcode": [_("Please enter the postcode of your site.")]}
    except DistrictNeededError as error:
        errors = {"company-district": [_several(error)]}
    except CapExceededError as error:
        errors = {"people": [_cap(error)]}
    except FullError:
        errors = {"form": [_("Meanwhile the last seats were taken.")]}
    except (ClosedError, UnknownError):
        return redirect(f"/meetings/{slug}", 303)
    else:
        return _after(done)
    return _form(meeting_or_404(slug), values, errors)


def _after(done: SignedUp) -> Response:
    return redirect(f"/registrations/signed-up/{links().token('signed_up', done.id, 1)}", 303)


def _several(error: DistrictNeededError) -> str:
    return _(
        "The postcode alone does not tell the district. Please choose yours (%(names)s), or “None of these”.",
        names=", ".join(error.names),
    )


def _cap(error: CapExceededError) -> str:
    return _("A company can register at most %(cap)s seats for this meeting.", cap=error.cap)


def people_of(values: Mapping[str, str]) -> int:
    """How many people the form has besides the contact."""
    return min(small_number(values.get("people", ""), 0), MAX_PEOPLE)


def _most(view: MeetingView, values: Mapping[str, str]) -> int:
    """How many people the form takes besides the contact."""
    cap = view.meeting.seats_per_company
    return MAX_PEOPLE if cap is None else min(max(cap - ("myself" in values), 0), MAX_PEOPLE)


def _with_people(values: dict[str, str], most: int) -> dict[str, str]:
    """The form with one person more, as far as *most*, or without one of them."""
    number = people_of(values)
    if "add" in values:
        return values | {"people": str(max(number, min(number + 1, most)))}
    index = small_number(values.get("remove", ""), number)
    kept = dict(values)
    for position in range(index, number):
        for part in ("name", "email"):
            following = values.get(f"attendees-{position + 1}-{part}", "")
            kept[f"attendees-{position}-{part}"] = following
    return kept | {"people": str(max(number - 1, 0))}


def _as_sent(values: Mapping[str, str]) -> dict[str, Any]:
    """The form in the shape of the API; the contact stands first among the people for now."""
    contact = {
        "name": values.get("contact-name", ""),
        "email": values.get("contact-email", "") or None,
        "phone": values.get("contact-phone", ""),
    }
    others = [
        {
            "name": values.get(f"attendees-{position}-name", "").strip() or NOT_NAMED,
            "email": values.get(f"attendees-{position}-email", "") or None,
        }
        for position in range(1, people_of(values) + 1)
    ]
    return {
        "slot_id": values.get("slot", ""),
        "company": {
            "name": values.get("company-name", ""),
            "postcode": values.get("company-postcode", ""),
            "district": values.get("company-district", ""),
        },
        "contact": contact,
        "attendees": [{"name": contact["name"] or NOT_NAMED}, *others],
        "accepts_fewer": "accepts_fewer" in values,
        "consents": {"privacy": True},
    }


def _by_field(errors: Errors, values: Mapping[str, str]) -> Errors:
    found = {name: texts for name, texts in errors.items() if not name.startswith("attendees-0-")}
    if "slot_id" in found:
        found["slot"] = [_("Please choose a time.")]
        del found["slot_id"]
    if "myself" not in values and not people_of(values):
        found["myself"] = [_("Please add a person, or tick that you come yourself.")]
    if values.get("website"):
        found["website"] = [_("Please leave this field empty.")]
    return found


def _form(
    view: MeetingView,
    values: Mapping[str, str],
    errors: Errors,
    *,
    send_after: float = 0,
    choosing: bool = False,
) -> str:
    age = age_of(values.get("shown", ""))
    return render_template(
        "public/register.html",
        view=view,
        values=values,
        errors=errors,
        people=people_of(values),
        most=_most(view, values),
        chosen=_chosen(view, values),
        choosing=choosing,
        areas=_areas(view),
        waits=_waits(view, values),
        shown=stamp() if age is None or age > OLDEST else values["shown"],
        send_after=round(send_after * 1000),
    )


def _areas(view: MeetingView) -> list[tuple[str, str]]:
    with reading() as session:
        found = districts_of(session, view.meeting.network_id)
    areas = [(district.name, district.name) for district in found]
    return [*areas, (OUTSIDE, _("None of these"))] if areas else []


def _chosen(view: MeetingView, values: Mapping[str, str]) -> SlotView | None:
    return next((entry for entry in view.slots if str(entry.slot.id) == values.get("slot")), None)


def _waits(view: MeetingView, values: Mapping[str, str]) -> bool:
    chosen = _chosen(view, values)
    return all(entry.phase == "waitlist_only" for entry in ([chosen] if chosen else view.slots))
