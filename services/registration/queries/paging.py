"""Pages of long lists: counted up to a bound, so that a list of 100,000 costs what one of 1,000 does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")

PAGE_SIZE = 50
COUNTED = 1000  # beyond, a list says "more than 1,000"


@dataclass(frozen=True)
class Count:
    """A number that is exact up to COUNTED."""

    number: int
    exact: bool

    @classmethod
    def of(cls, counted: int) -> Count:
        """From a count that stopped at COUNTED + 1."""
        return cls(min(counted, COUNTED), counted <= COUNTED)


@dataclass(frozen=True, kw_only=True)
class Page(Generic[T]):
    """One page of a list, as the macro ``pagination`` wants it."""

    rows: Sequence[T]
    number: int
    total: int
    exact: bool
    has_next: bool

    @property
    def pages(self) -> int:
        """How many pages there are, as far as counted."""
        counted = max(1, -(-self.total // PAGE_SIZE))
        return counted if self.exact else max(counted, self.number + self.has_next)

    @property
    def has_previous(self) -> bool:
        """Whether a page lies before this one."""
        return self.number > 1


def counted(session: Session, chosen: Select[Any]) -> Count:
    """How many rows *chosen* has; never looks at more than COUNTED + 1."""
    bounded = chosen.order_by(None).limit(COUNTED + 1).subquery()
    return Count.of(session.scalar(select(func.count()).select_from(bounded)) or 0)


def paged(rows: Sequence[T], *, number: int, count: Count) -> Page[T]:
    """A page from PAGE_SIZE + 1 rows that were read."""
    return Page(
        rows=rows[:PAGE_SIZE],
        number=number,
        total=count.number,
        exact=count.exact,
        has_next=len(rows) > PAGE_SIZE,
    )
