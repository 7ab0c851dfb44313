"""Registrations over all meetings of a coordinator's networks, newest first; of one meeting, by company."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, selectinload

from services.registration.domain.names import search_query
from services.registration.models import Registration
from services.registration.queries.scope import within
from shared.paging import COUNTED, Page, counted, paged, part, window


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a list is to show; ``networks`` None: of all networks."""

    networks: Collection[UUID] | None
    meeting_id: UUID | None = None
    slot_id: UUID | None = None
    state: str | None = None
    q: str = ""


def registrations(
    session: Session, wanted: Wanted, *, number: int, size: int
) -> Page[Registration]:
    """A page of the list, with its people."""
    chosen = _matching(wanted)
    if wanted.q:
        words = search_query(wanted.q)
        if not words:
            return part([], number=number, size=size)
        chosen = chosen.where(Registration.search.op("@@")(func.to_tsquery("simple", words)))
        # Rare words are looked up once and then sorted; a list of common ones is walked in its order.
        found = session.scalars(chosen.limit(COUNTED + 1)).all()
        if len(found) <= COUNTED:
            chosen = select(Registration.id).where(Registration.id.in_(found))
    ordered = _ordered(chosen, wanted)
    ids = session.scalars(window(ordered, number=number, size=size)).all()
    rows = session.scalars(
        select(Registration)
        .where(Registration.id.in_(ids))
        .options(selectinload(Registration.attendees))
    )
    by_id = {row.id: row for row in rows}
    in_order = [by_id[identifier] for identifier in ids if identifier in by_id]
    return paged(in_order, number=number, size=size, count=counted(session, chosen))


def _ordered(chosen: Select[Any], wanted: Wanted) -> Select[Any]:
    # Along an index in either case, so that a page costs what it shows.
    if wanted.meeting_id or wanted.slot_id:
        return chosen.order_by(Registration.company_sort, Registration.id)
    return chosen.order_by(Registration.id.desc())


def _matching(wanted: Wanted) -> Select[Any]:
    chosen = select(Registration.id).where(within(Registration.network_id, wanted.networks))
    if wanted.meeting_id:
        chosen = chosen.where(Registration.meeting_id == wanted.meeting_id)
    if wanted.slot_id:
        chosen = chosen.where(Registration.slot_id == wanted.slot_id)
    if wanted.state:
        chosen = chosen.where(Registration.state == wanted.state)
    return chosen
