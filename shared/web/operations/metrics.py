"""PREFIX/metrics for Prometheus: requests of this web server, and all that the database knows of the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flask import Response, current_app
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)

from shared.messaging import condition
from shared.observability import Figure
from shared.web.auth import public
from shared.web.context import database, runtime
from shared.web.requests_counted import EXTENSION, RequestCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.messaging.condition import Condition, Sign

PREFIX = "treffpunkt_"
OLDEST = 3600.0  # seconds; an instance that said nothing for longer is history
GAUGES = {
    "memory_bytes": ("process_memory_bytes", "Memory, shared pages divided"),
    "queue_length": ("queue_length", "Messages in the queue of this service"),
    "redis_memory_bytes": ("redis_memory_bytes", "Memory that Redis uses"),
    "redis_memory_limit_bytes": ("redis_memory_limit_bytes", "Memory that Redis may use; 0: any"),
}
TOLD = ("redis_away", "redis_evicts", "redis_full", "smtp_away")
COUNTED = re.compile(r"[a-z_]+")


class _Told:
    """Answers generate_latest() with metrics that are made already."""

    def __init__(self, metrics: Iterable[Metric]) -> None:
        self._metrics = list(metrics)

    def collect(self) -> Iterable[Metric]:
        return self._metrics


@public
def metrics() -> Response:
    """All figures of this service."""
    own = runtime()
    with database().single_statement() as connection:
        seen = condition.look(connection, own.service)
        figures = [*_figures(seen), *own.operations.figures(connection)]
    counts: RequestCounts = current_app.extensions[EXTENSION]
    text = generate_latest(_Told([*_families(figures), *_of_requests(counts)]))
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _families(figures: Sequence[Figure]) -> Iterator[Metric]:
    by_name: dict[str, list[Figure]] = {}
    for figure in figures:
        by_name.setdefault(figure.name, []).append(figure)
    for name, members in by_name.items():
        first = members[0]
        family_class = CounterMetricFamily if first.counts_up else GaugeMetricFamily
        family = family_class(PREFIX + name, first.help, labels=list(first.labels))
        for figure in members:
            family.add_metric([str(value) for value in figure.labels.values()], figure.value)
        yield family


def _of_requests(counts: RequestCounts) -> Iterator[Metric]:
    answers = CounterMetricFamily(
        f"{PREFIX}requests", "Answers given", labels=["service", "route", "status"]
    )
    seconds = HistogramMetricFamily(
        f"{PREFIX}request_seconds", "Time until the answer", labels=["service", "route"]
    )
    service = runtime().service
    for route in counts.told():
        for status, number in route.answers.items():
            answers.add_metric([service, route.route, status], number)
        seconds.add_metric([service, route.route], route.buckets, sum_value=route.seconds)
    yield answers
    yield seconds


def _figures(seen: Condition) -> Iterator[Figure]:
    yield from _of_lanes(seen)
    for state, pile in (("new", seen.unfinished), ("parked", seen.parked)):
        labels = {"state": state}
        for name, words, value in (
            ("inbox_events", "Unfinished events", pile.number),
            ("inbox_attempts", "Starts of the unfinished events", pile.attempts),
            ("inbox_age_seconds", "Age of the oldest that waits behind no parked one", pile.age),
        ):
            yield Figure(name=name, help=words, value=value, labels=labels)
    if seen.canary_age is not None and seen.canary_took is not None:
        labels = {"queue": seen.service}
        words = "Since the newest canary that came through set out"
        yield Figure(name="canary_age_seconds", help=words, value=seen.canary_age, labels=labels)
        words = "How long it was on its way"
        yield Figure(name="canary_took_seconds", help=words, value=seen.canary_took, labels=labels)
    yield from _of_signs(seen)
    yield from _of_check(seen)


def _of_lanes(seen: Condition) -> Iterator[Figure]:
    for lane in seen.lanes:
        for state, depth, age in (
            ("unsent", lane.unsent, lane.unsent_age),
            ("unconfirmed", lane.unconfirmed, lane.unconfirmed_age),
        ):
            labels = {"subscriber": lane.subscriber, "state": state}
            yield Figure(name="outbox_depth", help="Events to deliver", value=depth, labels=labels)
            words = "Age of the oldest of them"
            yield Figure(name="outbox_age_seconds", help=words, value=age, labels=labels)


def _of_signs(seen: Condition) -> Iterator[Figure]:
    for process in dict.fromkeys([*seen.expected, *(sign.process for sign in seen.signs)]):
        own = [sign for sign in seen.signs if sign.process == process]
        labels = {"process": process}
        living = sum(not sign.is_silent for sign in own)
        yield Figure(
            name="processes", help="Instances that give signs of life", value=living, labels=labels
        )
        if own:
            age, words = min(sign.age for sign in own), "Since the last sign of life"
            yield Figure(name="heartbeat_age_seconds", help=words, value=age, labels=labels)
    for sign in seen.signs:
        if sign.age < OLDEST:
            yield from _of_sign(sign, seen.service)
    for code in TOLD:
        words = "Told by a process: 1 while it is so"
        told = code in seen.told
        yield Figure(name="trouble", help=words, value=told, labels={"code": code})


def _of_sign(sign: Sign, service: str) -> Iterator[Figure]:
    labels = {"process": sign.process, "instance": sign.instance}
    for key, value in sign.figures.items():
        if not isinstance(value, int | float) or not COUNTED.fullmatch(key):
            continue
        if key in GAUGES:
            name, words = GAUGES[key]
            more = {"queue": service} if key == "queue_length" else {}
            yield Figure(name=name, help=words, value=value, labels={**labels, **more})
        else:
            name = "process_cpu_seconds" if key == "cpu_seconds" else key
            words = f"{name.replace('_', ' ').capitalize()} since the process started"
            yield Figure(name=name, help=words, value=value, labels=labels, counts_up=True)


def _of_check(seen: Condition) -> Iterator[Figure]:
    if (age := seen.check_age) is not None:
        words = (
            "Since the last check of the invariants, or since the oldest event where none was made"
        )
        yield Figure(name="check_age_seconds", help=words, value=age)
    for result in seen.check.results if seen.check else ():
        yield Figure(
            name="check_breaks",
            help="What breaks an invariant",
            value=result.number,
            labels={"invariant": result.name},
        )
