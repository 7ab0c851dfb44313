"""Requests are counted over all processes of a web server, also over those that ended."""

from __future__ import annotations

import os
import threading

from shared.web.requests_counted import PLACES, RequestCounts


def in_child(work: object) -> None:
    """Do it in a process of its own, which then ends as if it were killed."""
    pid = os.fork()
    if pid == 0:
        try:
            work()  # type: ignore[operator]
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def test_counts_of_all_processes_are_summed() -> None:
    counts = RequestCounts(["/", "/meetings"])
    counts.add("/", 200, 0.004)
    for _ in range(3):
        in_child(lambda: counts.add("/", 503, 0.3))

    (told,) = counts.told()

    assert (told.route, told.answers) == ("/", {"2xx": 1, "5xx": 3})
    assert told.buckets[0] == ("0.005", 1)
    assert dict(told.buckets)["0.5"] == 4
    assert told.buckets[-1] == ("+Inf", 4)
    assert round(told.seconds, 3) == 0.904


def test_more_processes_than_places_one_after_another_lose_nothing() -> None:
    counts = RequestCounts(["/"])
    for _ in range(PLACES + 3):
        in_child(lambda: counts.add("/", 200, 0.0))

    assert next(counts.told()).answers == {"2xx": PLACES + 3}


def test_threads_of_one_process_lose_nothing() -> None:
    counts = RequestCounts(["/"])

    def work() -> None:
        for _ in range(2000):
            counts.add("/", 200, 0.001)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert next(counts.told()).answers == {"2xx": 8000}


def test_a_route_that_nobody_declared_is_not_counted() -> None:
    counts = RequestCounts(["/"])
    counts.add("/registrations/confirm/secret", 200, 0.1)

    assert list(counts.told()) == []
