"""Pages of long lists: counted up to a bound, so that a list of 100,000 costs what one of 1,000 does."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

T = TypeVar("T")

PAGE_SIZE = 50
COUNTED = 1000  # beyond, a list says "more than 1,000"
FARTHEST_PAGE = 10_000


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
    """One page of a list, as the macro ``pagination`` and the header X-Pagination want it."""

    rows: Sequence[T]
    number: int
    size: int
    count: Count
    has_next: bool

    @property
    def total(self) -> int:
        """How many entries there are, as far as counted."""
        return self.count.number

    @property
    def exact(self) -> bool:
        """Whether these are all."""
        return self.count.exact

    @property
    def pages(self) -> int:
        """How many pages there are, as far as counted."""
        counted = max(1, -(-self.total // self.size))
        return counted if self.exact else max(counted, self.number + self.has_next)

    @property
    def has_previous(self) -> bool:
        """Whether a page lies before this one."""
        return self.number > 1

    def showing(self, rows: Sequence[Any]) -> Page[Any]:
        """The same page with something else for its rows."""
        return replace(self, rows=rows)


def counted(session: Session, chosen: Select[Any]) -> Count:
    """How many rows *chosen* has; never looks at more than COUNTED + 1."""
    bounded = chosen.order_by(None).limit(COUNTED + 1).subquery()
    return Count.of(session.scalar(select(func.count()).select_from(bounded)) or 0)


def window(ordered: Select[T], *, number: int, size: int = PAGE_SIZE) -> Select[T]:
    """The rows of a page, and one more that tells whether another page follows."""
    return ordered.limit(size + 1).offset((number - 1) * size)


def paged(rows: Sequence[T], *, number: int, count: Count, size: int = PAGE_SIZE) -> Page[T]:
    """A page from what was read through its ``window``."""
    has_next = len(rows) > size
    return Page(rows=rows[:size], number=number, size=size, count=count, has_next=has_next)


def part(rows: Sequence[T], *, number: int, size: int) -> Page[T]:
    """A page of a list that is short enough to be read as a whole."""
    begin, count = (number - 1) * size, Count(len(rows), exact=True)
    return paged(rows[begin : begin + size + 1], number=number, count=count, size=size)


def page_number(arguments: Mapping[str, str]) -> int:
    """The wished page; the first one for anything unreadable."""
    text = arguments.get("page", "1")
    return min(max(int(text), 1), FARTHEST_PAGE) if re.fullmatch("[0-9]{1,6}", text) else 1
