"""Makes meetings and sign-ups for tests of registration; every field can be overridden."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select, text

from services.registration.models import Meeting, Registration, Slot
from services.registration.use_cases.confirmation import Confirmed, confirm
from services.registration.use_cases.copies import keep_meeting, keep_network
from services.registration.use_cases.sign_up import Person, SignedUp, Terms, Wish
from services.registration.use_cases.submission import submit
from shared.clock import now
from shared.database import Database
from shared.events import scheduling as events
from shared.identifiers import new_id
from shared.messaging.tables import outbox_event

HOLD = timedelta(minutes=2880)
VENUE = events.Venue(
    venue_id=new_id(),
    name="Hauptschule Kley",
    street="Kleybredde 44",
    postcode="44149",
    city="Dortmund",
    room="Aula",
    arrival_note="Eingang über den Schulhof.",
    accessibility="",
)


def network_fact(**values: Any) -> events.NetworkSaved:
    """Dortmund-West with three districts; 44379 lies in two of them."""
    given: dict[str, Any] = {
        "revision": 1,
        "network_id": new_id(),
        "slug": "dortmund-west",
        "name": "Dortmund-West",
        "language": "de",
        "time_zone": "Europe/Berlin",
        "contact_name": "Jana Öztürk",
        "contact_email": "netzwerk@stadt.example",
        "contact_phone": "0231 5550100",
        "districts": [
            events.District(district_id=new_id(), name=name, postcodes=postcodes)
            for name, postcodes in {
                "Huckarde": ["44369"],
                "Innenstadt-West": ["44137", "44379"],
                "Lütgendortmund": ["44388", "44379"],
            }.items()
        ],
    }
    return events.NetworkSaved(**(given | values))


def meeting_fact(**values: Any) -> events.MeetingPublished:
    """A meeting in 30 days with one slot; ``capacity`` and ``slots`` (how many) shape it."""
    starts_at = values.pop("starts_at", now() + timedelta(days=30))
    ends_at = starts_at + timedelta(minutes=165)
    capacity, number = values.pop("capacity", 10), values.pop("slots", 1)
    kind = values.pop("kind", events.MeetingPublished)
    given: dict[str, Any] = {
        "revision": 1,
        "meeting_id": new_id(),
        "network_id": new_id(),
        "slug": "treffen",
        "state": "published",
        "title": "Netzwerktreffen",
        "description": "",
        "focus_topic": "Ausbildungsstart",
        "starts_at": starts_at,
        "ends_at": ends_at,
        "time_zone": "Europe/Berlin",
        "venue": VENUE,
        "agenda": [events.AgendaItem(starts_at=starts_at, title="Begrüßung", speaker="")],
        "admission": "open",
        "registration_opens_at": None,
        "registration_closes_at": None,
        "seats_per_company": None,
        "approval": False,
        "waitlist": "strict",
        "slots": [
            events.Slot(
                slot_id=new_id(), label="", starts_at=starts_at, ends_at=ends_at, capacity=capacity
            )
            for _ in range(number)
        ],
    }
    return kind(**(given | values))


def publish(database: Database, **values: Any) -> events.MeetingPublished:
    """A published meeting, as registration knows it."""
    fact = meeting_fact(**values)
    with database.transaction() as session:
        keep_meeting(session, fact, now())
    return fact


def publish_talk_day(
    database: Database, starts_at: datetime, **values: Any
) -> events.MeetingPublished:
    """A published meeting with three slots of twenty minutes, one after the other."""
    fact = meeting_fact(starts_at=starts_at, slots=3, **values)
    ends = [starts_at + timedelta(minutes=20 * number) for number in range(4)]
    slots = [
        replace(slot, starts_at=begin, ends_at=end)
        for slot, (begin, end) in zip(fact.slots, pairwise(ends), strict=True)
    ]
    fact = replace(fact, slots=slots)
    with database.transaction() as session:
        keep_meeting(session, fact, now())
    return fact


def save_network(database: Database, **values: Any) -> events.NetworkSaved:
    """A network, as registration knows it."""
    fact = network_fact(**values)
    with database.transaction() as session:
        keep_network(session, fact)
    return fact


def wish_for(meeting: events.MeetingPublished, **values: Any) -> Wish:
    """One seat for a company and a contact of their own."""
    name = values.pop("name", f"Betrieb {new_id().hex[-8:]}")
    seats = values.pop("seats", 1)
    given: dict[str, Any] = {
        "slot_id": meeting.slots[values.pop("slot", 0)].slot_id,
        "company_name": name,
        "contact_name": "Kim Beispiel",
        "email": f"{new_id().hex[-12:]}@gmx.example",
        "attendees": tuple(Person(f"Person {number}") for number in range(1, seats + 1)),
        "language": "de",
    }
    return Wish(**(given | values))


def sign(
    database: Database,
    meeting: events.MeetingPublished,
    *,
    at: datetime | None = None,
    terms: Terms | None = None,
    **values: Any,
) -> SignedUp:
    """A sign-up by the way everybody takes."""
    wish = wish_for(meeting, **values)
    return submit(database, wish, terms or Terms(hold=HOLD), at or now())


def confirmed(database: Database, done: SignedUp, at: datetime | None = None) -> Confirmed:
    """The confirmation of a sign-up."""
    with database.transaction() as session:
        return confirm(session, done.id, at or now())


def claim(database: Database, done: SignedUp) -> Registration:
    """The row of a sign-up as it stands."""
    with database.reading() as session:
        return session.get_one(Registration, done.id)


def slot_of(database: Database, meeting: events.MeetingPublished, slot: int = 0) -> Slot:
    """A slot as it stands."""
    with database.reading() as session:
        return session.get_one(Slot, meeting.slots[slot].slot_id)


def meeting_of(database: Database, meeting: events.MeetingPublished) -> Meeting:
    """A meeting as it stands."""
    with database.reading() as session:
        return session.get_one(Meeting, meeting.meeting_id)


def facts(database: Database, done: SignedUp) -> list[str]:
    """The names of the facts recorded about a sign-up, in order."""
    query = select(outbox_event.c.name).where(outbox_event.c.aggregate_id == done.id)
    with database.reading() as session:
        return list(session.scalars(query.order_by(outbox_event.c.revision)))


def execute(database: Database, statement: str) -> None:
    """Change rows as no way of the product would."""
    with database.transaction() as session:
        session.execute(text(statement))
