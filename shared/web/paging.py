"""Pages of a list, as the templates draw them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

FARTHEST_PAGE = 10_000


@dataclass(frozen=True)
class Page:
    """One page of *total* entries."""

    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return max(1, -(-self.total // self.size))

    @property
    def has_next(self) -> bool:
        """Whether there is a page behind this one."""
        return self.number < self.pages

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before this one."""
        return self.number > 1


def page_number(arguments: Mapping[str, str]) -> int:
    """The wished page; the first one for anything unreadable."""
    text = arguments.get("page", "1")
    return min(max(int(text), 1), FARTHEST_PAGE) if re.fullmatch("[0-9]{1,6}", text) else 1
