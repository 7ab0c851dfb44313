"""The invariants over the three databases: they hold after a story, and each one notices when it is broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.registration.models import Registration
from services.registration.use_cases.addresses import correct_by_coordinator
from services.registration.use_cases.person_erasures import (
    BY_PERSON,
    Asked,
    contact_of,
    erase_person,
)
from shared.clock import now
from shared.messaging import checks
from shared.settings import Settings
from tests import factories
from tests.databases import Servers
from tests.judging import adds_up, broken_at_rest, broken_by
from tests.trio import Trio, open_trio
from treffpunkt.invariants import INVARIANTS


@pytest.fixture
def trio(servers: Servers, settings: Settings) -> Iterator[Trio]:
    with open_trio(servers, settings) as trio:
        yield trio


def tell_a_story(trio: Trio) -> None:
    """Everything a claim can go through, one after the other; seats are right after every step."""
    meeting = trio.publish(capacity=6)
    early = trio.confirmed(meeting, seats=2)
    shrinking = trio.confirmed(meeting, seats=3)
    lapsing = trio.signed_up(meeting, seats=1)
    trio.confirmed(meeting, seats=2)  # waits, moves up when early ones leave
    trio.confirmed(meeting, seats=1)  # waits, moves up when a group shrinks
    trio.signed_up(meeting, seats=1)  # waits, never proved
    trio.carrier.drain()
    begin = {"starts_at": (now() + timedelta(days=40)).isoformat(), "notify": True}
    later = (lapsing.held_until or now()) + timedelta(minutes=5)
    steps: list[Callable[[], Any]] = [
        lambda: trio.cancelled(early),
        lambda: trio.resized(shrinking, 1),
        lambda: trio.resized(shrinking, 4),  # the additional ones queue
        trio.settle,
        lambda: trio.desk.call("PATCH", f"/meetings/{meeting.id}", begin),
        trio.settle,
        lambda: trio.by_the_clock("registration", later),
    ]
    for step in steps:
        step()
        assert adds_up(trio.registration)
    assert adds_up(trio.registration, later)
    trio.settle()


def test_they_hold_after_everything_a_claim_can_go_through(trio: Trio, settings: Settings) -> None:
    tell_a_story(trio)

    assert broken_at_rest(settings) == {}


def test_they_hold_when_more_sign_up_than_there_are_seats(trio: Trio, settings: Settings) -> None:
    meeting = trio.publish(capacity=3)
    for _ in range(3):
        trio.signed_up(meeting, seats=2)
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_a_meeting_is_cancelled(trio: Trio, settings: Settings) -> None:
    meeting = trio.publish(capacity=3)
    for seats in (2, 2, 1):
        trio.confirmed(meeting, seats=seats)
    trio.settle()

    trio.desk.call("POST", f"/meetings/{meeting.id}/cancel", {"reason": "Wasser im Keller."})
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_somebody_was_invited(trio: Trio, settings: Settings) -> None:
    trio.invited(trio.publish(admission="invited"))
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_an_address_was_corrected(trio: Trio, settings: Settings) -> None:
    corrected = trio.confirmed(trio.publish(capacity=3), seats=2)
    trio.settle()
    with trio.registration.transaction() as session:
        hold = timedelta(hours=48)
        correct_by_coordinator(session, corrected.id, factories.address(), now(), hold=hold)
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_somebody_was_erased(trio: Trio, settings: Settings) -> None:
    meeting = trio.publish(capacity=3)
    gone = trio.confirmed(meeting, seats=2)
    trio.confirmed(meeting, seats=2)  # waits, and gets the seats
    trio.settle()
    with trio.registration.transaction() as session:
        person = contact_of(session.get_one(Registration, gone.id))
        erase_person(session, person, Asked(by=BY_PERSON), now())
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_events_arrive_backwards(trio: Trio, settings: Settings) -> None:
    meeting = trio.publish(capacity=4)
    claim = trio.confirmed(meeting, seats=2)
    trio.confirmed(meeting, seats=3)
    trio.resized(claim, 1)
    for parcel in reversed(trio.carrier.due()):
        trio.carrier.hand_over(parcel)
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_an_event_was_lost_on_its_way(trio: Trio, settings: Settings) -> None:
    trio.confirmed(trio.publish())
    lost = [parcel for parcel in trio.carrier.due() if parcel.subscriber == "scheduling"]
    for parcel in lost:
        trio.carrier.lose(parcel)
    trio.carrier.ask_for_receipts(lost)
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_a_start_was_lost(trio: Trio, settings: Settings) -> None:
    trio.confirmed(trio.publish())
    trio.settle()
    again = "update inbox set state = 'new', due_at = now() - interval '6 minutes'"
    trio.carrier.run("scheduling", text(f"{again} where name = 'RegistrationHeld'"))
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_they_hold_when_a_mailer_died_while_sending(trio: Trio, settings: Settings) -> None:
    trio.confirmed(trio.publish())
    trio.settle()
    dead = "update mail set state = 'sending', sent_at = null, claimed_until = now() - interval '1 hour'"
    trio.carrier.run("notifications", text(dead))
    trio.by_the_clock("notifications", now())
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_every_invariant_has_its_sentence() -> None:
    assert list(INVARIANTS) == list(checks.SENTENCES)


# By which statement in which database each is broken; it returns the id of the culprit.
BREAKING = {
    "seats-counted": ("registration", "update slot set taken = taken - 1 returning id"),
    "seats-within-capacity": ("registration", "update slot set capacity = taken - 1 returning id"),
    "waiting-counted": ("registration", "update slot set waiting_seats = 9 returning id"),
    "no-idle-seat": ("registration", "update slot set capacity = 99 returning id"),
    "holds-lapse": (
        "registration",
        """update registration set deadline_at = now() - interval '1 hour', verified_at = null
        where id = (select id from registration where state = 'waitlisted' limit 1) returning id""",
    ),
    "cancelled-ends-all": ("registration", "update meeting set state = 'cancelled' returning id"),
    "changes-told": (
        "registration",
        """update registration set revision = 99
        where id = (select id from registration limit 1) returning id""",
    ),
    "events-routed": (
        "registration",
        """delete from outbox_delivery where subscriber = 'scheduling'
        and event_id = (select id from outbox_event limit 1) returning event_id""",
    ),
    "events-arrived": (
        "scheduling",
        """delete from inbox
        where event_id = (select event_id from inbox limit 1) returning event_id""",
    ),
    "events-within-lease": (
        "notifications",
        """update inbox set state = 'new', due_at = now() - interval '6 minutes'
        where event_id = (select event_id from inbox limit 1) returning event_id""",
    ),
    "roster-complete": (
        "scheduling",
        """delete from roster_entry where registration_id =
        (select registration_id from roster_entry where living limit 1) returning registration_id""",
    ),
    "roster-counted": ("scheduling", "update slot set held_seats = 5 returning id"),
    "registrations-known": (
        "notifications",
        """update registration set state = 'held'
        where id = (select id from registration where state = 'confirmed' limit 1) returning id""",
    ),
    "one-mail-per-event": (
        "notifications",
        """delete from mail where id = (select id from mail
        where kind = 'registration_confirmed' and person = 'contact' limit 1)
        returning registration_id""",
    ),
    "one-mail-per-calendar-step": (
        "notifications",
        """insert into mail select (jsonb_populate_record(
            mail, jsonb_build_object('id', gen_random_uuid(), 'key', 'again'))).* from mail
        where kind = 'meeting_changed' and details ? 'sequence' limit 1 returning registration_id""",
    ),
    "mails-out": (
        "notifications",
        "update mail set state = 'queued' where id = (select id from mail limit 1) returning id",
    ),
    "mails-within-lease": (
        "notifications",
        """update mail set state = 'sending', claimed_until = now() - interval '1 hour'
        where id = (select id from mail limit 1) returning id""",
    ),
}
# What breaks one of them can break another one too.
TOGETHER = {
    "seats-counted": {"no-idle-seat"},
    "seats-within-capacity": {"seats-counted"},
    "events-within-lease": {"events-arrived"},
    "roster-complete": {"roster-counted"},
}


def test_each_notices_when_it_is_broken(trio: Trio) -> None:
    tell_a_story(trio)
    for name, (service, statement) in BREAKING.items():
        culprit, broken = broken_by(trio.carrier.databases, service, statement)

        assert broken.get(name) == [culprit], (name, broken)
        assert broken.keys() <= {name} | TOGETHER.get(name, set()), (name, broken)


def move(trio: Trio, meeting: Any) -> None:
    """It takes place on another day."""
    begin = {"starts_at": factories.afternoon(40).isoformat()}
    trio.desk.call("PATCH", f"/meetings/{meeting.id}", begin)


# Mails of which one each is missed, and by what it is named.
MISSED = {
    "meeting_changed": "registration_id",
    "waitlisted": "registration_id",
    "invitation": "invitation_id",
}


@pytest.mark.parametrize("kind", MISSED)
def test_a_mail_that_never_was_is_missed(trio: Trio, kind: str) -> None:
    meeting = trio.publish(capacity=2)
    for _ in range(2):
        trio.confirmed(meeting, seats=2)
    trio.invited(meeting)
    trio.settle()
    move(trio, meeting)
    trio.settle()
    never = f"""delete from mail where id = (select id from mail where kind = '{kind}'
        and person in ('contact', 'guest') limit 1) returning {MISSED[kind]}"""

    culprit, broken = broken_by(trio.carrier.databases, "notifications", never)

    assert broken == {"one-mail-per-event": [culprit]}


def test_who_signs_up_when_the_move_has_arrived_is_told_nothing_of_it(
    trio: Trio, settings: Settings
) -> None:
    meeting = trio.publish()
    move(trio, meeting)
    trio.carrier.drain()
    trio.confirmed(meeting)
    trio.settle()

    assert broken_at_rest(settings) == {}


def test_all_of_them_are_tried() -> None:
    assert list(BREAKING) == list(INVARIANTS)


def test_what_waits_behind_a_parked_event_is_no_fault_of_its_own(
    trio: Trio, settings: Settings
) -> None:
    trio.confirmed(trio.publish())
    trio.settle()
    held, confirmed = "name = 'RegistrationHeld'", "name = 'RegistrationConfirmed'"
    park = f"update inbox set state = 'parked', last_error = 'a reason' where {held}"
    wait = f"update inbox set state = 'new', due_at = now() - interval '1 hour' where {confirmed}"
    trio.carrier.run("scheduling", text(park))
    trio.carrier.run("scheduling", text(wait))
    trio.carrier.sweep()

    assert broken_at_rest(settings) == {}

    trio.carrier.run("scheduling", text(f"update inbox set state = 'done' where {held}"))
    assert broken_at_rest(settings).keys() == {"events-arrived"}


def test_a_parked_event_of_another_publisher_excuses_none_that_is_not_done(
    trio: Trio, settings: Settings
) -> None:
    trio.confirmed(trio.publish())
    trio.settle()
    copied = "update inbox set aggregate_id = other.aggregate_id, revision = other.revision - 1"
    park = f"{copied}, state = 'parked', last_error = 'a reason' from inbox other"
    heard, lying = "inbox.publisher = 'scheduling'", "other.name = 'RegistrationConfirmed'"
    trio.carrier.run("notifications", text(f"{park} where {heard} and {lying}"))
    wait = "update inbox set state = 'new' where name = 'RegistrationConfirmed'"
    trio.carrier.run("notifications", text(wait))

    assert broken_at_rest(settings).keys() == {"events-arrived"}
