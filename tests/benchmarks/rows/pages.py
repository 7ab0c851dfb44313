"""The public page of a meeting, rendered and answered with "not modified"."""

from __future__ import annotations

import http.client
from functools import partial

from tests.benchmarks.bench import Bench
from tests.benchmarks.load.sign_ups import pages
from tests.benchmarks.rounds import in_turns, middle, ratio
from tests.benchmarks.table import Row, at_least


def measure(bench: Bench) -> list[Row]:
    """Both against the empty page."""
    meeting = bench.place.meeting(slots=1, capacity=40)
    path = f"/meetings/{meeting.slug}"
    etag = _etag(bench.port, path)
    bench.place.pause()
    load = partial(pages, seconds=bench.seconds)
    said = in_turns(
        {
            "empty": lambda: load(bench.empty_page).checked(),
            "page": lambda: load(bench.port, path).checked(),
            "304": lambda: load(
                bench.port, path, status=304, headers={"If-None-Match": etag}
            ).checked(),
        },
        bench.rounds,
    )
    bench.place.resume()
    empty = f"{middle(said['empty']):.0f}/s empty page"
    return [
        at_least(
            work,
            f"{middle(said[name]):.0f}/s",
            empty,
            ratio=ratio(said[name], said["empty"]),
            target=target,
        )
        for work, name, target in (
            ("public meeting page", "page", 0.70),
            ("the same, not modified (304)", "304", 0.80),
        )
    ]


def _etag(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    if answer.status != 200 or "ETag" not in answer.headers:
        raise RuntimeError(f"{path}: {answer.status}, ETag {answer.headers.get('ETag')}")
    return str(answer.headers["ETag"])
