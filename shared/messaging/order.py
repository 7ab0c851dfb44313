"""In which order received facts take effect: those of one publisher about one thing by revision.

Each publisher counts its own revisions, so facts of two of them stand side by side, even where both tell of
the same meeting. ``earlier`` and ``later`` are rows of the inbox, or its columns in a statement.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from shared.messaging.tables import inbox


def in_one_line(one: Any, other: Any) -> ColumnElement[bool]:
    """Whether both wait for each other by revision."""
    return and_(one.publisher == other.publisher, one.aggregate_id == other.aggregate_id)


def comes_before(earlier: Any, later: Any) -> ColumnElement[bool]:
    """Whether *later* may take effect only after *earlier*."""
    return and_(in_one_line(earlier, later), earlier.revision < later.revision)


# For statements that are written out: a row of ``inbox`` that waits for a person to decide about another one.
BEHIND_PARKED = (
    "inbox.state = 'new' and exists (select from inbox earlier where earlier.state = 'parked' and "
    f"{comes_before(inbox.alias('earlier').c, inbox.c)})"
)
