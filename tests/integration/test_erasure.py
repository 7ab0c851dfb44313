"""Somebody wants nothing kept of her: nothing is, whatever was on its way, and the numbers stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.notifications.models import Mail
from services.notifications.use_cases import erasing as notifications
from services.registration.models import ErasureRequest, Registration
from services.registration.use_cases import erasing as registrations
from services.registration.use_cases.person_erasures import Asked, contact_of, erase_person
from services.registration.use_cases.sign_up import Person as Seat
from services.scheduling.models import RosterEntry
from services.scheduling.use_cases import erasing as scheduling
from shared.clock import now
from shared.messaging import erasures
from tests import canary
from tests.mails import mails_to
from tests.three_services import Town

COLLEAGUE = Seat("Berta Brücke", "berta@betrieb.example")
LATER = timedelta(minutes=10)


def erase(world: Town, registration_id: UUID) -> UUID:
    with world.databases["registration"].transaction() as session:
        person = contact_of(session.get_one(Registration, registration_id))
        return erase_person(session, person, Asked(by="person"), now())


def settled(world: Town) -> None:
    world.mail()
    world.later("settle_erasures", now() + LATER)


def test_the_search_finds_her_wherever_she_is(world: Town) -> None:
    world.registered(world.published())
    world.deliver()
    world.mail()

    assert world.traces() == {
        "registration.attendee",
        "registration.contact",
        "registration.outbox_event",
        "registration.registration",
        "scheduling.inbox",
        "scheduling.roster_entry",
        "notifications.addressee",
        "notifications.calendar_entry",
        "notifications.inbox",
        "notifications.mail",
        "notifications.registration",
    }


def test_nothing_is_left_of_her_and_her_seats_are_free(world: Town) -> None:
    meeting = world.published()
    registration = world.registered(meeting, Seat(canary.NAME), COLLEAGUE)
    world.deliver()
    world.mail()
    assert world.seats(meeting) == (2, 2)

    erase(world, registration)
    assert {trace for trace in world.traces() if trace.startswith("registration")} == set()
    world.deliver()
    settled(world)

    assert world.traces() == set()
    assert world.seats(meeting) == (0, 0)


def test_nobody_else_is_touched(world: Town) -> None:
    meeting = world.published()
    registration = world.registered(meeting)
    others = [
        world.registered(meeting, COLLEAGUE, contact_name="Berta", email=COLLEAGUE.email, phone=""),
        world.sign_up(meeting, Seat("Otto Ohne"), contact_name="Otto Ohne", email=None).id,
    ]
    world.deliver()

    erase(world, registration)
    world.deliver()
    erase(world, others[1])
    world.deliver()

    with world.databases["registration"].reading() as session:
        states = [session.get_one(Registration, one).erased_at is None for one in others]
    assert states == [True, False]
    assert world.seats(meeting)[0] == 1


def test_every_service_confirms_it(world: Town) -> None:
    registration = world.registered(world.published())
    world.deliver()

    erasure_id = erase(world, registration)
    world.deliver()

    with world.databases["registration"].reading() as session:
        request = session.get_one(ErasureRequest, erasure_id)
    assert request.scheduling_at
    assert request.notifications_at


def test_those_who_had_the_date_hear_that_it_is_over(world: Town) -> None:
    registration = world.registered(world.published(), Seat(canary.NAME), COLLEAGUE)
    world.deliver()
    world.mail()

    erase(world, registration)
    world.deliver()
    world.mail()

    for address in (canary.EMAIL, "berta@betrieb.example"):
        last = mails_to(world.sink, address)[-1]
        assert last.kind == "registration_cancelled"
        assert last.entry.method == "CANCEL"
        assert not canary.tells_of_her(last.text, ("kanarina", "vogelsang", "berta"))


@pytest.mark.parametrize("away", ["scheduling", "notifications"])
def test_a_service_that_was_away_forgets_her_when_it_is_back(world: Town, away: str) -> None:
    meeting = world.published()
    registration = world.registered(meeting)
    world.deliver()
    world.mail()
    world.away = {away}

    erase(world, registration)
    world.deliver()
    assert {trace.partition(".")[0] for trace in world.traces()} <= {away, "notifications"}

    world.away = set()
    world.deliver()
    settled(world)
    assert world.traces() == set()
    assert world.seats(meeting) == (0, 0)


def test_facts_undelivered_before_the_erasure_bring_seats_but_no_names(world: Town) -> None:
    meeting = world.published()
    world.away = {"scheduling", "notifications"}
    registration = world.registered(meeting)
    world.make_past(meeting, days=1)

    erase(world, registration)
    world.away = set()
    world.deliver()

    assert world.traces() == set()
    assert world.seats(meeting) == (1, 1)
    with world.databases["scheduling"].reading() as session:
        entry = session.get_one(RosterEntry, registration)
    assert (entry.company, entry.contact_name) == ("Dachdeckerei Kowalski", "")


def test_messages_that_arrive_late_do_not_bring_her_back(world: Town) -> None:
    meeting = world.published()
    registration = world.registered(meeting)
    on_their_way = world.take()
    assert on_their_way

    erase(world, registration)
    world.deliver()
    world.give(on_their_way)
    world.give(on_their_way)
    world.deliver()

    assert world.traces() == set()
    assert world.seats(meeting) == (0, 0)


def test_who_could_not_see_the_erasure_yet_is_caught_minutes_later(world: Town) -> None:
    registration = world.registered(world.published())
    world.deliver()
    world.mail()
    erase(world, registration)
    world.deliver()
    world.mail()
    put_back(world, registration)

    world.later("settle_erasures", now() + LATER)

    assert world.traces() == set()
    with world.databases["scheduling"].reading() as session:
        assert erasures.unsettled(session) == []


def test_a_parked_message_is_emptied_too(world: Town) -> None:
    registration = world.registered(world.published())
    world.deliver()
    park = text(
        "update inbox set state = 'parked', last_error = 'ValueError: ' || :name"
        " where name like 'Registration%'"
    )
    for name in ("scheduling", "notifications"):
        with world.databases[name].transaction() as session:
            session.execute(park, {"name": canary.NAME})

    erase(world, registration)
    world.deliver()
    settled(world)

    assert world.traces() == set()


def test_mails_not_sent_yet_are_not_sent(world: Town) -> None:
    registration = world.registered(world.published())
    world.deliver()

    erase(world, registration)
    world.deliver()
    query = select(Mail.state, Mail.recipient).where(Mail.kind == "registration_confirmed")
    with world.databases["notifications"].reading() as session:
        (unsent,) = session.execute(query).all()
    settled(world)

    assert tuple(unsent) == ("suppressed", "")
    assert [mail.kind for mail in mails_to(world.sink, canary.EMAIL)] == ["registration_cancelled"]


def test_all_her_registrations_and_seats_are_hers(world: Town) -> None:
    first = world.registered(world.published())
    other = world.published("luenen", title="Gesprächstag", **at_another_time())
    with_somebody_else = world.registered(
        other,
        COLLEAGUE,
        Seat(canary.NAME, canary.EMAIL.upper()),
        contact_name=COLLEAGUE.name,
        email=COLLEAGUE.email,
        phone="",
    )
    world.deliver()
    world.mail()

    erase(world, first)
    world.deliver()
    settled(world)

    assert world.traces() == set()
    with world.databases["registration"].reading() as session:
        kept = session.get_one(Registration, with_somebody_else)
        assert (kept.contact_name, kept.seats) == (COLLEAGUE.name, 1)


def at_another_time() -> dict[str, Any]:
    span = {"starts_at": "2031-12-02T15:00:00+01:00", "ends_at": "2031-12-02T17:45:00+01:00"}
    return {**span, "slots": [{**span, "capacity": 5}]}


def test_a_company_that_bears_her_name_loses_it(world: Town) -> None:
    registration = world.registered(
        world.published(), company_name="Malerbetrieb Kanarina Vogelsang"
    )
    world.deliver()

    erase(world, registration)
    world.deliver()
    settled(world)

    assert world.traces() == set()


def test_a_mail_domain_that_bears_her_name_is_forgotten(world: Town) -> None:
    registration = world.registered(world.published(), email="info@vogelsang-dach.example")

    erase(world, registration)

    assert not {trace for trace in world.traces() if trace.startswith("registration")}


def test_she_may_sign_up_again(world: Town) -> None:
    meeting = world.published()
    erase(world, world.registered(meeting))
    world.deliver()

    again = world.registered(meeting)
    world.deliver()

    assert world.seats(meeting) == (1, 1)
    with world.databases["scheduling"].reading() as session:
        assert session.get_one(RosterEntry, again).contact_name == canary.NAME


def test_a_restored_database_forgets_her_again(world: Town) -> None:
    registration = world.registered(world.published())
    world.deliver()
    world.mail()
    erase(world, registration)
    world.deliver()
    settled(world)
    put_back(world, registration)
    assert len(world.traces()) == 3

    for name, service in (
        ("registration", registrations),
        ("scheduling", scheduling),
        ("notifications", notifications),
    ):
        with world.databases[name].transaction() as session:
            assert service.reapply(session, now()) == 1
    assert world.traces() == set()


def put_back(world: Town, registration: UUID) -> None:
    """As if older databases had been restored."""
    statements = {
        "registration": "update registration set contact_name = :name, erased_at = null where id = :id",
        "scheduling": "update roster_entry set contact_name = :name, erased_at = null"
        " where registration_id = :id",
        "notifications": "update registration set erased_at = null,"
        " data = jsonb_set(data, '{contact,name}', to_jsonb(cast(:name as text))) where id = :id",
    }
    for service, statement in statements.items():
        with world.databases[service].transaction() as session:
            session.execute(text(statement), {"name": canary.NAME, "id": registration})
