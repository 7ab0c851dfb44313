"""What the other services know of registrations, against what registration says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from operator import attrgetter
from typing import Any

from shared.messaging.checks import Break
from treffpunkt.invariants.books import FAR_PAST, Books, side_by_side

# Some time after a meeting the services forget, each by its own clock.
JUDGED = timedelta(days=14)
LIVING = frozenset({"held", "pending_approval", "confirmed", "waitlisted"})

TRUTH = """
    select registration.id, state, seats,
        slot.ends_at > :judged as judged,
        exists (select from outbox_event event where event.aggregate_id = registration.id
                and event.occurred_at >= :settled) as young
    from registration join slot on slot.id = registration.slot_id
    order by registration.id
"""
ROSTER = """
    select registration_id as id, state, seats, updated_at >= :settled as young
    from roster_entry order by registration_id
"""
KNOWN = """
    select id, state, cast(data->>'seats' as int) as seats, false as young
    from registration order by id
"""
NUMBERS = """
    select slot.id, array[confirmed_seats, held_seats, pending_seats, waitlisted_seats, companies] as kept,
        entries.numbers as counted
    from slot join lateral (
        select array[
            coalesce(sum(seats) filter (where state = 'confirmed'), 0),
            coalesce(sum(seats) filter (where state = 'held'), 0),
            coalesce(sum(seats) filter (where state = 'pending_approval'), 0),
            coalesce(sum(seats) filter (where state = 'waitlisted'), 0),
            count(*) filter (where state = 'confirmed')]::int[] as numbers
        from roster_entry where slot_id = slot.id
    ) as entries on true
    where array[confirmed_seats, held_seats, pending_seats, waitlisted_seats, companies]::int[]
        <> entries.numbers
    order by slot.id
"""


def complete(books: Books) -> Iterator[Break]:
    """Where scheduling shows something else."""
    return _compared(books, "scheduling", ROSTER)


def known(books: Books) -> Iterator[Break]:
    """Where mails would be written about something else."""
    return _compared(books, "notifications", KNOWN)


def _compared(books: Books, service: str, statement: str) -> Iterator[Break]:
    judged = FAR_PAST if books.at_rest else books.now - JUDGED
    truth = books.rows("registration", TRUTH, judged=judged)
    shown = books.rows(service, statement)
    for left, right in side_by_side(truth, shown, attrgetter("id")):
        rows = left + right
        if any(row.young for row in rows) or (left and not left[0].judged):
            continue
        is_so, is_shown = _claim(left), _claim(right)
        if is_so != is_shown:
            says = f"{is_so} in registration, {is_shown} in {service}"
            yield Break(thing="registration", id=str(rows[0].id), says=says)


def _claim(rows: list[Any]) -> str:
    if not rows or rows[0].state not in LIVING:
        return "not living"
    return f"{rows[0].state} with {rows[0].seats}"


def counted(books: Books) -> Iterator[Break]:
    """Slots whose numbers are not those of their entries."""
    for row in books.rows("scheduling", NUMBERS):
        says = f"kept {list(row.kept)}, counted {list(row.counted)}"
        yield Break(thing="slot", id=str(row.id), says=says)


INVARIANTS = {
    "roster-complete": complete,
    "roster-counted": counted,
    "registrations-known": known,
}
