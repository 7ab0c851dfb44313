"""Erasing a person: those who must know hear of it once more, then nothing of her is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from services.notifications.domain.scene import read_claim
from services.notifications.models import CalendarEntry, Invitation, PlannedMail, Registration
from services.notifications.use_cases import emptying
from services.notifications.use_cases.emptying import Chosen
from services.notifications.use_cases.farewells import (
    say_farewell,
    say_farewell_to_seat,
    tell_contact,
)
from shared.events.notifications import MailsErased
from shared.events.registration import ErasedSubject, PersonErased
from shared.events.scrubbing import without
from shared.messaging import erasures, outbox

REGISTRATION, SEAT, INVITATION = "registration", "seat", "invitation"


def reapply(session: Session, now: datetime) -> int:
    """Erase everybody anew who was erased before, as after a restore; how many subjects."""
    subjects = erasures.again(session)
    if subjects:
        erase(session, subjects, now)
    return len(subjects)


def person_erased(session: Session, fact: PersonErased, now: datetime) -> None:
    """Erase, tell those who must know, and say so."""
    erasures.remember(session, fact.erasure_id, fact.subjects, now)
    if fact.tell_registration_id is not None:
        tell_contact(session, fact.tell_registration_id, fact.erasure_id)
    erase(session, fact.subjects, now)
    receipt = MailsErased(revision=1, erasure_id=fact.erasure_id, erased_at=now)
    outbox.record(session, receipt)


def erase(session: Session, subjects: Sequence[ErasedSubject], now: datetime) -> set[UUID]:
    """Keep nothing of *subjects*; what is still open: mails being sent, and last ones to be sent."""
    # First: this waits for whoever is applying one of these messages.
    erasures.scrub_messages(session, subjects)
    claims = erasures.ids(subjects, REGISTRATION)
    for row in emptying.empty_registrations(session, claims, now):
        say_farewell(session, read_claim(row.data), now)
    _empty_seats(session, subjects, now)
    session.execute(
        update(PlannedMail)
        .where(PlannedMail.registration_id.in_(claims), PlannedMail.state == "planned")
        .values(state="dropped")
    )
    emptying.empty_calendars(session, claims)
    invited = erasures.ids(subjects, INVITATION)
    emptying.empty_invitations(session, invited, now)
    _forget_recommendations(session, erasures.ids(subjects, erasures.RECOMMENDATION))
    chosen = Chosen(registrations=claims, invitations=invited, people=erasures.ids(subjects, SEAT))
    emptying.empty_mails(session, chosen, now)
    return emptying.still_open(session, chosen)


def _empty_seats(session: Session, subjects: Sequence[ErasedSubject], now: datetime) -> None:
    gone = erasures.gone(subjects)
    for seat in erasures.ids(subjects, SEAT):
        for row in _with_seat(session, seat):
            claim = read_claim(row.data)
            say_farewell_to_seat(session, claim, seat, now)
            session.execute(
                update(Registration)
                .where(Registration.id == row.id)
                .values(data=without(row.data, gone))
            )
            emptying.empty_words(session, Chosen(registrations=[row.id]))
        session.execute(delete(CalendarEntry).where(CalendarEntry.person == str(seat)))
    around = {subject.aggregate_id for subject in subjects if subject.kind == SEAT}
    emptying.empty_words(session, Chosen(registrations=around))


def _with_seat(session: Session, seat: UUID) -> Sequence[Any]:
    on_seat = Registration.data.contains({"attendees": [{"attendee_id": str(seat)}]})
    query = select(Registration.id, Registration.data).where(on_seat)
    return session.execute(query.order_by(Registration.id).with_for_update()).all()


def _forget_recommendations(session: Session, ids: Collection[UUID]) -> None:
    rows = session.execute(
        select(Invitation.id, Invitation.data).where(Invitation.id.in_(ids)).with_for_update()
    ).all()
    for row in rows:
        data = row.data | {"on_recommendation_of": ""}
        session.execute(update(Invitation).where(Invitation.id == row.id).values(data=data))
    if rows:
        emptying.empty_words(session, Chosen(invitations=[row.id for row in rows]))
