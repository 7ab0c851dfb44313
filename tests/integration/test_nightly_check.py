"""The check in production: tolerant of what is on its way, kept everywhere, once a night, and never a repair."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from structlog.testing import capture_logs

from services.registration.models import Slot
from shared.clock import now
from shared.messaging import checks
from shared.messaging.checks import Check
from shared.settings import Settings
from tests.databases import Servers
from tests.judging import broken_at_rest
from tests.trio import Trio, open_trio
from treffpunkt.commands.check import check as command
from treffpunkt.invariants import IN_FLIGHT, examine, nightly


@pytest.fixture
def trio(servers: Servers, settings: Settings) -> Iterator[Trio]:
    with open_trio(servers, settings) as trio:
        yield trio


def lose_a_seat(trio: Trio) -> str:
    """Break one number; the slot's id."""
    meeting = trio.publish(capacity=5)
    trio.confirmed(meeting, seats=2)
    trio.settle()
    trio.carrier.run("registration", text("update slot set taken = 1"))
    return str(meeting.slots[0].slot_id)


def kept(trio: Trio) -> list[Check | None]:
    """The last check as each service knows it."""
    last = []
    for database in trio.carrier.databases.values():
        with database.reading() as session:
            last.append(checks.last_check(session))
    return last


def broken(settings: Settings, **options: Any) -> set[str]:
    return {result.name for result in examine(settings, **options) if not result.holds}


def test_what_is_on_its_way_is_no_fault_until_it_is_late(trio: Trio, settings: Settings) -> None:
    meeting = trio.publish()
    trio.confirmed(meeting)  # nobody carries its events

    assert broken(settings, now=now()) == set()
    late = broken(settings, now=now() + IN_FLIGHT + timedelta(seconds=1))
    missing = {"events-arrived", "roster-complete", "registrations-known", "one-mail-per-event"}
    assert late == missing | {"events-within-lease"}
    assert broken_at_rest(settings).keys() == missing


def test_a_wrong_number_is_a_fault_at_any_time(trio: Trio, settings: Settings) -> None:
    lose_a_seat(trio)

    assert broken(settings, now=now()) == {"seats-counted"}


def test_a_check_is_kept_in_every_database(trio: Trio, settings: Settings) -> None:
    slot_id = lose_a_seat(trio)

    done = nightly.check_and_keep(settings, now(), "command")

    assert kept(trio) == [done] * 3
    (result,) = [result for result in done.results if not result.holds]
    assert (result.name, result.breaks[0].id) == ("seats-counted", slot_id)


def test_a_check_repairs_nothing(trio: Trio, settings: Settings) -> None:
    lose_a_seat(trio)
    nightly.check_and_keep(settings, now(), "command")

    with trio.registration.reading() as session:
        assert session.scalar(select(Slot.taken)) == 1


def test_one_check_a_night_though_many_want_it(trio: Trio, settings: Settings) -> None:
    tonight = nightly.next_night(now()) + timedelta(minutes=1)

    def check(_number: int) -> Check | None:
        return nightly.check_this_night(settings, tonight)

    with ThreadPoolExecutor(3) as relays:
        done = [found for found in relays.map(check, range(3)) if found]

    assert len(done) == 1
    assert nightly.check_this_night(settings, tonight + timedelta(hours=20)) is None
    assert nightly.check_this_night(settings, tonight + timedelta(days=1)) is not None


def test_what_an_outage_left_behind_is_looked_at_again_and_the_newest_look_stands(
    trio: Trio, settings: Settings
) -> None:
    lose_a_seat(trio)
    tonight = nightly.next_night(now()) + timedelta(minutes=1)
    first = nightly.check_this_night(settings, tonight)
    assert first is not None
    assert not first.holds
    trio.carrier.run("registration", text("update slot set taken = 2"))

    soon, later = tonight + timedelta(minutes=14), tonight + nightly.LOOK_AGAIN
    assert nightly.check_this_night(settings, soon) is None
    second = nightly.check_this_night(settings, later)

    assert second is not None
    assert second.holds
    assert kept(trio) == [second] * 3
    assert nightly.check_this_night(settings, later + nightly.LOOK_AGAIN) is None


def test_what_stands_is_looked_at_three_times_a_night(trio: Trio, settings: Settings) -> None:
    lose_a_seat(trio)
    tonight = nightly.next_night(now())
    moments = [tonight + number * nightly.LOOK_AGAIN for number in range(8)]

    looks = [nightly.check_this_night(settings, moment) for moment in moments]

    assert [look is not None for look in looks] == [True] * 3 + [False] * 5
    assert nightly.check_this_night(settings, tonight + timedelta(days=1)) is not None


def test_the_next_look_is_never_later_than_the_night() -> None:
    tonight = nightly.next_night(now())

    assert nightly.until_next_look(tonight - timedelta(minutes=4)) == timedelta(minutes=4)
    assert nightly.until_next_look(tonight) == nightly.LOOK_AGAIN


def test_a_relay_without_all_databases_says_that_it_checks_nothing(settings: Settings) -> None:
    some = {name: url for name, url in settings.database_urls.items() if name != "notifications"}

    with capture_logs() as told:
        nightly.Nightly(replace(settings, database_urls=some)).start()

    assert [(line["event"], line["missing"]) for line in told] == [
        ("invariants_not_checked_here", ["notifications"])
    ]


def test_old_checks_are_forgotten(trio: Trio, settings: Settings) -> None:
    nightly.check_and_keep(settings, now() - checks.KEEP - timedelta(days=1), "nightly")
    newest = nightly.check_and_keep(settings, now(), "nightly")

    rows = trio.carrier.run("scheduling", text("select distinct check_id from invariant_check"))
    assert [row.check_id for row in rows] == [newest.id]


def test_the_command_names_what_is_broken(
    trio: Trio, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for service, url in settings.database_urls.items():
        monkeypatch.setenv(f"TREFFPUNKT_{service.upper()}_DATABASE_URL", url)
    monkeypatch.setenv("TREFFPUNKT_BASE_URL", settings.base_url)
    monkeypatch.setenv("TREFFPUNKT_SECRET_KEY", settings.secret_keys[0])
    whole = CliRunner().invoke(command)
    assert (whole.exit_code, whole.output.count("broken")) == (0, 0)

    slot_id = lose_a_seat(trio)
    told = CliRunner().invoke(command, ["--at-rest"])

    assert told.exit_code == 1
    assert f"slot {slot_id}: 1 taken, 2 counted" in told.output
    assert told.output.count("broken") == 1
