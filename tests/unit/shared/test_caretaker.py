"""What the caretaker is told: how many at least and at most, from when, where."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from shared.language import speaking
from shared.web.caretaker import caretaker_sentence


@pytest.mark.parametrize(
    ("confirmed", "taken", "room", "sentence"),
    [
        (38, 38, "Aula", "38 Personen, Einlass 14:30 Uhr, Aula."),
        (1, 1, "", "1 Person, Einlass 14:30 Uhr."),
        (15, 23, "Aula", "15 Personen angemeldet, höchstens 23. Einlass 14:30 Uhr, Aula."),
    ],
)
def test_the_caretaker_is_told_how_many_for_sure_and_at_most(
    confirmed: int, taken: int, room: str, sentence: str
) -> None:
    begin = datetime(2026, 11, 18, 14, tzinfo=UTC)
    berlin = ZoneInfo("Europe/Berlin")

    with speaking("de"):
        told = caretaker_sentence(
            confirmed=confirmed, taken=taken, starts_at=begin, tz=berlin, room=room
        )

    assert told == sentence
