"""Mails about a meeting's change: one to each contact who had to hear of it.

Judged is what can be known for sure, as the rows of notifications tell it: a change of time, place or room, or one
that was to be told, that came when the one before it had come; for registrations that were known then and live
still. What came in another order was told by comparison, with the change that overtook it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from shared.messaging.checks import Break
from treffpunkt.invariants.books import Books

# Two handlers at work in the same moment may not have seen each other's rows.
AT_ONCE = timedelta(minutes=1)

UNTOLD = """
    with known as (
        select aggregate_id as id, min(done_at) as since, bool_or(name = 'RegistrationExpired') as expired
        from inbox where publisher = 'registration' and state = 'done' group by aggregate_id
    ), change as (
        select change.aggregate_id as meeting_id, change.revision, change.received_at,
            (change.envelope->'payload'->>'tell')::boolean as tell,
            change.envelope->'payload'->'changes' as fields
        from inbox change join inbox before on before.aggregate_id = change.aggregate_id
            and before.revision = change.revision - 1 and before.state = 'done' and before.done_at < change.done_at
        where change.name = 'MeetingChanged' and change.state = 'done'
            and change.done_at < :settled and change.done_at > :remembered
            and not exists (select from inbox later where later.aggregate_id = change.aggregate_id
                and later.revision > change.revision and later.done_at < change.done_at)
    )
    select registration.id, change.revision from change
    join registration on registration.meeting_id = change.meeting_id
    left join known on known.id = registration.id
    where registration.state in ('held', 'pending_approval', 'confirmed', 'waitlisted')
        and coalesce(registration.data->'contact'->>'email', '') <> ''
        and coalesce(known.since < change.received_at - cast(:at_once as interval), true)
        and not coalesce(known.expired, false)  -- once over, and living again
        and (change.tell or exists (
            select from jsonb_array_elements(change.fields) as named
            where named->>'field' in ('venue', 'room')
                or named->>'field' = 'slot' and named->>'slot_id' = registration.slot_id::text))
        and not exists (select from mail where mail.key = concat_ws(
            ':', 'meeting_changed', change.meeting_id, change.revision, registration.id, 'contact'))
    order by registration.id, change.revision
"""
# Further seats of somebody who hears of it anyway.
LINKED = "select id from registration where linked_to is not null"


def untold(books: Books) -> Iterator[Break]:
    """Changes of meetings without their mail."""
    linked = {row.id for row in books.rows("registration", LINKED)}
    at_once = timedelta(0) if books.at_rest else AT_ONCE
    for row in books.rows("notifications", UNTOLD, at_once=at_once):
        if row.id not in linked:
            says = f"nothing said of revision {row.revision} of the meeting"
            yield Break(thing="registration", id=str(row.id), says=says)
