"""Who is promised a mail before an edit is saved gets one, and nobody else; calendar entries move likewise."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.registration.use_cases.sign_up import Person
from services.scheduling.use_cases import meetings, networks
from services.scheduling.use_cases.plans import AgendaPlan, Edit, SlotPlan
from shared.scope import EVERYTHING
from shared.settings import Settings
from tests import factories
from tests.databases import Servers
from tests.trio import Trio, open_trio

BEGIN = factories.afternoon(days=30)
HALF_AN_HOUR = timedelta(minutes=30)
SLOTS = (BEGIN, BEGIN + HALF_AN_HOUR)
PEOPLE = 2  # in each slot
EVERYBODY, FIRST, NOBODY = {0, 1}, {0}, set[int]()


@pytest.fixture
def trio(servers: Servers, settings: Settings) -> Iterator[Trio]:
    with open_trio(servers, settings) as trio:
        yield trio


@dataclass
class TalkDay:
    """A published meeting of two slots, with a company of two people in each."""

    trio: Trio
    id: UUID
    slot_ids: Sequence[UUID]
    claims: Sequence[UUID]

    def edit(self, edit: Edit) -> tuple[int, int]:
        """Save *edit*; the mails and calendar entries that were promised before."""
        with self.trio.carrier.databases["scheduling"].transaction() as session:
            promised = meetings.preview_edit(session, EVERYTHING, self.id, edit).told
            session.expire_all()
            done = meetings.edit_meeting(session, EVERYTHING, self.id, edit).told
        assert done == promised
        self.trio.carrier.drain()
        return promised.mails, promised.calendar_entries

    def edit_venue(self, **details: str) -> tuple[int, int]:
        """Likewise for its venue."""
        query = text("select venue_id from meeting where id = :id")
        with self.trio.carrier.databases["scheduling"].transaction() as session:
            venue_id = session.execute(query, {"id": self.id}).scalar_one()
            promised = networks.told_of_venue(session, EVERYTHING, venue_id, details)
            session.expire_all()
            networks.edit_venue(session, EVERYTHING, venue_id, **details)
        self.trio.carrier.drain()
        return promised.mails, promised.calendar_entries

    def another_venue(self, **fields: Any) -> UUID:
        """One of a network of its own, at the same address unless told otherwise."""
        network = self.trio.desk.network(slug=f"netz-{factories.number()}")
        return UUID(self.trio.desk.venue(network["id"], **fields)["id"])

    def told(self) -> tuple[int, int]:
        """Mails about the change, and how many of them move a calendar entry."""
        mails = self._mails()
        return len(mails), sum("sequence" in details for _claim, details in mails)

    def whom(self) -> set[int]:
        """The numbers of the slots whose people got a mail."""
        return {self.claims.index(claim) for claim, _details in self._mails()}

    def _mails(self) -> list[tuple[UUID, dict[str, Any]]]:
        query = text(
            "select registration_id, details from mail where kind = 'meeting_changed' order by id"
        )
        with self.trio.carrier.databases["notifications"].reading() as session:
            return [(row.registration_id, row.details) for row in session.execute(query)]


Wished = Callable[[TalkDay], Edit]


@pytest.fixture
def day(trio: Trio) -> TalkDay:
    meeting = trio.publish(starts_at=BEGIN, slots=[_slot(begin) for begin in SLOTS])
    slot_ids = [slot.slot_id for slot in meeting.slots]
    claims = [trio.confirmed(meeting, slot_id=slot_id, attendees=_two()).id for slot_id in slot_ids]
    trio.settle()
    return TalkDay(trio, UUID(meeting.id), slot_ids, claims)


def _two() -> tuple[Person, ...]:
    return Person("N. N."), Person("Berta Brücke", factories.address())


def _slot(begin: datetime) -> dict[str, Any]:
    return {
        "starts_at": begin.isoformat(),
        "ends_at": (begin + HALF_AN_HOUR).isoformat(),
        "capacity": 4,
    }


def of_meeting(**details: Any) -> Wished:
    """An edit of the meeting's own columns."""
    return lambda _day: Edit(details=details)


def of_first_slot(**values: Any) -> Wished:
    """An edit of the first slot alone."""
    return lambda day: Edit(slot_edits={day.slot_ids[0]: values})


def moved_around_its_slots(day: TalkDay) -> Edit:
    """The meeting begins earlier, and its slots stay where they are."""
    kept = [
        SlotPlan(id=slot_id, starts_at=begin, ends_at=begin + HALF_AN_HOUR, capacity=4)
        for slot_id, begin in zip(day.slot_ids, SLOTS, strict=True)
    ]
    return Edit(details={"starts_at": BEGIN - HALF_AN_HOUR}, slots=kept)


# What is edited, and the numbers of the slots whose people must know.
EDITS: dict[str, tuple[Wished, set[int]]] = {
    "nothing": (of_meeting(), NOBODY),
    "slot moved": (of_first_slot(starts_at=BEGIN - HALF_AN_HOUR), FIRST),
    "slot ended later": (of_first_slot(ends_at=BEGIN + 2 * HALF_AN_HOUR), FIRST),
    "slot named": (of_first_slot(label="Bäckerei"), NOBODY),
    "capacity": (of_first_slot(capacity=9), NOBODY),
    "meeting moved": (of_meeting(starts_at=BEGIN + HALF_AN_HOUR), EVERYBODY),
    "meeting moved around its slots": (moved_around_its_slots, NOBODY),
    "meeting ended later": (of_meeting(ends_at=BEGIN + 9 * HALF_AN_HOUR), NOBODY),
    "room": (of_meeting(room="Mensa"), EVERYBODY),
    "title": (of_meeting(title="Anders"), NOBODY),
    "agenda": (lambda _day: Edit(agenda=[AgendaPlan(title="Neues", starts_at=BEGIN)]), NOBODY),
    "another network's entry of the same school": (
        lambda day: Edit(details={"venue_id": day.another_venue()}),
        NOBODY,
    ),
    "closing": (of_meeting(registration_closes_at=BEGIN - 9 * HALF_AN_HOUR), NOBODY),
}


@pytest.mark.parametrize("named", EDITS)
def test_whoever_must_know_of_an_edit_is_promised_a_mail_and_gets_it(
    day: TalkDay, named: str
) -> None:
    wished, whom = EDITS[named]

    promised = day.edit(wished(day))

    number = PEOPLE * len(whom)
    assert (day.whom(), day.told()) == (whom, (number, number))
    assert promised == day.told()


@pytest.mark.parametrize("named", EDITS)
def test_a_wish_to_notify_reaches_everybody_and_moves_no_other_entry(
    day: TalkDay, named: str
) -> None:
    wished, moved = EDITS[named]

    promised = day.edit(replace(wished(day), notify=True))

    assert (day.whom(), day.told()) == (EVERYBODY, (2 * PEOPLE, PEOPLE * len(moved)))
    assert promised == day.told()


VENUE_EDITS = {
    "street": ({"street": "Kleyer Weg 99"}, EVERYBODY),
    "name": ({"name": "Gesamtschule Kley"}, EVERYBODY),
    "room": ({"room": "Mensa"}, EVERYBODY),
    "arrival note": ({"arrival_note": "Eingang am Hof."}, NOBODY),
    "accessibility": ({"accessibility": "Aufzug."}, NOBODY),
}


@pytest.mark.parametrize("named", VENUE_EDITS)
def test_whoever_must_know_of_an_edited_venue_is_promised_a_mail_and_gets_it(
    day: TalkDay, named: str
) -> None:
    details, whom = VENUE_EDITS[named]

    promised = day.edit_venue(**details)

    number = PEOPLE * len(whom)
    assert (day.whom(), day.told()) == (whom, (number, number))
    assert promised == day.told()


def test_another_venue_is_told_to_everybody(day: TalkDay) -> None:
    other = day.another_venue(name="Berufskolleg", street="Brügmannstraße 25")

    promised = day.edit(Edit(details={"venue_id": other}))

    assert (day.whom(), day.told()) == (EVERYBODY, (2 * PEOPLE, 2 * PEOPLE))
    assert promised == day.told()


def test_a_wish_to_notify_that_a_later_edit_overtakes_is_told_to_whom_the_later_one_says_nothing(
    day: TalkDay,
) -> None:
    wish = Edit(slot_edits={day.slot_ids[0]: {"starts_at": BEGIN - HALF_AN_HOUR}}, notify=True)
    with day.trio.carrier.databases["scheduling"].transaction() as session:
        for edit in (wish, Edit(details={"title": "Anders"})):
            meetings.edit_meeting(session, EVERYTHING, day.id, edit)

    for parcel in reversed(day.trio.carrier.due()):
        day.trio.carrier.hand_over(parcel)

    assert (day.whom(), day.told()) == (EVERYBODY, (2 * PEOPLE, PEOPLE))
