"""Registrations of one meeting as coordinators look for them: by word, state, slot; in steps of a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, text
from sqlalchemy.orm import Session, aliased, selectinload

from services.registration.domain.lifecycle import LIVING, State
from services.registration.domain.names import search_query
from services.registration.models import Registration
from shared.paging import COUNTED, Count, Page, counted, paged, window

# Those who come first.
STATES = (State.CONFIRMED, *(state for state in State if state is not State.CONFIRMED))
ACTIVE = "active"
SORTS = ("company", "-company", "changed", "-changed")
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is to show."""

    meeting_id: UUID
    q: str = ""
    state: str = ""  # one of STATES, ACTIVE for all that hold or wait for seats, empty for all
    slot_id: UUID | None = None
    sort: str = "company"


def participants(session: Session, wanted: Wanted, *, number: int) -> Page[Registration]:
    """The page *number* of the registrations that *wanted* describes, with their attendees."""
    chosen = _matching(wanted)
    if wanted.q:
        chosen, count = _narrowed(session, chosen, wanted)
    else:
        count = counted(session, chosen)
    ids = session.scalars(window(_ordered(chosen, wanted.sort), number=number)).all()
    rows = _loaded(session, ids)
    return paged(rows, number=number, count=count)


def all_participants(session: Session, wanted: Wanted) -> Iterator[Registration]:
    """Every registration that *wanted* describes, by company, read in batches."""
    chosen = _matching(wanted)
    if wanted.q:
        chosen = chosen.where(_found(search_query(wanted.q)))
    ids = session.scalars(_ordered(chosen, wanted.sort)).all()
    for start in range(0, len(ids), BATCH):
        yield from _loaded(session, ids[start : start + BATCH])
        session.expunge_all()


def _matching(wanted: Wanted, row: Any = Registration) -> Select[Any]:
    chosen = select(row.id).where(row.meeting_id == wanted.meeting_id)
    if wanted.state == ACTIVE:
        chosen = chosen.where(row.state.in_(LIVING))
    elif wanted.state in STATES:
        chosen = chosen.where(row.state == wanted.state)
    if wanted.slot_id:
        chosen = chosen.where(row.slot_id == wanted.slot_id)
    return chosen


def _found(words: str) -> ColumnElement[bool]:
    if not words:
        return literal(value=False)
    return Registration.search.op("@@")(func.to_tsquery("simple", words))


def _narrowed(session: Session, chosen: Select[Any], wanted: Wanted) -> tuple[Select[Any], Count]:
    """What of *chosen* holds the words, and how many there are.

    Rare words are looked up once and then sorted; a list of common ones is walked in its order.
    """
    found = _found(search_query(wanted.q))
    # The offset keeps the words apart: PostgreSQL would first look up everybody of the meeting as well.
    row = Registration
    holding = select(row.id, row.meeting_id, row.state, row.slot_id).where(found).offset(0)
    within = _matching(wanted, aliased(Registration, holding.subquery()))
    ids = session.scalars(within.limit(COUNTED + 1)).all()
    if len(ids) <= COUNTED:
        return select(Registration.id).where(Registration.id.in_(ids)), Count.of(len(ids))
    return chosen.where(found), Count.of(len(ids))


def _ordered(chosen: Select[Any], sort: str) -> Select[Any]:
    key: Any = Registration.company_sort
    if sort.endswith("changed"):
        key = Registration.state_changed_at
    if sort.startswith("-"):
        return chosen.order_by(key.desc(), Registration.id.desc())
    return chosen.order_by(key, Registration.id)


def _loaded(session: Session, ids: Sequence[UUID]) -> list[Registration]:
    rows = session.scalars(
        select(Registration)
        .where(Registration.id.in_(ids))
        .options(selectinload(Registration.attendees), selectinload(Registration.slot))
    )
    by_id = {row.id: row for row in rows}
    return [by_id[identifier] for identifier in ids if identifier in by_id]


_BY_STATE = text("""
    select state, counted.claims, counted.seats
    from unnest(cast(:states as text[])) as wanted (state), lateral (
        select count(*) as claims, coalesce(sum(seats), 0) as seats from (
            select seats from registration where meeting_id = :meeting_id and registration.state = wanted.state
            limit :bound) as few
    ) as counted
""")
_HELD_SEATS = text("""
    select coalesce(sum(seats), 0) from (
        select seats from registration where meeting_id = :meeting_id and state = 'held'
        limit :bound) as few
""")


@dataclass(frozen=True, kw_only=True)
class InState:
    """How many registrations of a meeting are in a state, and how many seats they have."""

    claims: Count
    seats: Count


def count_by_state(session: Session, meeting_id: UUID) -> dict[str, InState]:
    """How many registrations of a meeting, and seats, are in each state."""
    found = session.execute(
        _BY_STATE, {"meeting_id": meeting_id, "states": list(STATES), "bound": COUNTED + 1}
    )
    return {
        state: InState(claims=Count.of(claims), seats=Count(int(seats), claims <= COUNTED))
        for state, claims, seats in found
    }


def held_seats(session: Session, meeting_id: UUID) -> int:
    """Seats of a meeting that wait for their address to be confirmed (of the first 1,000 claims)."""
    found = session.scalar(_HELD_SEATS, {"meeting_id": meeting_id, "bound": COUNTED})
    return int(found or 0)
