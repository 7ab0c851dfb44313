"""Sign-ups through the JSON API: for a hundred slots, and all of them for one."""

from __future__ import annotations

from functools import partial

from tests.benchmarks.bench import Bench
from tests.benchmarks.load.sign_ups import pages, sign_ups
from tests.benchmarks.place import Meeting
from tests.benchmarks.rounds import in_turns, middle, ratio
from tests.benchmarks.table import Row, at_least
from tests.benchmarks.yardsticks.bare_sql import bare_sql

CAPACITY = 1000  # per slot and meeting, the most that the product allows
WAKING = {"each time": 0.0, "as we do": 0.05, "never": 1e9}


def measure(bench: Bench) -> list[Row]:
    """Against the empty page and bare SQL; beside it with everything behind the web process at work."""
    place = bench.place
    many = place.meeting(slots=100, capacity=CAPACITY).slots
    one = place.meeting(slots=1, capacity=CAPACITY).slots
    place.pause()
    load = partial(sign_ups, bench.port, seconds=bench.seconds)
    bare = partial(bare_sql, place.url("registration"), seconds=bench.seconds)

    def at_work() -> float:
        with place.at_work():
            return load(many).checked()

    said = in_turns(
        {
            "empty": lambda: pages(bench.empty_page, seconds=bench.seconds).checked(),
            "many": lambda: load(many).checked(),
            "bare": lambda: bare(many).checked(),
            "one": lambda: load(one).checked(),
            "at work": at_work,
        },
        bench.rounds,
    )
    place.resume()
    return _rows(said)


def _rows(said: dict[str, list[float]]) -> list[Row]:
    empty = f"{middle(said['empty']):.0f}/s empty page"

    def row(work: str, name: str, target: float, yardstick: str = "empty") -> Row:
        words = empty if yardstick == "empty" else f"{middle(said['bare']):.0f}/s bare SQL"
        rate = f"{middle(said[name]):.0f}/s"
        return at_least(work, rate, words, ratio=ratio(said[name], said[yardstick]), target=target)

    at_work = row("sign-up, workers, relay and mailer busy too", "at work", 0.1)
    return [
        row("sign-up (JSON, 16 clients, 100 slots)", "many", 0.10),
        row("the same", "many", 0.40, "bare"),
        row("the same, everybody wanting one slot", "one", 0.08),
        Row(at_work.work, at_work.measured, at_work.yardstick, at_work.ratio),
    ]


def measure_waking(bench: Bench) -> list[Row]:
    """What it costs bare SQL to wake the relay at every commit, as often as we do, and never."""
    meeting: Meeting = bench.place.meeting(slots=100, capacity=CAPACITY)
    bench.place.pause()
    url = bench.place.url("registration")
    said = in_turns(
        {
            name: partial(_bare, url, meeting.slots, bench.seconds, every)
            for name, every in WAKING.items()
        },
        bench.rounds,
    )
    bench.place.resume()
    never = f"{middle(said['never']):.0f}/s without"
    return [
        Row(
            f"bare SQL that wakes the relay {name}",
            f"{middle(said[name]):.0f}/s",
            never,
            f"{ratio(said[name], said['never']):.0%}",
        )
        for name in ("each time", "as we do")
    ]


def _bare(url: str, slots: list[str], seconds: float, wake_every: float) -> float:
    return bare_sql(url, slots, seconds=seconds, wake_every=wake_every).checked()
