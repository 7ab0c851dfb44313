"""After a restore: what this service had told others since is written down here again.

The facts are its own. Nothing is recorded, no seat is decided anew: only rows follow what was decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registration.domain.lifecycle import LIVING, Reason, State
from services.registration.domain.names import company_key, email_key, sort_key
from services.registration.models import (
    Attendee,
    Company,
    Contact,
    Invitation,
    Registration,
    Slot,
)
from services.registration.models.conditions import SEATED, WAITS_FOR_SEATS
from services.registration.use_cases import copies, erasing
from services.registration.use_cases.search import refresh_search
from shared.events import registration as events
from shared.events import scheduling
from shared.events.envelope import Envelope, Fact
from shared.events.registration import ErasedSubject
from shared.settings import Settings

# The answers to calls stand in the database that is replaced, where it could still be read.
_CARRY = text("""
    insert into idempotency_key (key, body_hash, answer, created_at)
    select key, body_hash, answer, created_at from replaced.idempotency_key on conflict do nothing
""")
_RECEIPTS = text("""
    insert into erasure_request (id, asked_by, coordinator_id, erased_at, scheduling_at, notifications_at)
    select id, asked_by, coordinator_id, erased_at, scheduling_at, notifications_at
    from replaced.erasure_request on conflict do nothing
""")
_COUNT = text(f"""
    update slot set
        taken = counted.taken, waiting = counted.waiting, waiting_seats = counted.waiting_seats,
        last_rank = greatest(slot.last_rank, counted.last_rank),
        overbooked = slot.overbooked or counted.taken > slot.capacity
    from (
        select slot.id,
            coalesce(sum(seats) filter (where {SEATED}), 0) as taken,
            count(*) filter (where {WAITS_FOR_SEATS}) as waiting,
            coalesce(sum(seats) filter (where {WAITS_FOR_SEATS}), 0) as waiting_seats,
            coalesce(max(rank), 0) as last_rank
        from slot left join registration on registration.slot_id = slot.id
        group by slot.id
    ) counted
    where counted.id = slot.id
      and (slot.taken, slot.waiting, slot.waiting_seats)
          is distinct from (counted.taken, counted.waiting, counted.waiting_seats)
""")  # noqa: S608 - constants

# As a sign-up has it: facts tell it of held claims only. Additional seats end with what they belong to.
_DEADLINES = text("""
    update registration set deadline_at = case
        when registration.state = 'pending_approval' then slot.starts_at
        else least(registration.state_changed_at + :hold, slot.starts_at) end
    from slot
    where slot.id = registration.slot_id and registration.state in ('held', 'pending_approval', 'waitlisted')
      and registration.verified_at is null and registration.deadline_at is null
      and registration.linked_to is null
""")
_COUNT_LINKED = text("""
    update registration main set linked_count = made.number
    from (select linked_to, count(*) as number from registration
          where linked_to is not null group by linked_to) as made
    where main.id = made.linked_to and main.linked_count <> made.number
""")


def carry(session: Session, *, whole: bool) -> None:
    """Keep of the replaced database what no fact tells: who was erased, and the answers to calls."""
    session.execute(_RECEIPTS)
    if not whole:
        session.execute(_CARRY)


def go_blind(_session: Session) -> None:
    """Nothing is known of what no fact tells."""


def erase(session: Session, subjects: Sequence[ErasedSubject], moment: datetime) -> None:
    """Erase those again who were erased since."""
    erasing.erase(session, subjects, moment)


def heard(session: Session, envelopes: Iterable[Envelope]) -> list[UUID]:
    """Know again what others told; which of these facts are done with.

    What they led to stands in our own facts: so copies alone, no promotion and no cancellation again.
    """
    done = []
    for envelope in envelopes:
        fact = envelope.fact()
        if isinstance(fact, scheduling.MeetingFact):
            copies.keep_meeting_alone(session, fact)
            done.append(envelope.id)
    return done


def recall(session: Session, fact: Fact, occurred_at: datetime) -> None:
    """Write down what *fact* told, unless something newer stands here."""
    if isinstance(fact, events.RegistrationFact):
        _registration(session, fact, occurred_at)
    elif isinstance(fact, events.InvitationFact):
        _invitation(session, fact, occurred_at)
    elif isinstance(fact, events.AttendeeCheckedIn):
        _arrival(session, fact)
    elif isinstance(fact, events.SlotOverbooked):
        slot = session.get(Slot, fact.slot_id)
        if slot is not None and slot.revision < fact.revision:
            slot.revision, slot.overbooked = fact.revision, fact.taken > fact.capacity
            slot.overbooked_by = max(fact.taken - fact.capacity, 0)
    session.flush()


def finish(session: Session, settings: Settings) -> None:
    """Count the seats anew, and the claims beside others; who is to confirm an address has a deadline again."""
    session.flush()
    session.execute(_DEADLINES, {"hold": timedelta(minutes=settings.hold_minutes)})
    session.execute(_COUNT)
    session.execute(_COUNT_LINKED)
    session.expire_all()


def _registration(session: Session, fact: events.RegistrationFact, occurred_at: datetime) -> None:
    claim = session.get(Registration, fact.registration_id)
    if claim is not None and claim.revision >= fact.revision:
        return
    company, contact = _company(session, fact), _contact(session, fact)
    if claim is None:
        claim = _new_claim(session, fact)
        session.add(claim)
    # Written as a whole: half of it breaks what the database demands.
    with session.no_autoflush:
        claim.company_id, claim.contact_id = company, contact
        _write(claim, fact, occurred_at)
        _seat(claim, fact.attendees)
        refresh_search(claim)


def _new_claim(session: Session, fact: events.RegistrationFact) -> Registration:
    slot = session.get_one(Slot, fact.slot_id)
    slot.last_rank += 1
    return Registration(
        id=fact.registration_id, rank=slot.last_rank, linked_to=_main_claim(session, fact)
    )


def _main_claim(session: Session, fact: events.RegistrationFact) -> UUID | None:
    """Whom a linked claim belongs to; older facts do not say, then the other one of the same address."""
    if fact.linked_to or fact.reason != Reason.LINKED or not fact.contact.email:
        return fact.linked_to
    return session.scalar(
        select(Registration.id).where(
            Registration.slot_id == fact.slot_id,
            Registration.email_key == email_key(fact.contact.email),
            Registration.state.in_(LIVING),
            Registration.linked_to.is_(None),
        )
    )


def _write(claim: Registration, fact: events.RegistrationFact, occurred_at: datetime) -> None:
    stays, before = claim.state == fact.state, claim.deadline_at
    for name in ("network_id", "meeting_id", "slot_id", "state", "seats", "reason", "revision"):
        setattr(claim, name, getattr(fact, name))
    for name in (
        "signed_up_at",
        "verified_at",
        "link_version",
        "language",
        "on_behalf",
        "meeting_revision",
    ):
        setattr(claim, name, getattr(fact, name))
    claim.company_name, claim.company_sort = fact.company.name, sort_key(fact.company.name)
    claim.postcode, claim.district = fact.company.postcode, fact.company.district
    claim.contact_name, claim.phone = fact.contact.name, fact.contact.phone
    claim.email = fact.contact.email
    claim.email_key = email_key(fact.contact.email) if fact.contact.email else None
    claim.state_changed_at = occurred_at
    claim.deadline_at = fact.held_until
    if stays and fact.state in {State.WAITLISTED, State.PENDING} and fact.verified_at is None:
        claim.deadline_at = before


def _seat(claim: Registration, people: Iterable[events.Attendee]) -> None:
    known = {attendee.id: attendee for attendee in claim.attendees}
    seated = []
    for position, person in enumerate(people, 1):
        attendee = known.get(person.attendee_id) or Attendee(id=person.attendee_id)
        attendee.position, attendee.name, attendee.email = position, person.name, person.email
        attendee.link_version, attendee.is_contact = person.link_version, person.is_contact
        seated.append(attendee)
    claim.attendees[:] = seated


def _company(session: Session, fact: events.RegistrationFact) -> UUID:
    told, key = fact.company, company_key(fact.company.name)
    values = {
        "id": told.company_id,
        "name": told.name,
        "name_key": key,
        "sort_key": sort_key(told.name),
        "postcode": told.postcode,
        "district": told.district,
        "created_at": fact.signed_up_at,
    }
    session.execute(insert(Company).values(values).on_conflict_do_nothing())
    same = select(Company.id).where(Company.name_key == key, Company.postcode == told.postcode)
    known = session.scalar(select(Company.id).where(Company.id == told.company_id))
    return known or session.scalars(same).one()


def _contact(session: Session, fact: events.RegistrationFact) -> UUID:
    told = fact.contact
    key = email_key(told.email) if told.email else None
    values = {
        "id": told.contact_id,
        "company_id": _company(session, fact),
        "name": told.name,
        "email": told.email,
        "email_key": key,
        "phone": told.phone,
        "verified_at": fact.verified_at,
        "created_at": fact.signed_up_at,
    }
    session.execute(insert(Contact).values(values).on_conflict_do_nothing())
    known = session.scalar(select(Contact.id).where(Contact.id == told.contact_id))
    return known or session.scalars(select(Contact.id).where(Contact.email_key == key)).one()


def _invitation(
    session: Session,
    fact: events.InvitationFact,
    occurred_at: datetime,
) -> None:
    asked = session.get(Invitation, fact.invitation_id)
    if asked is not None and asked.revision >= fact.revision:
        return
    if asked is None:
        asked = Invitation(
            id=fact.invitation_id, created_at=occurred_at, last_issued_at=occurred_at
        )
        session.add(asked)
    for name in ("network_id", "meeting_id", "company_name", "contact_name", "language"):
        setattr(asked, name, getattr(fact, name))
    asked.revision, asked.link_version = fact.revision, fact.link_version
    asked.company_sort = sort_key(fact.company_name)
    asked.email, asked.email_key = fact.contact_email, email_key(fact.contact_email)
    if isinstance(fact, events.InvitationAnswered):
        asked.answer, asked.answered_at = fact.answer, fact.answered_at
    elif isinstance(fact, events.InvitationIssued):
        asked.reminder_number = fact.reminder_number
        asked.on_recommendation_of = fact.on_recommendation_of
        asked.last_issued_at = occurred_at


def _arrival(session: Session, fact: events.AttendeeCheckedIn) -> None:
    claim = session.get(Registration, fact.registration_id)
    if claim is None or claim.revision >= fact.revision:
        return
    claim.revision = fact.revision
    attendee = session.get(Attendee, fact.attendee_id)
    if attendee is not None:
        attendee.checked_in_at = attendee.checked_in_at or fact.checked_in_at
