"""States and reasons in words: nobody reads a code."""

from __future__ import annotations

import pytest

from services.registration.domain.lifecycle import Reason, State
from services.registration.pages.coordination import words
from services.registration.use_cases import person_data
from shared.language import speaking


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason, language: str) -> None:
    with speaking(language):
        shown = words.reason_words(str(reason))

    assert shown != reason
    assert shown.endswith(".")


def test_every_state_has_words_for_coordinators_and_for_its_people() -> None:
    assert set(State) == set(words.STATES) == set(person_data.STATES)


def test_a_coordinators_own_words_are_shown_as_they_are() -> None:
    assert (
        words.reason_words("Leider nur für Betriebe aus Hörde.")
        == "Leider nur für Betriebe aus Hörde."
    )
