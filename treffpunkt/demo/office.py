"""The demo's side of scheduling: network, account, schools, the year's series and a talk day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.scheduling.models import Network
from services.scheduling.use_cases.accounts import create_account
from services.scheduling.use_cases.meetings import create_meeting, publish_meeting
from services.scheduling.use_cases.networks import (
    DistrictPlan,
    add_series,
    create_network,
    create_venue,
)
from services.scheduling.use_cases.passwords import set_password
from services.scheduling.use_cases.plans import AgendaPlan, SlotPlan
from shared.events.envelope import Envelope
from shared.messaging.outbox import envelope_of
from shared.messaging.tables import outbox_event
from shared.scope import EVERYTHING
from shared.settings import Settings
from treffpunkt.demo import data

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY = 1
LENGTH = timedelta(minutes=165)
TALK = timedelta(minutes=20)
BREAK = timedelta(minutes=5)
TALKS = 12
CAPACITY = 24
# Days on which nobody meets, wherever the present day puts the demo.
FREE_DAYS = {(12, 24), (12, 25), (12, 26), (12, 31), (1, 1), (5, 1), (10, 3), (11, 1)}


def make(session: Session, settings: Settings, *, password: str, now: datetime) -> None:
    """Everything that a coordinator would have entered."""
    network = _network(session)
    account = create_account(
        session,
        email=data.LOGIN_EMAIL,
        name=data.CONTACT_NAME,
        role="admin",
        networks=[network],
        language=settings.language,
    )
    session.flush()
    set_password(session, account, password)
    venues = [_venue(session, network, school) for school in data.SCHOOLS]
    _series(session, network, venues, now)
    _talk_day(session, network, venues, now)


def _network(session: Session) -> Network:
    return create_network(
        session,
        name=data.NETWORK_NAME,
        slug=data.NETWORK_SLUG,
        districts=[DistrictPlan(name, codes) for name, codes in data.DISTRICTS.items()],
        contact_name=data.CONTACT_NAME,
        contact_email=data.CONTACT_EMAIL,
        contact_phone=data.CONTACT_PHONE,
        language="de",
        time_zone=str(BERLIN),
    )


def _series(session: Session, network: Network, venues: Sequence[UUID], now: datetime) -> None:
    series = add_series(session, EVERYTHING, network.id, str(now.astimezone(BERLIN).year))
    for number, (title, topic, school, days) in enumerate(data.SERIES):
        starts_at = tuesday(now, days, time(15, 0))
        _publish(
            session,
            network,
            venues[school],
            starts_at=starts_at,
            ends_at=starts_at + LENGTH,
            title=title,
            focus_topic=topic,
            series_id=series.id,
            admission=("open", "districts", "invited")[number],
            slots=[SlotPlan(starts_at=starts_at, ends_at=starts_at + LENGTH, capacity=CAPACITY)],
            agenda=_agenda(starts_at),
            seats_per_company=3,
        )


def _venue(session: Session, network: Network, school: data.School) -> UUID:
    venue = create_venue(
        session,
        EVERYTHING,
        network.id,
        name=school.name,
        street=school.street,
        postcode=school.postcode,
        city="Dortmund",
        room=school.room,
        arrival_note=school.arrival_note,
        accessibility=school.accessibility,
    )
    return venue.id


def _talk_day(session: Session, network: Network, venues: Sequence[UUID], now: datetime) -> None:
    title, topic, school, days = data.TALK_DAY
    starts_at = tuesday(now, days, time(9, 0))
    slots = [
        SlotPlan(
            starts_at=starts_at + number * (TALK + BREAK),
            ends_at=starts_at + number * (TALK + BREAK) + TALK,
            capacity=2,
        )
        for number in range(TALKS)
    ]
    _publish(
        session,
        network,
        venues[school],
        starts_at=starts_at,
        ends_at=starts_at + TALKS * (TALK + BREAK) - BREAK,
        title=title,
        focus_topic=topic,
        admission="open",
        slots=slots,
        agenda=[],
        seats_per_company=2,
    )


def _publish(session: Session, network: Network, venue_id: UUID, **details: Any) -> None:
    closes_at = details["starts_at"] - timedelta(days=2)
    meeting = create_meeting(
        session,
        EVERYTHING,
        network.id,
        venue_id=venue_id,
        description=data.DESCRIPTION,
        registration_closes_at=closes_at,
        waitlist="strict",
        **details,
    )
    publish_meeting(session, EVERYTHING, meeting.id)


def _agenda(starts_at: datetime) -> list[AgendaPlan]:
    return [
        AgendaPlan(starts_at=starts_at + timedelta(minutes=after), title=title, speaker=speaker)
        for after, title, speaker in data.AGENDA
    ]


def tuesday(now: datetime, days: int, clock: time) -> datetime:
    """The first working Tuesday that many days from *now* or later, by the clock of Dortmund."""
    day = now.astimezone(BERLIN).date() + timedelta(days=days)
    while day.weekday() != TUESDAY or (day.month, day.day) in FREE_DAYS:
        day += timedelta(days=1)
    return datetime.combine(day, clock, BERLIN)


def published_facts(session: Session) -> list[Envelope]:
    """What scheduling has told so far, oldest first."""
    rows = session.execute(select(outbox_event).order_by(outbox_event.c.id)).all()
    return [envelope_of("scheduling", row) for row in rows]
