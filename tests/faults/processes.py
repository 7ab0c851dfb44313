"""Faults of processes: killed, paused, asked to stop, doubled, ended at an exact point."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

from shared.settings import SERVICES
from tests.faults.every_fact import EveryFact
from tests.faults.town import Fault, Town
from tests.stack import ROOT
from tests.wait import wait_until
from treffpunkt.embedded.members import NAMES
from treffpunkt.services import messaging_service

PARTS = tuple(name for name in NAMES if name != "mailbox")
ANSWERING = {"web", "postgres"}  # without these nobody gets an answer
AGAIN = 30.0  # seconds until the supervisor must have started it anew
PAUSE = 30.0
EVERY_HANDLER_WITHIN = 180.0


def tree(pid: int) -> list[int]:
    """The process and all its descendants."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
                parents[int(entry.name)] = int(fields[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def strike(town: Town, name: str, number: signal.Signals) -> None:
    """Signal the process."""
    town.kept[name] = town.stack.kill(name, number)


def started_anew(town: Town, name: str) -> list[str]:
    """The supervisor has put another one in the place of the process that was struck."""
    old = town.kept.pop(name)
    try:
        wait_until(lambda: town.stack.pid(name) != old, within=AGAIN)
    except AssertionError:
        return [f"{name} was not started anew within {AGAIN:.0f} seconds"]
    return []


def hold(town: Town, name: str) -> None:
    """Pause the process with all its children."""
    town.kept[name] = tree(town.stack.pid(name))
    _signal(town.kept[name], signal.SIGSTOP)


def release(town: Town, name: str) -> None:
    """Let it go on."""
    _signal(town.kept.pop(name), signal.SIGCONT)


def _signal(pids: object, number: signal.Signals) -> None:
    assert isinstance(pids, list)
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def stop_signal(name: str) -> signal.Signals:
    """The polite one: PostgreSQL would wait for its clients for ever on TERM."""
    return signal.SIGINT if name == "postgres" else signal.SIGTERM


def roll(town: Town) -> None:
    """Restart one part after the other."""
    for name in PARTS:
        strike(town, name, stop_signal(name))
        assert started_anew(town, name) == []


def double(town: Town, *roles: str) -> None:
    """A second process of each role."""
    town.kept["doubles"] = [
        subprocess.Popen(
            [sys.executable, "-m", "treffpunkt", role, "--data-dir", str(town.stack.data_dir)],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for role in roles
    ]


def single(town: Town) -> None:
    """End the doubles, and remember which had ended before."""
    doubles = town.kept.pop("doubles")
    assert isinstance(doubles, list)
    town.kept["ended"] = [process.args for process in doubles if process.poll() is not None]
    for process in doubles:
        process.terminate()
    for process in doubles:
        process.wait(30)


def lived(town: Town) -> list[str]:
    """The doubles were there all the time."""
    ended = town.kept.pop("ended")
    assert isinstance(ended, list)
    return [f"a double ended by itself: {arguments}" for arguments in ended]


def at_point(name: str, *points: str) -> Fault:
    """A process ends at each of the points, the first time it is reached."""

    def begin(town: Town) -> None:
        town.disarm()
        for point in points:
            town.arm(point)

    def after(town: Town) -> list[str]:
        missed = [point for point in points if not town.reached(point)]
        town.disarm()
        return [f"point never reached: {point}" for point in missed]

    return Fault(name=name, begin=begin, after=after)


def every_handler() -> list[str]:
    """The points inside all handlers of all services."""
    return [
        f"inside {service} {fact.wire_name()}"
        for service in SERVICES
        for fact in messaging_service(service).handlers
    ]


def die_in_every_handler(town: Town) -> None:
    """Each handler ends its worker the first time it has done its work; returns after the last death."""
    happenings = EveryFact(town.office, town.stack).prepare()
    town.disarm()
    for point in every_handler():
        town.arm(point)
    for happen in happenings:
        happen()
    with suppress(AssertionError):
        wait_until(lambda: all(map(town.reached, every_handler())), within=EVERY_HANDLER_WITHIN)


def missed(town: Town) -> list[str]:
    """Handlers that were not reached."""
    found = [point for point in every_handler() if not town.reached(point)]
    town.disarm()
    return [f"never reached: {point}" for point in found]


def faults() -> Iterator[Fault]:
    """All of them."""
    for name in PARTS:
        yield from _of_process(name, unanswered=name in ANSWERING)
    yield from _mail_server()
    yield Fault(name="rolling restart of everything", begin=roll, lasts=10, unanswered=True)
    for roles in (("relay", "relay"), ("beat", "beat"), ("mailer", "relay", "beat")):
        name = f"more at once: {', '.join(roles)}"
        begin = partial(_double, roles=roles)
        yield Fault(name=name, begin=begin, end=single, after=lived, lasts=8)
    yield from _points()


def _of_process(name: str, *, unanswered: bool) -> Iterator[Fault]:
    for how, number in (("kill -9", signal.SIGKILL), ("restart", stop_signal(name))):
        yield Fault(
            name=f"{how} {name}",
            begin=partial(strike, name=name, number=number),
            during=partial(started_anew, name=name),
            unanswered=unanswered,
        )
    yield Fault(
        name=f"pause {name} for 30 s",
        begin=partial(hold, name=name),
        end=partial(release, name=name),
        lasts=PAUSE,
        unanswered=unanswered,
    )


def _mail_server() -> Iterator[Fault]:
    """It is nobody's child here, so it comes back when the fault ends."""
    yield Fault(
        name="mail server away for 5 s",
        begin=lambda town: town.sink.stop(),
        end=lambda town: town.sink.start(),
        lasts=5,
    )
    yield Fault(
        name="pause mail server for 30 s",
        begin=lambda town: setattr(town.sink, "silent", True),
        end=lambda town: setattr(town.sink, "silent", False),
        lasts=PAUSE,
    )


def _double(town: Town, roles: tuple[str, ...]) -> None:
    double(town, *roles)


def _points() -> Iterator[Fault]:
    for what, point in {
        "taken from Redis, noted nowhere": "taken",
        "received, not recorded": "unrecorded",
        "recorded, not begun": "recorded",
        "committed, not acknowledged": "unacknowledged",
    }.items():
        points = [f"{point} {service}" for service in SERVICES]
        yield at_point(f"worker dies: message {what}", *points)
    yield Fault(name="worker dies inside every handler", begin=die_in_every_handler, after=missed)
    yield at_point("relay dies: claimed, not published", "claimed")
    yield at_point("relay dies: published, not marked", "unmarked")
