"""Some of the faults, for every run: on one stack that asks for receipts soon."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.report import Row
from tests.faults.town import Town, town

pytestmark = pytest.mark.timeout(180)

IMPATIENT = {"RECEIPT_AFTER": "2", "SWEEP_INTERVAL": "1"}
SHORT = (
    "kill -9 web",
    "kill -9 relay",
    "mail server away for 5 s",
    "redis: flushed",
    "redis: replies lost",
    "worker dies: message taken from Redis, noted nowhere",
)


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    """One stack for all of them."""
    with town(**IMPATIENT) as stack:
        yield stack


@pytest.mark.parametrize("fault", SHORT)
def test_nothing_is_lost_or_doubled(fault: str, place: Town, rows: list[Row]) -> None:
    row = place.survive(FAULTS[fault])
    rows.append(row)

    assert not row.violations, "\n".join(row.violations)
