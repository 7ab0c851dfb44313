"""The supervisor outlives what its children may die of: closed terminals, full disks, no process free."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.stack import ROOT

# In a process of its own: a supervisor takes the signals and all the children of its process.
PRELUDE = """
import os, signal, sys, time
from pathlib import Path
from treffpunkt.embedded.processes import Task
from treffpunkt.embedded.supervisor import Stopped, Supervisor

folder = Path(sys.argv[1])
log = folder / "child.log"

full = False

def refuse(event, _arguments):  # as the kernel does when no process is free
    if full and event == "os.fork":
        raise BlockingIOError(11, "Resource temporarily unavailable")

def end_at_once():
    print("started")

def starts():
    return log.read_text().count("started") if log.exists() else 0

def live():
    print("started", flush=True)
    time.sleep(60)

def started_again(supervisor):
    supervisor.start(Task(name="child", run=end_at_once, log=log))
    well = supervisor.wait_until(lambda: starts() >= 3, within=20)
    supervisor.stop(["child"], within=1)
    return well

def end(well):
    os._exit(0 if well else 3)  # without the last flush, which a closed stream would make fail
"""


def supervised(folder: Path, body: str, **streams: Any) -> str:
    """What the script tells as an error; it ends well if the supervisor did what the test waits for."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + body, str(folder)],
        cwd=ROOT,
        check=False,
        text=True,
        **{"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE} | streams,
    )
    assert done.returncode == 0, done.stderr
    return str(done.stderr)


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_closed_terminal_does_not_end_it(tmp_path: Path, stream: str) -> None:
    reader, writer = os.pipe()
    os.close(reader)

    supervised(
        tmp_path,
        """
sys.stdout = open(1, "w", closefd=False)  # buffered, whatever the environment says
print("ready")  # waits there until the first fork
end(started_again(Supervisor(folder)))
""",
        **{stream: writer},
    )

    os.close(writer)


def test_children_put_off_until_the_same_moment_are_all_started(tmp_path: Path) -> None:
    supervised(
        tmp_path,
        """
sys.addaudithook(refuse)
full, clock, moment = True, time.monotonic, time.monotonic()
time.monotonic = lambda: moment
supervisor = Supervisor(folder)
supervisor.start(Task(name="first", run=live, log=log))
supervisor.start(Task(name="second", run=live, log=log))
supervisor.stop(["first"], within=1)
supervisor.start(Task(name="third", run=live, log=log))
time.monotonic, full = clock, False
well = supervisor.wait_until(lambda: supervisor.living().keys() == {"second", "third"}, within=20)
supervisor.stop(["second", "third"], within=1)
end(well)
""",
    )


def test_it_sees_deaths_also_where_its_caller_does_not_want_to(tmp_path: Path) -> None:
    supervised(
        tmp_path,
        """
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
supervisor = Supervisor(folder)
supervisor.complete(Task(name="once", run=lambda: None, log=folder / "once.log"), within=20)
end(started_again(supervisor))
""",
    )


@pytest.mark.parametrize(
    ("ignored", "stops"), [("SIGTERM", True), ("SIGHUP", False), ("SIGINT", False)]
)
def test_term_stops_it_and_what_its_caller_ignores_otherwise_does_not(
    tmp_path: Path, ignored: str, *, stops: bool
) -> None:
    supervised(
        tmp_path,
        f"""
signal.signal(signal.{ignored}, signal.SIG_IGN)
supervisor = Supervisor(folder)
os.kill(os.getpid(), signal.{ignored})
try:
    supervisor.wait_until(lambda: False, within=0.1)
    end({not stops})
except Stopped:
    end({stops})
""",
    )


def test_a_child_whose_pid_file_cannot_be_written_is_looked_after(tmp_path: Path) -> None:
    supervised(tmp_path, "end(started_again(Supervisor(folder / 'gone')))")


def test_hourly_work_that_fails_is_tried_again_an_hour_later(tmp_path: Path) -> None:
    supervised(
        tmp_path,
        """
tries = []

def hourly():
    tries.append(time.monotonic())
    if len(tries) == 3:
        os.kill(os.getpid(), signal.SIGTERM)
    raise OSError(28, "No space left on device")

try:
    Supervisor(folder, hourly=hourly, hour=0.05).run()
except Stopped:
    end(len(tries) == 3)
""",
    )


def test_a_child_that_cannot_be_forked_now_is_started_later(tmp_path: Path) -> None:
    told = supervised(
        tmp_path,
        """
sys.addaudithook(refuse)
supervisor = Supervisor(folder)
supervisor.start(Task(name="child", run=live, log=log))
supervisor.wait_until(lambda: starts() == 1, within=20)
full = True
supervisor.start(Task(name="late", run=live, log=folder / "late.log"))
os.kill(supervisor.living()["child"], signal.SIGKILL)
supervisor.wait_until(lambda: False, within=1.5)
alone = supervisor.living() == {}
full = False
well = supervisor.wait_until(lambda: supervisor.living().keys() == {"child", "late"}, within=20)
supervisor.stop(["child", "late"], within=1)
end(alone and well)
""",
    )

    assert told.count("child ended, starting it again") == 1
