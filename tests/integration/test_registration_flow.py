"""What becomes of claims: held, confirmed, waiting, late, given up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from services.registration.domain.refusals import CapExceededError, ClosedError, FullError
from services.registration.models import Attendee
from services.registration.periodic import close_waitlists, expire_holds
from services.registration.use_cases.changes import Seat, change, give_up_seat, seats_of
from services.registration.use_cases.copies import keep_meeting
from services.registration.use_cases.giving_up import BY_CONTACT, cancel
from services.registration.use_cases.sign_up import SignedUp, Terms
from services.registration.worker import SERVICE
from shared.clock import now
from shared.database import Database
from shared.events.envelope import schema_of
from shared.events.registration import RegistrationWaitlisted
from shared.events.scheduling import MeetingCancelled, MeetingChanged
from shared.messaging.tables import outbox_event
from tests.booking_desk import Booking
from tests.hearing import hear_own
from tests.integration.registration_stories import (
    HOLD,
    claim,
    confirmed,
    facts,
    meeting_fact,
    publish,
    sign,
    slot_of,
)
from tests.judging import adds_up


@pytest.fixture
def database(registration_database: Database) -> Database:
    """The database of registration, checked to add up afterwards."""
    return registration_database


def test_a_sign_up_holds_its_seats_until_the_address_is_confirmed(database: Database) -> None:
    meeting = publish(database)
    done = sign(database, meeting, seats=2)
    assert (done.state, done.seats) == ("held", 2)
    assert confirmed(database, done).state == "confirmed"
    assert confirmed(database, done).state == "confirmed"
    assert facts(database, done) == ["RegistrationHeld", "RegistrationConfirmed"]
    assert slot_of(database, meeting).taken == 2


def test_what_does_not_fit_waits_and_so_does_everybody_behind(database: Database) -> None:
    meeting = publish(database, capacity=3)
    sign(database, meeting, seats=2)
    big = sign(database, meeting, seats=2)
    small = sign(database, meeting, seats=1)
    assert (big.state, small.state) == ("waitlisted", "waitlisted")
    assert claim(database, big).reason == "full"
    assert claim(database, small).reason == "queue"
    slot = slot_of(database, meeting)
    assert (slot.taken, slot.waiting, slot.waiting_seats) == (2, 2, 3)


def test_the_fact_of_a_waitlisted_sign_up_reads_back(database: Database) -> None:
    meeting = publish(database, capacity=1)
    done = sign(database, meeting, seats=2)
    with database.reading() as session:
        row = session.execute(
            select(outbox_event).where(outbox_event.c.aggregate_id == done.id)
        ).one()
    fact = schema_of(RegistrationWaitlisted).load(row.payload)
    assert (fact.state, fact.reason, fact.held_until, fact.position) == (
        "waitlisted",
        "full",
        None,
        1,
    )


def test_without_a_waitlist_a_full_slot_refuses(database: Database) -> None:
    meeting = publish(database, capacity=1, waitlist="off")
    sign(database, meeting)
    with pytest.raises(FullError):
        sign(database, meeting)


def test_a_second_sign_up_gets_the_same_answer_and_takes_nothing(database: Database) -> None:
    meeting = publish(database)
    first = sign(database, meeting, email="kim@gmx.example", seats=2)
    second = sign(database, meeting, email="KIM@gmx.example", seats=2)
    assert (first.state, first.seats) == (second.state, second.seats)
    assert second.id != first.id
    assert slot_of(database, meeting).taken == 2
    assert hear_own(database, SERVICE) == 1
    assert facts(database, first) == ["RegistrationHeld", "LinkRequested"]


def test_the_head_of_the_list_moves_up_when_seats_are_given_up(database: Database) -> None:
    meeting = publish(database, capacity=2)
    first = sign(database, meeting, seats=2)
    unverified = sign(database, meeting)
    waiting = sign(database, meeting, seats=2)
    confirmed(database, waiting)
    with database.transaction() as session:
        cancel(session, first.id, now(), by=BY_CONTACT)
    assert claim(database, waiting).state == "confirmed"
    assert claim(database, unverified).state == "waitlisted"
    assert facts(database, first)[-1] == "RegistrationCancelled"
    assert adds_up(database)


def test_a_late_confirmation_gets_its_seats_if_they_are_free(database: Database) -> None:
    meeting = publish(database, capacity=2)
    done = sign(database, meeting, seats=2)
    later = now() + timedelta(hours=49)
    expire_holds(database, later)
    assert claim(database, done).state == "expired"
    assert slot_of(database, meeting).taken == 0
    assert confirmed(database, done, later).state == "confirmed"
    assert adds_up(database)


def test_a_late_confirmation_waits_at_its_first_rank(database: Database) -> None:
    meeting = publish(database, capacity=1)
    late = sign(database, meeting)
    later = now() + timedelta(hours=49)
    expire_holds(database, later)
    holder = sign(database, meeting, at=later)
    confirmed(database, holder, later)
    behind = sign(database, meeting, at=later)
    confirmed(database, behind, later)
    assert confirmed(database, late, later).state == "waitlisted"
    with database.transaction() as session:
        cancel(session, holder.id, later, by=BY_CONTACT)
    assert claim(database, late).state == "confirmed"
    assert claim(database, behind).state == "waitlisted"
    assert adds_up(database)


def test_the_cap_of_a_company_counts_over_its_addresses(database: Database) -> None:
    meeting = publish(database, seats_per_company=2)
    first = sign(database, meeting, name="Bäckerei Krüger GmbH", seats=2)
    second = sign(database, meeting, name="Baeckerei Krueger", seats=1)
    assert confirmed(database, first).state == "confirmed"
    assert confirmed(database, second).state == "waitlisted"
    assert claim(database, second).reason == "company_cap"
    assert slot_of(database, meeting).waiting == 0
    with database.transaction() as session:
        give_up_seat(session, attendee_of(database, first), now())
    assert claim(database, second).state == "confirmed"
    assert adds_up(database)


def attendee_of(database: Database, done: SignedUp) -> UUID:
    query = select(Attendee.id).where(Attendee.registration_id == done.id)
    with database.reading() as session:
        return session.scalars(query).all()[0]


def test_one_request_beyond_the_cap_is_refused(database: Database) -> None:
    meeting = publish(database, seats_per_company=2)
    with pytest.raises(CapExceededError):
        sign(database, meeting, seats=3)


def test_who_comes_with_fewer_gets_what_is_left_and_waits_for_the_rest(database: Database) -> None:
    meeting = publish(database, capacity=3)
    holder = sign(database, meeting, seats=2)
    group = sign(database, meeting, seats=3, accepts_fewer=True)
    confirmed(database, group)
    assert (claim(database, group).state, claim(database, group).seats) == ("confirmed", 1)
    with database.transaction() as session:
        cancel(session, holder.id, now(), by=BY_CONTACT)
    assert claim(database, group).seats == 3
    assert adds_up(database)


def test_additional_seats_wait_and_join_when_they_are_free(database: Database) -> None:
    meeting = publish(database, capacity=2)
    mine = sign(database, meeting)
    confirmed(database, mine)
    other = sign(database, meeting)
    with database.transaction() as session:
        row = session.get_one(type(claim(database, mine)), mine.id)
        changed = change(session, mine.id, [*seats_of(row), Seat("Neu Dabei")], now())
    assert changed.waiting == 1
    with database.transaction() as session:
        cancel(session, other.id, now(), by=BY_CONTACT)
    assert claim(database, mine).seats == 2
    assert adds_up(database)


def test_24_hours_before_the_start_the_list_is_closed(database: Database) -> None:
    meeting = publish(database, capacity=1)
    sign(database, meeting)
    waiting = sign(database, meeting)
    confirmed(database, waiting)
    close_waitlists(database, meeting.starts_at - timedelta(hours=23))
    assert (claim(database, waiting).state, claim(database, waiting).reason) == (
        "expired",
        "waitlist_closed",
    )
    assert adds_up(database)


def test_a_capacity_lowered_below_what_is_taken_drops_nobody(database: Database) -> None:
    meeting = publish(database, capacity=4)
    done = sign(database, meeting, seats=4)
    less = replace(meeting.slots[0], capacity=2)
    changed = meeting_fact(
        kind=MeetingChanged, revision=2, meeting_id=meeting.meeting_id, changes=[], tell=False
    )
    with database.transaction() as session:
        keep_meeting(session, replace(changed, slots=[less]), now())
    assert claim(database, done).state == "held"
    assert slot_of(database, meeting).overbooked
    assert sign(database, meeting).state == "waitlisted"


def test_overbooking_is_told_again_only_when_it_changed(database: Database) -> None:
    booking = Booking(database, capacity=4)
    booking.sign_up("large", "Firma", 3)
    booking.sign_up("small", "Andere")
    booking.change_capacity(2)
    for step in (
        lambda: booking.confirm("large"),
        lambda: booking.change_waitlist("fill"),
        lambda: booking.cancel("small"),
        lambda: booking.change_capacity(3),
        lambda: booking.change_capacity(4),
    ):
        step()

    query = select(outbox_event.c.payload).where(outbox_event.c.name == "SlotOverbooked")
    with database.reading() as session:
        told = session.scalars(query.order_by(outbox_event.c.revision)).all()
    assert [(one["capacity"], one["taken"]) for one in told] == [(2, 4), (2, 3), (3, 3)]


def test_more_capacity_moves_the_waitlist_up(database: Database) -> None:
    meeting = publish(database, capacity=1)
    sign(database, meeting)
    waiting = sign(database, meeting)
    confirmed(database, waiting)
    more = replace(meeting.slots[0], capacity=2)
    changed = meeting_fact(
        kind=MeetingChanged, revision=2, meeting_id=meeting.meeting_id, changes=[], tell=False
    )
    with database.transaction() as session:
        keep_meeting(session, replace(changed, slots=[more]), now())
    assert claim(database, waiting).state == "confirmed"


def test_a_cancelled_meeting_ends_every_claim_and_takes_no_more(database: Database) -> None:
    meeting = publish(database)
    done = sign(database, meeting)
    gone = meeting_fact(
        kind=MeetingCancelled,
        revision=2,
        meeting_id=meeting.meeting_id,
        state="cancelled",
        reason="",
    )
    with database.transaction() as session:
        keep_meeting(session, replace(gone, slots=meeting.slots), now())
    assert claim(database, done).reason == "meeting_cancelled"
    assert slot_of(database, meeting).taken == 0
    with pytest.raises(ClosedError):
        sign(database, meeting)


def test_a_proved_address_is_confirmed_at_once_within_the_cap(database: Database) -> None:
    meeting = publish(database, seats_per_company=1)
    proved = Terms(hold=HOLD, proved=True, on_behalf=True)
    first = sign(database, meeting, name="Ohne Adresse", email=None, terms=proved)
    second = sign(database, meeting, name="Ohne Adresse", email=None, terms=proved)
    assert (first.state, second.state) == ("confirmed", "waitlisted")
    assert claim(database, second).reason == "company_cap"
    assert adds_up(database)
