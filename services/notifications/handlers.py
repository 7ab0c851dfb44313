"""What notifications does with each fact it hears of."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.notifications.models import Attendance
from services.notifications.use_cases import (
    accounts,
    copies,
    erasing,
    invitations,
    meetings,
    registrations,
)
from shared.clock import now
from shared.events import registration, scheduling
from shared.events.envelope import Envelope, Fact
from shared.messaging.service import Handler


def on_network_saved(session: Session, fact: scheduling.NetworkSaved, _: Envelope) -> None:
    """Copy it."""
    copies.save_network(session, fact)


def on_coordinator_saved(session: Session, fact: scheduling.CoordinatorSaved, _: Envelope) -> None:
    """Copy her."""
    copies.save_coordinator(session, fact)


def on_attendee_checked_in(
    session: Session, fact: registration.AttendeeCheckedIn, _: Envelope
) -> None:
    """Remember who has come."""
    values = {
        "registration_id": fact.registration_id,
        "attendee_id": fact.attendee_id,
        "meeting_id": fact.meeting_id,
        "checked_in_at": fact.checked_in_at,
    }
    session.execute(insert(Attendance).values(values).on_conflict_do_nothing())


def on_person_erased(session: Session, fact: registration.PersonErased, _: Envelope) -> None:
    """Nothing of somebody is kept any more."""
    erasing.person_erased(session, fact, now())


HANDLERS: Mapping[type[Fact], Handler] = {
    scheduling.NetworkSaved: on_network_saved,
    scheduling.CoordinatorSaved: on_coordinator_saved,
    scheduling.PasswordLinkRequested: accounts.password_link_requested,
    scheduling.MeetingPublished: meetings.published,
    scheduling.MeetingChanged: meetings.changed,
    scheduling.MeetingCancelled: meetings.cancelled,
    registration.RegistrationHeld: registrations.held,
    registration.ApprovalRequested: registrations.approval_requested,
    registration.RegistrationWaitlisted: registrations.waitlisted,
    registration.RegistrationConfirmed: registrations.confirmed,
    registration.RegistrationChanged: registrations.changed,
    registration.RegistrationCancelled: registrations.ended,
    registration.RegistrationExpired: registrations.expired,
    registration.RegistrationDeclined: registrations.ended,
    registration.LinkRequested: registrations.link_requested,
    registration.InvitationIssued: invitations.issued,
    registration.InvitationAnswered: invitations.answered,
    registration.AttendeeCheckedIn: on_attendee_checked_in,
    registration.PersonErased: on_person_erased,
}
