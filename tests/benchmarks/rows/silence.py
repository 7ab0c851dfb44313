"""Sign-ups while Redis is a black hole: it takes connections and never answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from tests.benchmarks.bench import Bench
from tests.benchmarks.load.report import Report
from tests.benchmarks.load.sign_ups import sign_ups
from tests.benchmarks.place import Place, place
from tests.benchmarks.rounds import in_turns, middle, ratio
from tests.benchmarks.table import Row, at_least, times

CAPACITY = 1000
REDIS = ("redis",)
# Limits are in force, since they are the one thing for which a web process has a Redis.
GUARDED = {"RATE_LIMIT": "on", "TRUSTED_PROXIES": "1", "LOG_LEVEL": "INFO"}


def measure(bench: Bench) -> list[Row]:
    """Against the same with a Redis that answers, in turns; everybody comes from another address."""
    with place(SMTP_URL=bench.sink.url, **GUARDED) as here:
        slots = here.meeting(slots=100, capacity=CAPACITY).slots
        here.pause()  # what works behind the web process would take more of the processors with Redis there
        load = partial(sign_ups, here.stack.port, slots, seconds=bench.seconds, strangers=True)
        reports: dict[str, list[Report]] = {"answers": [], "silent": []}
        rates = in_turns(
            {
                "answers": partial(_with_redis, load, reports["answers"]),
                "silent": partial(_without_redis, here, load, reports["silent"]),
            },
            bench.rounds,
        )
    slow = {name: [report.p99 for report in found] for name, found in reports.items()}
    return _rows(rates, slow)


def _with_redis(load: Callable[[], Report], reports: list[Report]) -> float:
    reports.append(load())
    return reports[-1].checked()


def _without_redis(here: Place, load: Callable[[], Report], reports: list[Report]) -> float:
    here.pause(REDIS)
    try:
        return _with_redis(load, reports)
    finally:
        here.resume(REDIS)


def _rows(rates: dict[str, list[float]], slow: dict[str, list[float]]) -> list[Row]:
    return [
        at_least(
            "sign-up, Redis a black hole",
            f"{middle(rates['silent']):.0f}/s",
            f"{middle(rates['answers']):.0f}/s with Redis",
            ratio=ratio(rates["silent"], rates["answers"]),
            target=0.9,
        ),
        times(
            "the same, 99 % of them within",
            f"{middle(slow['silent']):.0f} ms",
            f"{middle(slow['answers']):.0f} ms with Redis",
            ratio=ratio(slow["silent"], slow["answers"]),
            target=1.1,
        ),
    ]
