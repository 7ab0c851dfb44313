"""A person's own data: what is known of her, as page and file; and that nothing be kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Blueprint, make_response, render_template
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from services.registration.models import Attendee, Invitation, Registration
from services.registration.pages.manage import read_link
from services.registration.queries.managed import Managed
from services.registration.use_cases import person_data
from services.registration.use_cases.erasing import has_seat_to_give_up
from services.registration.use_cases.person_erasures import (
    BY_PERSON,
    Asked,
    Found,
    Person,
    contact_of,
    erase_person,
    find,
    holder_of,
    reach_of_link,
)
from shared.clock import now
from shared.language import format_day
from shared.language import gettext as _
from shared.web.auth import public
from shared.web.context import links, reading, settings, transaction
from shared.web.limits import limited
from shared.web.my_data import Field, Reach, Section, answer, short_link
from shared.web.private import private

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}  # each in its own words

blueprint = Blueprint("my_data", __name__)


@blueprint.get("/registrations/manage/<token>/data")
@public
def show(token: str) -> Response:
    """All that is known of whoever holds the link; with ways to what the other services know."""
    managed = read_link(token)
    networks = _networks(managed)
    with reading() as session:
        sections = _sections(session, person_of(managed), networks)
    reach = Reach(managed.claim.id, managed.claim.email, everywhere=networks is None)
    if managed.seat:  # another address makes it another seat
        reach = Reach(managed.seat.id, None, everywhere=networks is None)
    return answer(
        sections,
        "public/my_data.html",
        title=_("Your data"),
        lead=_("What we keep about you for meetings, and until when."),
        token=token,
        days=settings().keep_names_days,
        everywhere=networks is None,
        roster=short_link(links(), "roster_data", reach),
        mails=short_link(links(), "mail_data", reach),
    )


def person_of(managed: Managed) -> Person:
    """Whom a link belongs to."""
    return holder_of(managed.seat) if managed.seat else contact_of(managed.claim)


def _networks(managed: Managed) -> Collection[UUID] | None:
    return reach_of_link(managed.claim, managed.seat)


@blueprint.get("/registrations/manage/<token>/erase")
@public
def ask(token: str) -> Response:
    """What erasing means, before it is done."""
    managed = read_link(token)
    networks = _networks(managed)
    with reading() as session:
        losses = losses_of(session, find(session, person_of(managed), networks), now())
    text = render_template(
        "public/erase.html", token=token, losses=losses, everywhere=networks is None
    )
    return private(make_response(text))


@blueprint.post("/registrations/manage/<token>/erase")
@public
@limited("20 per minute")
def erase(token: str) -> Response:
    """Keep nothing of her."""
    managed = read_link(token)
    networks = _networks(managed)
    with transaction() as session:
        erase_person(session, person_of(managed), Asked(by=BY_PERSON, networks=networks), now())
    text = render_template("public/erased.html", everywhere=networks is None)
    return private(make_response(text))


@dataclass(frozen=True, kw_only=True)
class Loss:
    """What ends for one meeting; ``seats`` become free."""

    title: str
    day: str
    seats: int


def losses_of(session: Session, found: Found, moment: datetime) -> list[Loss]:
    """What an erasure ends, meeting by meeting."""
    meetings = person_data.meetings_of(session, found)
    claims = person_data.claims_of(session, found.seats)
    rows = [(claim, claim.seats) for claim in found.registrations]
    rows += [(claims[seat.registration_id], 1) for seat in found.seats]
    return [
        Loss(
            title=meetings[claim.meeting_id].title,
            day=format_day(claim.slot.starts_at, meetings[claim.meeting_id].tz),
            seats=number if has_seat_to_give_up(claim, moment) else 0,
        )
        for claim, number in rows
    ]


def _sections(session: Session, person: Person, networks: Collection[UUID] | None) -> list[Section]:
    found = find(session, person, networks)
    meetings = person_data.meetings_of(session, found)
    claims = person_data.claims_of(session, found.seats)
    names = {
        key: f"{one.title}, {format_day(one.starts_at, one.tz)}" for key, one in meetings.items()
    }
    # A contact is one for all networks.
    contacts = person_data.contacts_of_address(session, person) if networks is None else []
    return [
        Section(
            "registrations",
            _("Registrations"),
            [_registration(claim, names[claim.meeting_id]) for claim in found.registrations],
        ),
        Section(
            "seats",
            _("Seats in registrations of others"),
            [_seat(seat, claims, names) for seat in found.seats],
        ),
        Section(
            "invitations",
            _("Invitations"),
            [_invitation(one, names[one.meeting_id]) for one in found.invitations],
        ),
        Section(
            "contacts",
            _("Contact of a company"),
            [
                [
                    Field("name", _("Name"), contact.name),
                    Field("email", _("E-mail"), contact.email),
                    Field("phone", _("Telephone"), contact.phone),
                    Field("known_since", _("Known since"), contact.created_at),
                    Field("mail_fails", _("Mails do not arrive"), _failing(session, person)),
                ]
                for contact in contacts
            ],
        ),
    ]


def _failing(session: Session, person: Person) -> str:
    return _("yes") if person_data.is_failing(session, person) else ""


def _registration(claim: Registration, meeting: str) -> list[Field]:
    return [
        Field("id", _("Number"), str(claim.id)),
        Field("meeting", _("Meeting"), meeting),
        Field("company", _("Company"), claim.company_name),
        Field("site", _("Site"), f"{claim.postcode} {claim.district}".strip()),
        Field("name", _("Name"), claim.contact_name),
        Field("email", _("E-mail"), claim.email),
        Field("phone", _("Telephone"), claim.phone),
        Field("state", _("State"), claim.state, person_data.state_words(claim)),
        Field("seats", _("Seats"), claim.seats),
        Field("attendees", _("Who comes"), [_named(person) for person in claim.attendees]),
        Field("answers", _("Answers"), [f"{q}: {a}" for q, a in claim.answers.items()]),
        Field("note", _("Note of the coordinators"), claim.note),
        Field("language", _("Language"), claim.language, LANGUAGE_NAMES[claim.language]),
        Field("signed_up_at", _("Signed up"), claim.signed_up_at),
        Field("address_confirmed_at", _("Address confirmed"), claim.verified_at),
        Field("privacy_notice", _("Privacy notice shown"), claim.notice_version),
    ]


def _named(person: Attendee) -> str:
    return f"{person.name} ({person.email})" if person.email else person.name


def _seat(
    seat: Attendee, claims: Mapping[UUID, Registration], names: Mapping[UUID, str]
) -> list[Field]:
    claim = claims[seat.registration_id]
    return [
        Field("meeting", _("Meeting"), names[claim.meeting_id]),
        Field("company", _("Company"), claim.company_name),
        Field("name", _("Name"), seat.name),
        Field("email", _("E-mail"), seat.email),
        Field("arrived_at", _("Arrived"), seat.checked_in_at),
    ]


def _invitation(invitation: Invitation, meeting: str) -> list[Field]:
    return [
        Field("meeting", _("Meeting"), meeting),
        Field("company", _("Company"), invitation.company_name),
        Field("name", _("Name"), invitation.contact_name),
        Field("email", _("E-mail"), invitation.email),
        Field("invited_at", _("Invited"), invitation.created_at),
        Field("recommended_by", _("Recommended by"), invitation.on_recommendation_of),
        Field("answer", _("Answer"), invitation.answer),
        Field("answered_at", _("Answered"), invitation.answered_at),
    ]
