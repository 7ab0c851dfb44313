"""Pages of long lists."""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from shared.paging import COUNTED, Count, Page, page_number, paged


def page_of(entries: range, number: int, size: int) -> Page[int]:
    """As the database is asked: a row more than the page has, and a count that stops."""
    begin = (number - 1) * size
    counted = Count.of(min(len(entries), COUNTED + 1))
    return paged(entries[begin : begin + size + 1], number=number, size=size, count=counted)


@given(st.integers(0, 3 * COUNTED), st.integers(1, 200))
def test_every_entry_of_a_list_of_any_length_is_reached(length: int, size: int) -> None:
    entries, seen = range(length), list[int]()
    for number in count(1):
        page = page_of(entries, number, size)
        seen += page.rows
        assert page.has_previous == (number > 1)
        assert page.pages >= number
        if not page.has_next:
            break
    assert seen == list(entries)


@given(st.integers(0, 3 * COUNTED), st.integers(1, 200))
def test_a_total_is_told_as_exact_only_where_it_is(length: int, size: int) -> None:
    page = page_of(range(length), 1, size)
    assert page.exact == (length <= COUNTED)
    assert page.total == min(length, COUNTED)


def test_what_is_no_page_number_means_the_first() -> None:
    unreadable = ("", "x", "-1", "0", "9" * 5000)
    assert {page_number({"page": text}) for text in unreadable} == {1}
    assert page_number({}) == 1
