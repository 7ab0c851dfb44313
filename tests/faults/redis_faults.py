"""Faults of Redis and of the way to it: forgetful, full, wrongly set, slow, silent, half-open; and forgers."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.faults import forgery
from tests.faults.processes import started_anew, strike
from tests.faults.town import Fault, Town
from tests.stack import ROOT
from tests.wait import wait_until
from treffpunkt.embedded.folder import DataFolder, read_json

POLICY = "maxmemory-policy"
LARGEST = 64 * 1024 * 1024  # as the embedded stack sets it
LATE = 0.2  # seconds
READY = "/health/ready"
NOTICED = 60.0  # seconds; the relay looks every half minute


def flush(town: Town) -> None:
    """Redis forgets everything."""
    with town.redis() as client:
        client.flushall()


def restart_empty(town: Town) -> None:
    """Redis is killed, to come back without its files."""
    strike(town, "redis", signal.SIGSTOP)
    folder = read_json(DataFolder(town.stack.data_dir).path / "quarters.json")["home"]
    _remove(folder)
    town.stack.kill("redis")


def _remove(home: str) -> None:
    for path in (Path(home) / "redis").rglob("*"):
        if path.is_file():
            path.unlink()


def fill(town: Town) -> None:
    """Redis takes nothing more."""
    with town.redis() as client:
        client.config_set("maxmemory", 1)


def make_room(town: Town) -> None:
    """As before."""
    with town.redis() as client:
        client.config_set("maxmemory", LARGEST)


def set_policy(town: Town, policy: str) -> None:
    """What Redis throws away when it is full; connections are made anew, as after a restart."""
    with town.redis() as client:
        client.config_set(POLICY, policy)
        client.client_kill_filter(_type="normal", skipme=True)


def refused(town: Town) -> list[str]:
    """Readiness refuses such a Redis by name; doctor says what to mend."""
    try:
        wait_until(lambda: town.stack.get(READY)[0] == 503, within=NOTICED)
    except AssertionError:
        return [f"{READY} is content although {POLICY} throws queues away"]
    answer, said = town.stack.get(READY)[1], _doctor(town)
    wrong = [] if "redis" in answer.lower() else [f"{READY} does not name Redis: {answer}"]
    return wrong if POLICY in said else [*wrong, f"doctor says nothing of {POLICY}: {said}"]


def _doctor(town: Town) -> str:
    command = [sys.executable, "-m", "treffpunkt", "doctor"]
    command += ["--data-dir", str(town.stack.data_dir)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 1 else f"status {done.returncode}"


def content(town: Town) -> list[str]:
    """Readiness has noticed that it was mended."""
    try:
        wait_until(lambda: town.stack.get(READY)[0] == 200, within=NOTICED)
    except AssertionError:
        return [f"still not ready: {town.stack.get(READY)[1]}"]
    return []


def lose_replies(town: Town) -> None:
    """Redis takes messages, the relay never hears of it."""
    town.proxy.replies_to_lose = 5


def lost(town: Town) -> list[str]:
    """There were so many."""
    left, town.proxy.replies_to_lose = town.proxy.replies_to_lose, 0
    return [f"{left} replies were not lost"] if left else []


def fall_silent(town: Town) -> None:
    """Nothing comes from Redis any more, and nobody is told."""
    town.proxy.silent = True


def speak_again(town: Town) -> None:
    """What was held back arrives."""
    town.proxy.silent = False


def become_slow(town: Town) -> None:
    """Everything is late."""
    town.proxy.pause = LATE


def become_fast(town: Town) -> None:
    """As before."""
    town.proxy.pause = 0.0


def faults() -> Iterator[Fault]:
    """All of them."""
    yield Fault(name="redis: flushed", begin=flush)
    yield Fault(
        name="redis: restarted empty",
        begin=restart_empty,
        during=partial(started_anew, name="redis"),
    )
    yield Fault(name="redis: full for 10 s", begin=fill, end=make_room, lasts=10)
    yield Fault(
        name="redis: throws queues away when full",
        begin=lambda town: set_policy(town, "allkeys-lru"),
        during=refused,
        end=lambda town: set_policy(town, "noeviction"),
        after=content,
    )
    yield Fault(name="redis: replies lost", begin=lose_replies, after=lost)
    yield Fault(name="redis: silent for 30 s", begin=fall_silent, end=speak_again, lasts=30)
    yield Fault(name="redis: half-open connections", begin=lambda town: town.proxy.sever())
    yield Fault(name="redis: slow for 10 s", begin=become_slow, end=become_fast, lasts=10)
    yield Fault(
        name="redis: forged messages",
        begin=forgery.push,
        during=forgery.uncounted,
        end=forgery.push_rubbish,
        after=forgery.traces,
    )
