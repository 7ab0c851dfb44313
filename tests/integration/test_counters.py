"""Counting for rate limits: windows, bounds, and a Redis that nobody waits for."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from shared import counters
from shared.counters import Counters
from shared.web.limits import limit_of, networks_of
from tests.wait import wait_until

# Ends a wait that would otherwise last as long as Redis is silent.
SOON = 20


def kept(redis: Redis, key: str) -> list[bytes]:
    """What Redis has of *key*; threads of other tests may still be telling it of theirs."""
    return list(redis.keys(f"{key}:*"))


class Clock:
    """Stands still until somebody moves it."""

    def __init__(self, at: float = 600.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


@given(st.integers(1, 50), st.integers(1, 3600), st.floats(0, 1e9, allow_nan=False))
def test_so_many_pass_and_no_more_until_the_next_window(most: int, window: int, at: float) -> None:
    clock = Clock(at)
    counted = Counters(clock=clock)

    waits = [counted.add("a", most=most, window=window) for _ in range(most + 1)]
    clock.at += waits[-1] + 1

    assert waits[:-1] == [0] * most
    assert 1 <= waits[-1] <= window
    assert counted.add("a", most=most, window=window) == 0


def test_keys_are_counted_apart() -> None:
    counted = Counters(clock=Clock())

    assert [counted.add(key, most=1, window=60) for key in "abab"] == [0, 0, 60, 60]


def test_many_strangers_fill_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counters, "MOST", 100)
    counted = Counters(clock=Clock())

    for number in range(1000):
        counted.add(f"stranger {number}", most=1, window=60)

    assert len(counted._counts) <= 100


def test_processes_count_together(broker: str) -> None:
    one, other = Counters(broker), Counters(broker)
    for _ in range(1000):
        one.add("together", most=1000, window=86400)
    asked = 0

    def refused() -> bool:
        nonlocal asked
        asked += 1
        return other.add("together", most=1000, window=86400) > 0

    wait_until(refused, within=SOON)
    assert asked < 1000


def test_counts_in_redis_end_by_themselves(broker: str) -> None:
    Counters(broker).add("ending", most=1, window=60)
    with Redis.from_url(broker) as redis:
        wait_until(lambda: kept(redis, "ending"), within=SOON)
        (key,) = kept(redis, "ending")

        assert 0 < redis.ttl(key) <= 62


def test_counting_goes_on_after_redis_lost_everything(
    broker: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counters, "PAUSE", 0.05)
    counted = Counters(broker)
    with Redis.from_url(broker) as redis:
        counted.add("lost", most=1, window=86400)
        wait_until(lambda: kept(redis, "lost"), within=SOON)
        for connection in redis.client_list():
            if connection["name"] == "treffpunkt-limits":
                redis.client_kill_filter(_id=connection["id"])
        redis.flushall()

        def known() -> list[bytes]:
            assert counted.add("lost", most=1, window=86400) > 0
            return kept(redis, "lost")

        wait_until(known, within=SOON)


@pytest.fixture
def silence() -> Iterator[str]:
    """The address of a Redis that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_nobody_waits_for_a_silent_redis(silence: str) -> None:
    counted = Counters(silence)

    # Each would take half a second if it waited for an answer; the test would be ended.
    waits = [counted.add("a", most=1000, window=86400) for _ in range(2000)]

    assert waits[:1000] == [0] * 1000
    assert all(waits[1000:])


class Nonsense(socketserver.StreamRequestHandler):
    """Answers every command with a word, where a number is due."""

    heard: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        for line in self.rfile:
            self.heard.append(line.strip())
            if line.startswith(b"*"):
                self.wfile.write(b"+OK\r\n")


@pytest.fixture
def nonsense() -> Iterator[str]:
    """The address of something that is no Redis."""
    Nonsense.heard.clear()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Nonsense) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        server.shutdown()


def test_counting_goes_on_after_an_answer_that_makes_no_sense(
    nonsense: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(counters, "PAUSE", 0.05)
    counted = Counters(nonsense)

    def told_again() -> bool:
        counted.add("a", most=1, window=86400)
        return Nonsense.heard.count(b"INCRBY") > 1

    wait_until(told_again, within=SOON)
    told = [line for line in capsys.readouterr().out.splitlines() if "limits_counted_alone" in line]
    # Threads of other tests may still miss a Redis of theirs.
    assert len([line for line in told if "ConnectionError" not in line]) == 1


@pytest.mark.parametrize(
    ("address", "near", "far"),
    [
        ("192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.77/32", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/48"),
        ("", "unknown", "unknown"),
        ("nonsense", "unknown", "unknown"),
    ],
)
def test_a_visitor_has_an_address_and_a_network(address: str, near: str, far: str) -> None:
    assert networks_of(address) == (near, far)


@pytest.mark.parametrize("text", ["", "60", "60 per fortnight", "-1 per minute", "60 per minute "])
def test_a_limit_that_is_none_is_refused_when_it_is_declared(text: str) -> None:
    with pytest.raises(ValueError, match="is no limit"):
        limit_of(text)
