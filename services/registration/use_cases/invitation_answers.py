"""What an invited contact says: yes with seats, no, or a colleague comes; until closing she may say otherwise.

The invitation's row is locked first, then what a sign-up or a cancellation locks, here as in invited.py and
erasing.py: the other party is the same contact pressing twice or filling in the form beside it, her erasure, or
a coordinator who corrects the address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registration.domain.invitations import Answer, InvitedContact
from services.registration.domain.lifecycle import LIVING
from services.registration.domain.names import email_key, folded
from services.registration.domain.refusals import (
    AnotherTimeError,
    ChangedMeanwhileError,
    ClosedError,
    FullError,
    OutdatedError,
    UnknownError,
)
from services.registration.models import (
    Attendee,
    Company,
    Contact,
    Invitation,
    Meeting,
    Registration,
)
from services.registration.use_cases.approval import approve
from services.registration.use_cases.changes import Seat, change, seats_of
from services.registration.use_cases.confirmation import confirm
from services.registration.use_cases.giving_up import BY_CONTACT, end_to_come, refill
from services.registration.use_cases.invitations import Passed, issue, refuse_closed
from services.registration.use_cases.invited import mark_registered, record_answer
from services.registration.use_cases.sign_up import Person, Terms, Wish
from services.registration.use_cases.submission import submit_within
from shared.links import LinkTarget

# Whoever holds a link can have mails sent to colleagues: a few, not many.
MOST_COLLEAGUES = 3


class TooManyColleaguesError(ValueError):
    """The invitation was passed on often enough."""


class SameAddressError(ValueError):
    """The colleague has the address of the invited contact herself."""


@dataclass(frozen=True, kw_only=True)
class Yes:
    """Who comes, to which slot (the first with room where None).

    ``people`` is empty where the registration that there is already is meant. Otherwise that one stays as it
    is, unless they are ``named`` to replace its people, or ``counted`` by somebody who said yes before.
    """

    people: tuple[Person, ...] = ()
    named: bool = False
    counted: bool = False
    slot_id: UUID | None = None
    accepts_fewer: bool = False
    notice_version: str = ""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """The answer that counts now, and the registration that came of a yes.

    ``kept``: it was there already and stays as it is, although other people were to come.
    """

    answer: str
    registration_id: UUID | None
    state: str | None
    kept: bool = False


def open_invitation(session: Session, target: LinkTarget, *, lock: bool = False) -> Invitation:
    """The invitation a link points at. Raises UnknownError, OutdatedError for a link that was replaced."""
    invitation = session.get(Invitation, target.id, with_for_update=lock, populate_existing=True)
    if invitation is None:
        raise UnknownError("invitation")
    if invitation.link_version != target.version:
        raise OutdatedError
    return invitation


def say_yes(
    session: Session, target: LinkTarget, yes: Yes, *, hold: timedelta, now: datetime
) -> Answered:
    """Register the company; the link has proved the address. A second time: nothing new.

    A registration that the address made by itself is confirmed. Raises UnknownError, OutdatedError, ClosedError,
    FullError, CapExceededError, AnotherTimeError, ChangedMeanwhileError, and IntegrityError: see again().
    """
    invitation, meeting = _answerable(session, target, now)
    _refuse_foreign(meeting, yes.slot_id)
    claim, kept = living_claim(session, invitation, slot_id=yes.slot_id), False
    if claim is not None:
        kept = _stands(session, invitation, claim, yes, hold=hold, now=now)
    elif yes.people:
        claim = _signed_up(session, invitation, meeting, yes, hold=hold, now=now)
    else:
        raise ChangedMeanwhileError
    session.flush()
    session.refresh(claim)
    mark_registered(session, invitation, claim.id, now)
    return Answered(answer=Answer.YES, registration_id=claim.id, state=claim.state, kept=kept)


def _refuse_foreign(meeting: Meeting, slot_id: UUID | None) -> None:
    """The link opens the slots of its own meeting only. Raises UnknownError."""
    if slot_id not in {None, *(slot.id for slot in meeting.open_slots)}:
        raise UnknownError("slot")


def _stands(
    session: Session,
    invitation: Invitation,
    claim: Registration,
    yes: Yes,
    *,
    hold: timedelta,
    now: datetime,
) -> bool:
    """Confirm the registration that there is, changed only on purpose; whether a wish was left aside.

    Whoever is asked personally needs no approval, here as in a sign-up by the invitation.
    """
    if yes.slot_id not in {None, claim.slot_id}:
        raise AnotherTimeError
    if claim.slot.starts_at <= now:
        raise ClosedError
    confirm(session, claim.id, now)
    if claim.state not in LIVING:
        raise ChangedMeanwhileError
    with suppress(FullError):  # then she stays proved, and a coordinator decides
        approve(session, claim.id, now, hold=hold)
    if yes.named:
        _fit(session, claim, yes, now)
    elif yes.counted and invitation.answer == Answer.YES:
        change(session, claim.id, seats_of(claim, len(yes.people)), now)
    else:
        return bool(yes.people) and _names(yes.people) != _names(claim.attendees)
    return False


def _names(people: Iterable[Person | Attendee]) -> list[str]:
    return sorted(folded(person.name) for person in people)


def _fit(session: Session, claim: Registration, yes: Yes, now: datetime) -> None:
    """Make the people of a claim those of another yes; the same ones keep their seats and tickets."""
    known = {folded(person.name): person for person in reversed(claim.people)}
    seats = []
    for person in yes.people:
        same = known.pop(folded(person.name), None)
        email = person.email or (same.email if same else None)
        seats.append(Seat(person.name, email, same.id if same else None))
    if _places(seats) != _places(claim.people):
        change(session, claim.id, seats, now)


def _places(people: Iterable[Seat | Attendee]) -> list[tuple[str, str]]:
    return sorted((folded(person.name), person.email or "") for person in people)


def say_no(session: Session, target: LinkTarget, *, now: datetime) -> Answered:
    """Not coming: all seats that were taken, in whichever slot, are free again.

    Raises UnknownError, OutdatedError, ClosedError.
    """
    invitation, _meeting = _answerable(session, target, now)
    _give_up(session, invitation, now)
    record_answer(session, invitation, Answer.NO, now)
    return Answered(answer=Answer.NO, registration_id=None, state=None)


def pass_on(session: Session, target: LinkTarget, colleague: Person, *, now: datetime) -> Answered:
    """A colleague is asked instead; all seats that were taken are free again.

    Raises UnknownError, OutdatedError, ClosedError, TooManyColleaguesError, SameAddressError.
    """
    invitation, meeting = _answerable(session, target, now)
    email = colleague.email or ""
    if email_key(email) == invitation.email_key:
        raise SameAddressError
    passed_on = session.scalar(select(func.count()).where(Invitation.forwarded_by == invitation.id))
    if (passed_on or 0) >= MOST_COLLEAGUES:
        raise TooManyColleaguesError
    _give_up(session, invitation, now)
    issue(
        session,
        meeting,
        [InvitedContact(invitation.company_name, colleague.name, email)],
        now=now,
        passed=Passed(by=invitation.contact_name, invitation_id=invitation.id),
    )
    record_answer(session, invitation, Answer.COLLEAGUE, now)
    return Answered(answer=Answer.COLLEAGUE, registration_id=None, state=None)


def _answerable(session: Session, target: LinkTarget, now: datetime) -> tuple[Invitation, Meeting]:
    invitation = open_invitation(session, target, lock=True)
    meeting = session.get_one(Meeting, invitation.meeting_id)
    refuse_closed(meeting, now)
    return invitation, meeting


def living_claim(
    session: Session, invitation: Invitation, *, slot_id: UUID | None = None
) -> Registration | None:
    """The registration that a yes is about; of several, the one for the slot, where one is given."""
    claims = living_claims(session, invitation)
    return next((one for one in claims if one.slot_id == slot_id), next(iter(claims), None))


def living_claims(session: Session, invitation: Invitation) -> Sequence[Registration]:
    """What the invited address has registered, by the invitation or by itself, the oldest first."""
    return session.scalars(
        select(Registration)
        .where(
            Registration.meeting_id == invitation.meeting_id,
            Registration.email_key == invitation.email_key,
            Registration.linked_to.is_(None),
            Registration.state.in_(sorted(LIVING)),
        )
        .order_by(Registration.id)
    ).all()


def _signed_up(
    session: Session,
    invitation: Invitation,
    meeting: Meeting,
    yes: Yes,
    *,
    hold: timedelta,
    now: datetime,
) -> Registration:
    company, contact = _known(session, invitation)
    wish = Wish(
        slot_id=yes.slot_id or _first_slot(meeting, len(yes.people), now),
        company_name=invitation.company_name,
        postcode=company.postcode if company else "",
        district=company.district if company else "",
        contact_name=invitation.contact_name,
        email=invitation.email,
        phone=contact.phone if contact else "",
        attendees=yes.people,
        language=invitation.language,
        accepts_fewer=yes.accepts_fewer,
        notice_version=yes.notice_version,
    )
    terms = Terms(hold=hold, invitation_id=invitation.id, proved=True)
    done = submit_within(session, wish, terms, now)
    return session.get_one(Registration, done.id)


def _known(session: Session, invitation: Invitation) -> tuple[Company | None, Contact | None]:
    contact = session.scalar(select(Contact).where(Contact.email_key == invitation.email_key))
    return (session.get(Company, contact.company_id) if contact else None), contact


def _first_slot(meeting: Meeting, seats: int, now: datetime) -> UUID:
    """The first slot to come with room; where there is none, the one with the shortest list."""
    slots = meeting.slots_to_come(now)
    if not slots:
        raise UnknownError("slot")
    fitting = (slot for slot in slots if slot.waiting == 0 and slot.free >= seats)
    return next(fitting, min(slots, key=lambda slot: slot.waiting_seats)).id


def _give_up(session: Session, invitation: Invitation, now: datetime) -> None:
    claims = living_claims(session, invitation)
    ended = end_to_come(session, [claim.id for claim in claims], now, reason=BY_CONTACT)
    # Read anew under lock: what another hand ended meanwhile is no reason to refuse.
    if not ended and any(claim.state in LIVING for claim in claims):
        raise ClosedError
    refill(ended)
