"""The facts this service publishes, made from its rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from services.registration.models import Attendee, Invitation, Registration
from shared.events import registration as events
from shared.messaging import outbox


def attendee_fact(attendee: Any) -> events.Attendee:
    """An attendee as it travels."""
    return events.Attendee(
        attendee_id=attendee.id,
        name=attendee.name,
        email=attendee.email,
        link_version=attendee.link_version,
        is_contact=attendee.is_contact,
    )


def fact_about(
    kind: type[events.RegistrationFact],
    claim: Any,
    attendees: Iterable[events.Attendee],
    *,
    previous: str,
    **extra: Any,
) -> events.RegistrationFact:
    """A fact of *kind* with the whole state of *claim* (a Registration, or a row of one)."""
    state: dict[str, Any] = {
        "revision": claim.revision,
        "registration_id": claim.id,
        "network_id": claim.network_id,
        "meeting_id": claim.meeting_id,
        "meeting_revision": claim.meeting_revision,
        "slot_id": claim.slot_id,
        "linked_to": claim.linked_to,
        "state": str(claim.state),
        "previous_state": str(previous),
        "seats": claim.seats,
        "company": _company(claim),
        "contact": _contact(claim),
        "attendees": list(attendees),
        "language": claim.language,
        "signed_up_at": claim.signed_up_at,
        "verified_at": claim.verified_at,
        "held_until": claim.deadline_at if claim.state == "held" else None,
        "link_version": claim.link_version,
        "on_behalf": claim.on_behalf,
        "reason": claim.reason,
    }
    return kind(**(state | extra))


def _company(claim: Any) -> events.Company:
    return events.Company(
        company_id=claim.company_id,
        name=claim.company_name,
        postcode=claim.postcode,
        district=claim.district,
    )


def _contact(claim: Any) -> events.Contact:
    return events.Contact(
        contact_id=claim.contact_id,
        name=claim.contact_name,
        email=claim.email,
        phone=claim.phone,
    )


def record(
    session: Session,
    kind: type[events.RegistrationFact],
    claim: Registration,
    *,
    previous: str,
    **extra: Any,
) -> None:
    """Raise the revision of *claim* and record a fact of *kind* about it in this transaction."""
    claim.revision += 1
    session.flush()
    attendees = [attendee_fact(attendee) for attendee in claim.attendees]
    outbox.record(session, fact_about(kind, claim, attendees, previous=previous, **extra))


def record_invitation(
    session: Session, kind: type[events.InvitationFact], invitation: Invitation, **extra: Any
) -> None:
    """Raise the revision of *invitation*, which is new or locked, and record a fact of *kind* about it."""
    invitation.revision += 1
    session.flush()
    state: dict[str, Any] = {
        "revision": invitation.revision,
        "invitation_id": invitation.id,
        "network_id": invitation.network_id,
        "meeting_id": invitation.meeting_id,
        "company_name": invitation.company_name,
        "contact_name": invitation.contact_name,
        "contact_email": invitation.email,
        "language": invitation.language,
        "link_version": invitation.link_version,
    }
    outbox.record(session, kind(**(state | extra)))


def removed(attendees: Iterable[Attendee]) -> list[events.Attendee]:
    """Attendees who are no longer expected, as they travel in RegistrationChanged."""
    return [attendee_fact(attendee) for attendee in attendees]
