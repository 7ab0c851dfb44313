"""The third line behind conditional update and check constraint: do the numbers add up?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

_BROKEN = text("""
    select slot.id, array[slot.taken, slot.waiting, slot.waiting_seats] as kept, counted.numbers as counted
    from slot
    join lateral (
        select array[
            coalesce(sum(seats) filter (where state in ('held', 'confirmed')), 0),
            count(*) filter (where state = 'waitlisted' and reason <> 'company_cap'),
            coalesce(sum(seats) filter (where state = 'waitlisted' and reason <> 'company_cap'), 0)
        ]::bigint[] as numbers
        from registration where slot_id = slot.id
    ) as counted on true
    where array[slot.taken, slot.waiting, slot.waiting_seats]::bigint[] <> counted.numbers
       or (slot.taken > slot.capacity and not slot.overbooked)
""")


def broken_numbers(session: Session) -> Sequence[Any]:
    """Slots whose kept numbers (taken, waiting, waiting seats) are not those of their claims."""
    return session.execute(_BROKEN).all()
