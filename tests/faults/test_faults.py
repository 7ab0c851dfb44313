"""Whatever breaks: nothing acknowledged is lost, nothing is doubled, nothing is invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.faults.catalogue import FAULTS
from tests.faults.report import Row

# Faults wait for one another on their stack.
pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("fault", FAULTS)
def test_nothing_is_lost_or_doubled(fault: str, survived: Callable[[str], Row]) -> None:
    violations = survived(fault).violations

    assert not violations, "\n".join(violations)
