"""What must hold over the three databases: judged, told, never repaired.

Each service's rows are read as they stood at one moment. What is in flight is no fault: only what is older
than a while is compared between services (``Books.settled``), while the numbers inside one database must be
right at any time. At rest, when nothing is on its way, everything is judged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from shared.messaging.checks import MOST_SHOWN, Break, Result
from treffpunkt.invariants import events, holds, mails, rosters, seats
from treffpunkt.invariants.books import Books, open_books

if TYPE_CHECKING:
    from shared.settings import Settings

# How long an event, with the mail it asks for, may be on its way before it counts as missing.
IN_FLIGHT = timedelta(minutes=15)

INVARIANTS: Mapping[str, Callable[[Books], Iterator[Break]]] = {
    **seats.INVARIANTS,
    **holds.INVARIANTS,
    **events.INVARIANTS,
    **rosters.INVARIANTS,
    **mails.INVARIANTS,
}


def examine(
    settings: Settings, now: datetime, *, at_rest: bool = False, in_flight: timedelta = IN_FLIGHT
) -> list[Result]:
    """How every invariant stands; needs all three databases. Reads only.

    *at_rest* says that nothing is on its way: then everything is judged, however young.
    """
    with open_books(settings, now, in_flight=None if at_rest else in_flight) as books:
        return [_result(books, name) for name in INVARIANTS]


def _result(books: Books, name: str) -> Result:
    found = iter(INVARIANTS[name](books))
    first = list(islice(found, MOST_SHOWN))
    return Result(name=name, breaks=first, number=len(first) + sum(1 for _ in found))
