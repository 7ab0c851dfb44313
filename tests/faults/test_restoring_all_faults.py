"""All databases set back together: on a stack of its own, since people's calendars keep what was taken back."""

from __future__ import annotations

import pytest

from tests.faults import invariants
from tests.restored import half_saved

pytestmark = [pytest.mark.faults, pytest.mark.timeout(300)]


def test_all_databases_go_back_together_and_no_mail_goes_out() -> None:
    with half_saved() as place:
        mails = place.mails()

        place.restore()

        place.rest()
        assert place.mails() == mails
        states = invariants.rows(
            place.stack.settings, "registration", "select state from registration"
        )
        assert states == [("confirmed",)] * 3
        assert place.broken() == {}
