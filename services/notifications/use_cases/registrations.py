"""Facts about a registration become mails, calendar entries and planned nudges.

A mail is named after its fact (transition and revision), so facts that overtake each other or come twice
neither swallow nor double one. What it says is read when it is rendered: whether it still makes sense
(domain.relevance) is decided then too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.notifications.domain import calendars, people
from services.notifications.domain.scene import CONTACT, Claim, Person
from services.notifications.models import Mail, Meeting
from services.notifications.use_cases import (
    calendar_entries,
    copies,
    farewells,
    intents,
    news,
    plans,
)
from services.notifications.use_cases.addressing import intent
from services.notifications.use_cases.intents import Intent
from shared.clock import now
from shared.events.envelope import Envelope
from shared.events.registration import (
    ApprovalRequested,
    Attendee,
    LinkRequested,
    RegistrationCancelled,
    RegistrationChanged,
    RegistrationConfirmed,
    RegistrationDeclined,
    RegistrationExpired,
    RegistrationFact,
    RegistrationHeld,
    RegistrationWaitlisted,
)
from shared.events.states import Reason

# Reasons of an expiry that are kinds of mail as well.
TOLD_AT_THE_END = frozenset({Reason.WAITLIST_CLOSED, Reason.UNDECIDED})
# When a meeting is cancelled, the news of the meeting itself may come a little later: it has the reason.
REASON_MAY_FOLLOW = timedelta(seconds=20)


def _key(kind: str, fact: RegistrationFact, person: str = CONTACT) -> str:
    return f"{kind}:{fact.registration_id}:{fact.revision}:{person}"


def _heard(session: Session, fact: RegistrationFact, envelope: Envelope) -> copies.ClaimTold:
    """Remember the claim; what changed about the meeting since they signed up is told where it is new here.

    The meeting comes first, and stays as it is until the end: a change of it either finds this claim or is
    found by it, and neither waits for what the other holds.
    """
    meeting = copies.hold_meeting(session, fact.meeting_id)
    told = copies.save_registration(session, fact, envelope)
    news.tell_missed(session, told, meeting)
    return told


def held(session: Session, fact: RegistrationHeld, envelope: Envelope) -> None:
    """Ask for confirmation, and plan to ask once more."""
    told = _heard(session, fact, envelope)
    kind = "confirm_address"
    intents.put(session, [intent(kind, told.claim, _key(kind, fact))])
    if told.newest:
        plans.plan_nudge(session, told.claim, envelope.occurred_at)


def approval_requested(session: Session, fact: ApprovalRequested, envelope: Envelope) -> None:
    """Ask for confirmation where the address is not proved."""
    told = _heard(session, fact, envelope)
    plans.drop_nudge(session, told.claim, told.before)
    if fact.verified_at is None:
        kind = "confirm_address"
        intents.put(session, [intent(kind, told.claim, _key(kind, fact))])


def waitlisted(session: Session, fact: RegistrationWaitlisted, envelope: Envelope) -> None:
    """Tell it once: a later confirmation of the address alone is no news."""
    told = _heard(session, fact, envelope)
    plans.drop_nudge(session, told.claim, told.before)
    if fact.previous_state != "waitlisted":
        kind, details = "waitlisted", {"position": fact.position}
        intents.put(session, [intent(kind, told.claim, _key(kind, fact), details=details)])


def confirmed(session: Session, fact: RegistrationConfirmed, envelope: Envelope) -> None:
    """Confirmation and calendar to the contact and to everybody with another address."""
    told = _heard(session, fact, envelope)
    claim = told.claim
    plans.drop_nudge(session, claim, told.before)
    kind = "registration_confirmed"
    details: dict[str, Any] = {"promoted": fact.previous_state == "waitlisted"}
    mails = [
        intent(kind, claim, _key(kind, fact), details=details | _contacts_entry(session, claim))
    ]
    if claim.state == "confirmed":
        mails += _mails_to_new_attendees(session, claim, fact)
    intents.put(session, mails)


def _contacts_entry(session: Session, claim: Claim) -> dict[str, Any]:
    """The calendar part of a mail to the contact; empty where there is nothing to keep."""
    email = claim.contact.email
    if claim.state != "confirmed" or not email or not calendar_entries.contact_needs_entry(claim):
        return {}
    sequence = calendar_entries.enter(session, claim.id, CONTACT, email)
    return {"sequence": sequence, "method": calendars.REQUEST}


def _mails_to_new_attendees(session: Session, claim: Claim, fact: RegistrationFact) -> list[Intent]:
    """Confirmations to those who have no calendar entry at their address yet."""
    if not claim.own_mail:
        return []
    entries = calendar_entries.active(session, claim.id)
    kind, mails = "registration_confirmed", []
    for person in claim.own_mail:
        email = str(person.email)
        entry = entries.get(person.key)
        if entry is not None and entry.address == email.lower():
            continue
        sequence = calendar_entries.enter(session, claim.id, person.key, email)
        details = {"sequence": sequence, "method": calendars.REQUEST}
        key = _key(kind, fact, person.key)
        mails.append(intent(kind, claim, key, person=person, details=details))
    return mails


def changed(session: Session, fact: RegistrationChanged, envelope: Envelope) -> None:
    """Tell the contact and whose name is another one, welcome new attendees, take the date from the others."""
    told = _heard(session, fact, envelope)
    claim = told.claim
    if "address" in fact.changes and not claim.verified:
        kind = "confirm_address"
        intents.put(session, [intent(kind, claim, _key(kind, fact))])
        return
    kind = "registration_changed"
    details: dict[str, Any] = {"changes": fact.changes}
    if told.newest and told.before is not None:
        details["seats_before"] = told.before.seats
        if "attendees" in fact.changes:
            details["people"] = people.differences(told.before, claim)
    gone = _mails_to_gone(session, told, fact) if claim.state == "confirmed" else []
    details |= _contacts_entry(session, claim)
    mails = [intent(kind, claim, _key(kind, fact), details=details)]
    if claim.state == "confirmed":
        mails += _mails_to_renamed(session, told, fact)
        mails += _mails_to_new_attendees(session, claim, fact)
    intents.put(session, gone + mails)


def _mails_to_renamed(
    session: Session, told: copies.ClaimTold, fact: RegistrationChanged
) -> list[Intent]:
    """A newer entry to everybody who keeps seat and address under another name."""
    claim, kind, mails = told.claim, "registration_changed", []
    names = {person.key: person.name for person in told.before.attendees} if told.before else {}
    entries = calendar_entries.active(session, claim.id)
    for person in claim.own_mail:
        entry, email = entries.get(person.key), str(person.email)
        renamed = names.get(person.key, person.name) != person.name
        if not renamed or entry is None or entry.address != email.lower():
            continue
        sequence = calendar_entries.enter(session, claim.id, person.key, email)
        details = {"changes": ["name"], "sequence": sequence, "method": calendars.REQUEST}
        mails.append(
            intent(kind, claim, _key(kind, fact, person.key), person=person, details=details)
        )
    return mails


def _mails_to_gone(
    session: Session, told: copies.ClaimTold, fact: RegistrationChanged
) -> list[Intent]:
    """CANCEL to every address that has the date for somebody who is not coming any more, or is written to elsewhere."""
    claim, mails = told.claim, []
    keeping = {CONTACT: _address(claim.contact)}
    keeping |= {person.key: _address(person) for person in claim.own_mail}
    coming = {CONTACT, *(person.key for person in claim.attendees)}
    known = _known_people(told, fact)
    for key, entry in calendar_entries.active(session, claim.id).items():
        if keeping.get(key) == entry.address:
            continue
        sequence = calendar_entries.cancel(session, [claim.id], key)[claim.id, key]
        if not _was_reached(session, claim, entry.address):
            continue
        make = _mail_to_former_address if key in coming else _mail_to_removed
        person = known.get(key) or _nobody(key)
        mail = make(claim, person, fact, address=entry.address, sequence=sequence)
        mails.append(_joined_with_contact(mail) if entry.address == keeping[CONTACT] else mail)
    return mails


def _joined_with_contact(mail: Intent) -> Intent:
    """Who reads the contact's mails as well has the date with those."""
    return replace(mail, details={**mail.details, "with_contact": True})


def _was_reached(session: Session, claim: Claim, address: str) -> bool:
    """Whether any mail may have brought the date there. To an address that refuses all, another one is useless."""
    about = select(Mail.id).where(Mail.registration_id == claim.id, Mail.recipient_key == address)
    return session.scalar(about.where(Mail.state != "failed").limit(1)) is not None


def _address(person: Person) -> str:
    return (person.email or "").lower()


def _nobody(key: str) -> Person:
    return Person(key=key, name="", email=None, link_version=1, is_contact=False)


def _mail_to_removed(
    claim: Claim, person: Person, fact: RegistrationFact, *, address: str, sequence: int
) -> Intent:
    kind = "registration_changed"
    details = _cancel(sequence) | {"removed": _plain(person)}
    key = _key(kind, fact, person.key)
    return intent(kind, claim, key, person=person, details=details, recipient=address)


def _mail_to_former_address(
    claim: Claim, person: Person, fact: RegistrationFact, *, address: str, sequence: int
) -> Intent:
    """The seat stays, the mails go elsewhere. A mistyped address is a stranger's: it hears no names."""
    kind = "registration_changed"
    details = _cancel(sequence) | {"former_address": True}
    key = _key(kind, fact, f"{person.key}:former")
    reader = None if person.key == CONTACT else person
    mail = intent(kind, claim, key, person=reader, details=details, recipient=address)
    return replace(mail, recipient_name="")


def _known_people(told: copies.ClaimTold, fact: RegistrationChanged) -> dict[str, Person]:
    before = told.before.attendees if told.before else ()
    known = {person.key: person for person in (*told.claim.attendees, *before)}
    known[CONTACT] = told.claim.contact
    return known | {str(gone.attendee_id): _person(gone) for gone in fact.removed_attendees}


def _person(attendee: Attendee) -> Person:
    return Person(
        key=str(attendee.attendee_id),
        name=attendee.name,
        email=attendee.email,
        link_version=attendee.link_version,
        is_contact=attendee.is_contact,
    )


def _plain(person: Person) -> dict[str, Any]:
    return {
        "attendee_id": person.key,
        "name": person.name,
        "email": None,
        "link_version": person.link_version,
        "is_contact": False,
    }


def ended(
    session: Session, fact: RegistrationCancelled | RegistrationDeclined, envelope: Envelope
) -> None:
    """Cancelled or declined: tell everybody who was told of it, and clear the calendars."""
    told = _heard(session, fact, envelope)
    claim = told.claim
    plans.drop_nudge(session, claim, told.before)
    if fact.reason == Reason.MEETING_CANCELLED:
        put_meeting_cancelled(session, [claim], wait=_until_reason_is_known(session, claim))
        return
    if fact.reason == Reason.ERASED:
        # The fact has no addresses any more; the copy had them.
        if told.newest and told.before is not None:
            farewells.say_farewell(session, told.before, now())
        return
    kind = "registration_cancelled"
    intents.put(session, _to_all_with_entries(session, kind, claim, partial(_key, kind, fact)))


def _until_reason_is_known(session: Session, claim: Claim) -> timedelta:
    state = session.scalar(select(Meeting.state).where(Meeting.id == claim.meeting_id))
    return timedelta(0) if state == "cancelled" else REASON_MAY_FOLLOW


def _to_all_with_entries(
    session: Session, kind: str, claim: Claim, key: Callable[[str], str]
) -> list[Intent]:
    """The contact, and everybody who has the date in the calendar, with its CANCEL."""
    sequences = calendar_entries.cancel(session, [claim.id])
    cancelled = {person: sequence for (_, person), sequence in sequences.items()}
    mails = [intent(kind, claim, key(CONTACT), details=_cancel(cancelled.get(CONTACT)))]
    for person in claim.own_mail:
        if person.key in cancelled:
            details = _cancel(cancelled[person.key]) | {"removed": _plain(person)}
            mails.append(intent(kind, claim, key(person.key), person=person, details=details))
    return mails


def _cancel(sequence: int | None) -> dict[str, Any]:
    return {} if sequence is None else {"sequence": sequence, "method": calendars.CANCEL}


def put_meeting_cancelled(
    session: Session, claims: list[Claim], *, wait: timedelta = timedelta(0)
) -> None:
    """Tell that the meeting does not take place.

    Reached from the meeting's fact and from the registration's, whichever comes first; the key is the same.
    """
    kind, mails = "meeting_cancelled", []
    # Additional seats that wait belong to a claim that is told anyway.
    for claim in (claim for claim in claims if claim.linked_to is None):
        prefix = f"{kind}:{claim.meeting_id}:{claim.id}"
        mails += _to_all_with_entries(session, kind, claim, partial("{}:{}".format, prefix))
    intents.put(session, [replace(mail, wait=wait) for mail in mails])


def expired(session: Session, fact: RegistrationExpired, envelope: Envelope) -> None:
    """Lapsed in silence, unless somebody waited for a seat, or for a decision, until it was too late."""
    told = _heard(session, fact, envelope)
    plans.drop_nudge(session, told.claim, told.before)
    if fact.reason in TOLD_AT_THE_END:
        kind = fact.reason
        intents.put(session, [intent(kind, told.claim, _key(kind, fact))])


def link_requested(session: Session, fact: LinkRequested, envelope: Envelope) -> None:
    """The link again: to confirm where that is still to be done, else to manage."""
    told = _heard(session, fact, envelope)
    claim = told.claim
    unproved = not claim.verified and claim.state not in {"cancelled", "declined"}
    kind = "confirm_address" if unproved else "already_registered"
    # Each request is answered, though the registration did not change: the event is the transition.
    intents.put(session, [intent(kind, claim, f"{kind}:{fact.registration_id}:{envelope.id}")])
