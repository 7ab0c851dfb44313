"""What facts do here: they keep the roster, and have forgotten passwords replaced."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.scheduling.use_cases import erasing, passwords, rosters
from shared.clock import now
from shared.events import registration as facts
from shared.events.envelope import Envelope, Fact
from shared.events.scheduling import PasswordForgotten
from shared.messaging.service import Handler


def on_registration(session: Session, fact: facts.RegistrationFact, _envelope: Envelope) -> None:
    """A registration is in a new state, or has other people."""
    rosters.keep(session, fact)


def on_attendee_checked_in(
    session: Session, fact: facts.AttendeeCheckedIn, _envelope: Envelope
) -> None:
    """Somebody has arrived."""
    rosters.arrived(session, fact)


def on_slot_overbooked(session: Session, fact: facts.SlotOverbooked, _envelope: Envelope) -> None:
    """A slot has, or has no longer, more seats taken than it offers."""
    rosters.overbooked(session, fact)


def on_person_erased(session: Session, fact: facts.PersonErased, _envelope: Envelope) -> None:
    """Nothing of somebody is kept any more."""
    erasing.person_erased(session, fact, now())


def on_password_forgotten(session: Session, fact: PasswordForgotten, _envelope: Envelope) -> None:
    """Somebody, or nobody, wants to choose a new password."""
    passwords.mail_reset_link(session, fact.coordinator_id)


HANDLERS: dict[type[Fact], Handler] = {
    facts.RegistrationHeld: on_registration,
    facts.ApprovalRequested: on_registration,
    facts.RegistrationWaitlisted: on_registration,
    facts.RegistrationConfirmed: on_registration,
    facts.RegistrationChanged: on_registration,
    facts.RegistrationCancelled: on_registration,
    facts.RegistrationExpired: on_registration,
    facts.RegistrationDeclined: on_registration,
    facts.AttendeeCheckedIn: on_attendee_checked_in,
    facts.SlotOverbooked: on_slot_overbooked,
    facts.PersonErased: on_person_erased,
    PasswordForgotten: on_password_forgotten,
}
