"""Claims of registration that only stand for a while, and whether their changes were told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from shared.messaging.checks import Break
from treffpunkt.invariants.books import Books

SERVICE = "registration"
# The sweep looks every thirty seconds.
SWEPT = timedelta(minutes=2)

OVERDUE = """
    select id, state, until from (
        select registration.*, case when state = 'pending_approval' then starts_at else deadline_at end as until
        from registration join slot on slot.id = slot_id
        where state in ('held', 'waitlisted') and verified_at is null or state = 'pending_approval') as claim
    where until < :overdue or until is null and linked_to is null
    order by id
"""
LEFT_LIVING = """
    select meeting.id, count(*) as number
    from meeting join registration on registration.meeting_id = meeting.id
    where meeting.state = 'cancelled'
      and registration.state in ('held', 'pending_approval', 'confirmed', 'waitlisted')
    group by meeting.id order by meeting.id
"""
# Events are cleaned away in time: without any, nothing can be said unless nothing was cleaned yet.
UNTOLD = """
    select id, revision, told from registration
    join lateral (select max(event.revision) as told from outbox_event event
                  where event.aggregate_id = registration.id) as events on true
    where coalesce(told, case when :at_rest and signed_up_at > :remembered then 0 end) <> revision
    order by id
"""


def lapse(books: Books) -> Iterator[Break]:
    """Claims that should have expired, or never would."""
    for row in books.rows(SERVICE, OVERDUE, overdue=books.now - SWEPT):
        until = row.until and f"{row.until:%Y-%m-%d %H:%M}Z"
        says = f"{row.state} until {until or 'nobody knows when'}"
        yield Break(thing="registration", id=str(row.id), says=says)


def end_with_their_meeting(books: Books) -> Iterator[Break]:
    """Cancelled meetings that somebody still has seats in."""
    for row in books.rows(SERVICE, LEFT_LIVING):
        yield Break(
            thing="meeting", id=str(row.id), says=f"cancelled with {row.number} living claims"
        )


def changes_told(books: Books) -> Iterator[Break]:
    """Registrations whose newest revision no event carries."""
    for row in books.rows(SERVICE, UNTOLD, at_rest=books.at_rest):
        says = f"at revision {row.revision}, told {row.told or 'none'}"
        yield Break(thing="registration", id=str(row.id), says=says)


INVARIANTS = {
    "holds-lapse": lapse,
    "cancelled-ends-all": end_with_their_meeting,
    "changes-told": changes_told,
}
