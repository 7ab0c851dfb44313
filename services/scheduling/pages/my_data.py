"""What the roster knows of a person, behind the short link that registration makes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from services.scheduling import queries
from services.scheduling.models import Meeting, RosterEntry
from shared.language import format_day
from shared.language import gettext as _
from shared.web.auth import public
from shared.web.context import reading
from shared.web.my_data import (
    Field,
    LinkRunOutError,
    Section,
    answer,
    link_run_out,
    read_short_link,
)

blueprint = Blueprint("my_data", __name__, url_prefix="/scheduling")


@blueprint.get("/my-data/<token>")
@public
def show(token: str) -> Response:
    """The entries with her name or address, or those of her seat."""
    try:
        link = read_short_link("roster_data", token)
        with reading() as session:
            link.must_fit(queries.address_of_contact(session, link.id))
            own = queries.entries_of_contact(session, link.id, everywhere=link.everywhere)
            seats = [] if own else queries.entries_with_seat(session, link.id)
            rows = [_entry(entry, meeting) for entry, meeting in own]
            rows += [_seat(entry, meeting, link.id) for entry, meeting in seats]
    except LinkRunOutError:
        return link_run_out()
    return answer(
        [Section("roster", _("Lists of who comes"), rows)],
        title=_("Your data: lists of who comes"),
        lead=_("Coordinators see these lists when they plan and hold a meeting."),
    )


def _meeting(meeting: Meeting | None) -> str:
    return f"{meeting.title}, {format_day(meeting.starts_at, meeting.time_zone)}" if meeting else ""


def _entry(entry: RosterEntry, meeting: Meeting | None) -> list[Field]:
    return [
        Field("registration_id", _("Number"), str(entry.registration_id)),
        Field("meeting", _("Meeting"), _meeting(meeting)),
        Field("company", _("Company"), entry.company),
        Field("name", _("Name"), entry.contact_name),
        Field("email", _("E-mail"), entry.contact_email),
        Field("phone", _("Telephone"), entry.contact_phone),
        Field("seats", _("Seats"), entry.seats),
        Field("attendees", _("Who comes"), [str(person["name"]) for person in entry.attendees]),
        Field("signed_up_at", _("Signed up"), entry.signed_up_at),
    ]


def _seat(entry: RosterEntry, meeting: Meeting | None, attendee_id: UUID) -> list[Field]:
    mine: list[dict[str, Any]] = [
        person for person in entry.attendees if person["attendee_id"] == str(attendee_id)
    ]
    return [
        Field("meeting", _("Meeting"), _meeting(meeting)),
        Field("company", _("Company"), entry.company),
        Field("name", _("Name"), ", ".join(str(person["name"]) for person in mine)),
    ]
