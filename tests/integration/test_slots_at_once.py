"""Two people work on the slots of one meeting at the same time, on a real database."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from services.scheduling.domain.refusals import RefusedError
from services.scheduling.domain.slots import Pattern
from services.scheduling.use_cases import slots
from shared.database import Database
from shared.scope import Scope
from shared.settings import Settings
from tests.integration.scheduling_desk import Desk, open_desk, waits_for_a_row
from tests.wait import wait_until

EVERYTHING = Scope(network_ids=None)
HALF_AN_HOUR = timedelta(minutes=30)


@pytest.fixture
def desk(scheduling_database: Database, settings: Settings) -> Iterator[Desk]:
    with open_desk(scheduling_database, settings) as desk:
        yield desk


@pytest.fixture
def draft(desk: Desk) -> dict[str, Any]:
    return desk.meeting(desk.venue(desk.network()["id"]))


def half_hours(begin: str) -> Pattern:
    start = datetime.fromisoformat(f"2031-11-18T{begin}:00+01:00")
    return Pattern(starts_at=start, until=start + 2 * HALF_AN_HOUR, duration=HALF_AN_HOUR)


def generate(desk: Desk, meeting: dict[str, Any], begin: str) -> int:
    with desk.database.transaction() as session:
        return len(generated(session, meeting, begin))


def generated(session: Session, meeting: dict[str, Any], begin: str) -> Any:
    pattern, meeting_id = half_hours(begin), UUID(meeting["id"])
    return slots.generate_slots(session, EVERYTHING, meeting_id, pattern, capacity=3)


def shown(desk: Desk, meeting: dict[str, Any]) -> list[tuple[str, int, str]]:
    found = desk.call("GET", f"/meetings/{meeting['id']}")["slots"]
    return [(slot["starts_at"][11:16], slot["capacity"], slot["label"]) for slot in found]


@pytest.mark.parametrize("state", ["draft", "published"])
def test_two_rows_of_slots_made_at_once_are_both_there(
    desk: Desk, draft: dict[str, Any], state: str
) -> None:
    if state == "published":
        desk.call("POST", f"/meetings/{draft['id']}/publish")
    with ThreadPoolExecutor(1) as other, desk.database.transaction() as session:
        assert len(generated(session, draft, "15:15")) == 2
        late = other.submit(generate, desk, draft, "16:15")
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        assert late.result() == 2

    begins = [begin for begin, _, _ in shown(desk, draft)]
    assert begins == ["15:00", "15:15", "15:45", "16:15", "16:45"]


def test_a_row_of_slots_undoes_no_edit_made_at_once(desk: Desk, draft: dict[str, Any]) -> None:
    slot_id = UUID(draft["slots"][0]["id"])
    with ThreadPoolExecutor(1) as other, desk.database.transaction() as session:
        slots.edit_slot(session, EVERYTHING, slot_id, capacity=7, label="Vormittag")
        late = other.submit(generate, desk, draft, "15:15")
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        late.result()

    assert shown(desk, draft)[0] == ("15:00", 7, "Vormittag")


def test_the_same_row_of_slots_is_made_once(desk: Desk, draft: dict[str, Any]) -> None:
    with ThreadPoolExecutor(1) as other, desk.database.transaction() as session:
        generated(session, draft, "15:15")
        late = other.submit(generate, desk, draft, "15:15")
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        with pytest.raises(RefusedError, check=lambda error: error.code == "slots-exist"):
            late.result()

    assert len(shown(desk, draft)) == 3


def test_edits_of_two_slots_at_once_both_stay(desk: Desk, draft: dict[str, Any]) -> None:
    generate(desk, draft, "15:15")
    first, second, _ = desk.call("GET", f"/meetings/{draft['id']}")["slots"]
    with ThreadPoolExecutor(1) as other, desk.database.transaction() as session:
        slots.edit_slot(session, EVERYTHING, UUID(first["id"]), capacity=7)
        label = {"label": "Spät"}
        late = other.submit(desk.call, "PATCH", f"/slots/{second['id']}", label)
        wait_until(lambda: waits_for_a_row(desk), within=10)
        session.commit()
        late.result()

    assert [row[1:] for row in shown(desk, draft)[:2]] == [(7, ""), (3, "Spät")]
