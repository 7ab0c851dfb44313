"""The participants of a meeting as XLSX and CSV, with the filters of the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response

from services.registration.domain.export import Cell, Sheet, csv_file, xlsx_file
from services.registration.domain.names import NOT_NAMED
from services.registration.models import Meeting, Registration
from services.registration.pages.coordination.base import blueprint, meeting_or_404
from services.registration.pages.coordination.participants import wanted_by_request
from services.registration.pages.coordination.words import state_word
from services.registration.queries.participants import all_participants
from shared.language import format_clock
from shared.language import gettext as _
from shared.web.auth import coordinators
from shared.web.context import reading

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDTHS = (34, 11, 20, 26, 32, 20, 8, 16, 16, 44, 18, 18, 30)
PEOPLE_WIDTHS = (34, 30, 34, 16, 16, 18)


@blueprint.get("/meetings/<uuid:meeting_id>/participants.xlsx")
@coordinators("viewer")
def participants_xlsx(meeting_id: UUID) -> Response:
    meeting, registrations = _chosen(meeting_id)
    stream = xlsx_file(
        Sheet(_("Registrations"), _registration_rows(meeting, registrations), WIDTHS),
        Sheet(_("People"), _people_rows(meeting, registrations), PEOPLE_WIDTHS),
    )
    return _download(Response(stream.getvalue(), content_type=XLSX), meeting, "xlsx")


@blueprint.get("/meetings/<uuid:meeting_id>/participants.csv")
@coordinators("viewer")
def participants_csv(meeting_id: UUID) -> Response:
    meeting, registrations = _chosen(meeting_id)
    content = b"".join(csv_file(_registration_rows(meeting, registrations)))
    return _download(Response(content, content_type="text/csv; charset=utf-8"), meeting, "csv")


def _chosen(meeting_id: UUID) -> tuple[Meeting, list[Registration]]:
    with reading() as session:
        meeting = meeting_or_404(session, meeting_id)
        return meeting, list(all_participants(session, wanted_by_request(meeting)))


def _download(response: Response, meeting: Meeting, ending: str) -> Response:
    name = f"{meeting.starts_at.astimezone(meeting.tz):%Y-%m-%d}-{meeting.slug}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _time(registration: Registration, tz: ZoneInfo) -> str:
    slot = registration.slot
    clock = f"{format_clock(slot.starts_at, tz)}–{format_clock(slot.ends_at, tz)}"
    return f"{clock} {slot.label}".strip()


def _registration_rows(
    meeting: Meeting, registrations: Sequence[Registration]
) -> Iterator[Sequence[Cell]]:
    tz = meeting.tz
    yield (
        _("Company"),
        _("Postcode"),
        _("District"),
        _("Contact"),
        _("E-mail"),
        _("Telephone"),
        _("Seats"),
        _("Time"),
        _("State"),
        _("Who comes"),
        _("Signed up"),
        _("Address confirmed"),
        _("Note"),
    )
    for row in registrations:
        proved = row.verified_at if row.email and not row.on_behalf else None
        verified = proved.astimezone(tz) if proved else None
        yield (
            row.company_name,
            row.postcode,
            row.district,
            row.contact_name,
            row.email,
            row.phone,
            row.seats,
            _time(row, tz),
            state_word(row.state),
            ", ".join(attendee.name for attendee in row.attendees),
            row.signed_up_at.astimezone(tz).replace(tzinfo=None),
            verified.replace(tzinfo=None) if verified else None,
            row.note,
        )


def _people_rows(
    meeting: Meeting, registrations: Sequence[Registration]
) -> Iterator[Sequence[Cell]]:
    tz = meeting.tz
    yield (_("Company"), _("Name"), _("E-mail"), _("Time"), _("State"), _("Arrived"))
    for row in registrations:
        time, state = _time(row, tz), state_word(row.state)
        for person in row.attendees:
            arrived = person.checked_in_at.astimezone(tz) if person.checked_in_at else None
            yield (
                row.company_name,
                person.name,
                person.email,
                time,
                state,
                arrived.replace(tzinfo=None) if arrived else None,
            )
        for _unnamed in range(row.seats - len(row.attendees)):
            yield (row.company_name, NOT_NAMED, None, time, state, None)
