"""Load from wrk, where it is installed: it needs the least of the processors it shares with the server."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.benchmarks.load.report import Report

PROGRAM = shutil.which("wrk")
SCRIPT = Path(__file__).with_name("requests.lua")
THREADS = 2


def wrk(
    url: str,
    *,
    clients: int,
    seconds: float,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    body: str = "",
    slots: Sequence[str] = (),
    strangers: bool = False,
) -> Report:
    """GET *url*, or POST *body* with @NAME@ (unique) and @SLOT@ (one of *slots*) filled in.

    *strangers*: each request says that it comes from another address.
    """
    assert PROGRAM is not None
    variables = {
        "BENCH_STATUS": str(status),
        "BENCH_SEED": f"{time.time_ns() // 1000:x}",
        "BENCH_HEADERS": "".join(f"{name}: {value}\n" for name, value in (headers or {}).items()),
        "BENCH_SLOTS": " ".join(slots),
        "BENCH_STRANGERS": "yes" if strangers else "",
    }
    if body:
        variables["BENCH_BODY"] = body
    # wrk counts whole seconds only.
    amount = [f"-t{THREADS}", f"-c{clients}", f"-d{max(round(seconds), 1)}", "--timeout", "20"]
    done = subprocess.run(
        [PROGRAM, *amount, "-s", str(SCRIPT), url],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    return _read(done.stdout)


def _read(output: str) -> Report:
    line = next(line for line in output.splitlines() if line.startswith("BENCH "))
    _, right, wrong, microseconds, p99, *sample = line.split(" ", 5)
    seconds = int(microseconds) / 1e6
    return Report(int(right), int(wrong), seconds, " ".join(sample), int(p99) / 1e3)
