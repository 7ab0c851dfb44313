"""What the operator sees of registration: seats of meetings to come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import text

from shared.observability import Figure

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

_SEATS = text("""
    select coalesce(sum(capacity), 0)::int as offered, coalesce(sum(taken), 0)::int as taken,
           coalesce(sum(waiting_seats), 0)::int as waiting
    from slot join meeting on meeting.id = slot.meeting_id
    where slot.ends_at > clock_timestamp() and not slot.removed and meeting.state = 'published'
""")
_UNCONFIRMED = text("""
    select coalesce(sum(registration.seats), 0)::int from registration
    join slot on slot.id = registration.slot_id
    where registration.state = 'held' and slot.ends_at > clock_timestamp()
""")


def figures(connection: Connection) -> Iterator[Figure]:
    """Seats offered, taken (those of unconfirmed addresses in it), unconfirmed, and wished for in vain."""
    row = connection.execute(_SEATS).one()
    kinds = {**row._mapping, "unconfirmed": connection.scalar(_UNCONFIRMED)}  # noqa: SLF001 - public
    for kind, value in kinds.items():
        yield Figure(
            name="seats", help="Seats of meetings to come", value=value or 0, labels={"kind": kind}
        )
