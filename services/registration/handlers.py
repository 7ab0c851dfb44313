"""What registration does when a fact arrives."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.registration.use_cases.copies import keep_coordinator, keep_meeting, keep_network
from services.registration.use_cases.mails import keep_failure, keep_planned_mails
from services.registration.use_cases.person_erasures import note_receipt
from services.registration.use_cases.repeats import REPEATED, send_link
from shared.clock import now
from shared.events.envelope import Envelope, Fact
from shared.events.notifications import MailFailed, MailsErased, MailsPlanned
from shared.events.registration import SignUpRepeated
from shared.events.scheduling import (
    CoordinatorSaved,
    MeetingCancelled,
    MeetingChanged,
    MeetingFact,
    MeetingPublished,
    NetworkSaved,
    RosterErased,
)
from shared.messaging.service import Handler


def on_network(session: Session, fact: NetworkSaved, _envelope: Envelope) -> None:
    """Copy it."""
    keep_network(session, fact)


def on_coordinator(session: Session, fact: CoordinatorSaved, _envelope: Envelope) -> None:
    """Copy her rights."""
    keep_coordinator(session, fact)


def on_meeting(session: Session, fact: MeetingFact, _envelope: Envelope) -> None:
    """Open, adjust or close seats."""
    keep_meeting(session, fact, now())


def on_mail_failed(session: Session, fact: MailFailed, _envelope: Envelope) -> None:
    """Mark the address."""
    keep_failure(session, fact)


def on_mails_planned(session: Session, fact: MailsPlanned, _envelope: Envelope) -> None:
    """Copy what will go out."""
    keep_planned_mails(session, fact)


def on_receipt(session: Session, fact: RosterErased | MailsErased, _envelope: Envelope) -> None:
    """Note that another service has erased somebody."""
    note_receipt(session, fact, now())


def on_sign_up_repeated(session: Session, fact: SignUpRepeated, _envelope: Envelope) -> None:
    """Have the owner of the address told."""
    send_link(session, fact.registration_id, REPEATED, now())


HANDLERS: dict[type[Fact], Handler] = {
    SignUpRepeated: on_sign_up_repeated,
    NetworkSaved: on_network,
    CoordinatorSaved: on_coordinator,
    MeetingPublished: on_meeting,
    MeetingChanged: on_meeting,
    MeetingCancelled: on_meeting,
    MailFailed: on_mail_failed,
    MailsPlanned: on_mails_planned,
    RosterErased: on_receipt,
    MailsErased: on_receipt,
}
