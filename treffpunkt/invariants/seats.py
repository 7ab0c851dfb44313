"""Seats and waitlists of registration: the numbers a slot keeps, and who should have moved up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from shared.messaging.checks import Break
from treffpunkt.invariants.books import Books

SERVICE = "registration"
# What a sweep does by the clock (strict becomes fill, the list closes) it does within this time.
SWEPT = timedelta(minutes=3)

COUNTED = """
    select slot.id, taken, coalesce(sum(seats), 0) as counted
    from slot left join registration
        on registration.slot_id = slot.id and registration.state in ('held', 'confirmed')
    group by slot.id having taken <> coalesce(sum(seats), 0)
"""
OVERSOLD = """
    select slot.id, taken, coalesce(sum(seats), 0) as counted, capacity
    from slot left join registration
        on registration.slot_id = slot.id and registration.state in ('held', 'confirmed')
    where not overbooked
    group by slot.id having greatest(taken, coalesce(sum(seats), 0)) > capacity
"""
WAITING = """
    select slot.id, waiting, waiting_seats, count(registration.id) as counted,
        coalesce(sum(seats), 0) as counted_seats
    from slot left join registration
        on registration.slot_id = slot.id and registration.state = 'waitlisted'
        and registration.reason <> 'company_cap'
    group by slot.id
    having (waiting, waiting_seats) <> (count(registration.id), coalesce(sum(seats), 0))
"""
# Who waits, proved, beside free seats, in the order of the list; what the company may still have.
BESIDE_FREE_SEATS = """
    select slot.id as slot_id, slot.capacity - slot.taken as free, claim.id, claim.seats, claim.accepts_fewer,
        meeting.waitlist = 'strict' and slot.starts_at - :fills >= :now as strict,
        claim.linked_to is null or main.state = 'confirmed' as may_join,
        meeting.seats_per_company - (
            select coalesce(sum(other.seats), 0) from registration other
            where other.meeting_id = meeting.id and other.company_id = claim.company_id
              and other.state = 'confirmed') as left_to_company
    from slot
    join meeting on meeting.id = slot.meeting_id
    join registration claim on claim.slot_id = slot.id and claim.state = 'waitlisted'
    left join registration main on main.id = claim.linked_to
    where meeting.state = 'published' and slot.taken < slot.capacity
      and slot.starts_at - :closes > :now and claim.verified_at is not null
      and not exists (select from inbox where inbox.aggregate_id = meeting.id
                      and inbox.received_at >= :settled)
    order by slot.id, claim.rank, claim.id
"""
FILLS, CLOSES = timedelta(hours=48), timedelta(hours=24)


def counted(books: Books) -> Iterator[Break]:
    """Taken seats that are not those of the claims."""
    for row in books.rows(SERVICE, COUNTED):
        yield _slot(row.id, f"{row.taken} taken, {row.counted} counted")


def within_capacity(books: Books) -> Iterator[Break]:
    """Slots that were sold more often than they can be."""
    for row in books.rows(SERVICE, OVERSOLD):
        yield _slot(row.id, f"{row.taken} taken, {row.counted} counted, capacity {row.capacity}")


def waiting_counted(books: Books) -> Iterator[Break]:
    """Lists that are not as long as they say."""
    for row in books.rows(SERVICE, WAITING):
        kept = f"{row.waiting} groups with {row.waiting_seats} seats"
        yield _slot(row.id, f"{kept} waiting, {row.counted} with {row.counted_seats} counted")


def no_idle_seat(books: Books) -> Iterator[Break]:
    """Free seats beside a group that should have them."""
    rows = books.rows(SERVICE, BESIDE_FREE_SEATS, fills=FILLS - SWEPT, closes=CLOSES + SWEPT)
    for slot_id, claims in groupby(rows, key=attrgetter("slot_id")):
        row = _next_to_move_up(list(claims))
        if row is not None:
            yield _slot(slot_id, f"{row.free} free beside {row.id}, which waits for {row.seats}")


def _next_to_move_up(claims: list[Any]) -> Any | None:
    """Judged anew, not by the rules the product moves up by."""
    for claim in claims:
        allowed = _part(claim, claim.left_to_company)
        if allowed == 0 or not claim.may_join:
            continue
        if _part(claim, claim.free) > 0 and (allowed <= claim.free or claim.accepts_fewer):
            return claim
        if claim.strict:
            return None
    return None


def _part(claim: Any, available: int | None) -> int:
    if available is None or claim.seats <= available:
        return int(claim.seats)
    return max(available, 0) if claim.accepts_fewer else 0


def _slot(identifier: Any, says: str) -> Break:
    return Break(thing="slot", id=str(identifier), says=says)


INVARIANTS = {
    "seats-counted": counted,
    "seats-within-capacity": within_capacity,
    "waiting-counted": waiting_counted,
    "no-idle-seat": no_idle_seat,
}
