"""Forked children, their pid files, and how a process is ended."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from treffpunkt.embedded.folder import write_whole

SUPERVISED = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, kw_only=True)
class Task:
    """One process of the stack: what it runs, where it logs, how it is asked to stop."""

    name: str
    run: Callable[[], None]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    keeps: frozenset[int] = frozenset()  # descriptors of the parent that this child needs


def fork(task: Task, *, close: Iterable[int] = ()) -> int:
    """Start *task* in a child that leads its own session; returns its pid."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):  # closed at the other end: no reason not to start anything
            stream.flush()
    pid = os.fork()
    if pid == 0:
        _live(task, close)
    return pid


def _live(task: Task, close: Iterable[int]) -> NoReturn:
    code = 1
    try:
        _become_child(task, close)
        task.run()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except KeyboardInterrupt:
        code = 130
    except BaseException:  # noqa: BLE001 - the last frame of a process: whatever it is goes to the log
        sys.excepthook(*sys.exc_info())
    finally:
        with suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _become_child(task: Task, close: Iterable[int]) -> None:
    os.setsid()
    for number in SUPERVISED:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    for descriptor in set(close) - task.keeps:
        os.close(descriptor)
    _redirect(task.log)
    _rename(task.name)
    gc.enable()


def _redirect(log: Path) -> None:
    null = os.open(os.devnull, os.O_RDONLY)
    out = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for source, target in ((null, 0), (out, 1), (out, 2)):
        os.dup2(source, target)
    for descriptor in {null, out} - {0, 1, 2}:
        os.close(descriptor)


def _rename(name: str) -> None:
    # Shown by ps and top; all children share one command line. The kernel keeps 15 bytes.
    with suppress(OSError):
        Path("/proc/self/comm").write_text(f"tp-{name.replace('worker-', 'w-')}"[:15])


@dataclass(frozen=True)
class PidFile:
    """Names the process that plays a part, so that the next ``up`` finds what this one left."""

    folder: Path
    name: str

    @property
    def path(self) -> Path:
        """Contains the pid and nothing else, for any tool."""
        return self.folder / f"{self.name}.pid"

    @property
    def _mark(self) -> Path:
        return self.folder / f".{self.name}.started"

    def write(self, pid: int) -> None:
        """Record *pid* and, beside it, when that process started."""
        write_whole(self._mark, f"{pid} {started(pid)}\n")
        write_whole(self.path, f"{pid}\n", mode=0o644)

    def remove(self) -> None:
        """Forget the process."""
        self.path.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)

    def living(self) -> int | None:
        """The pid, if the very process that was recorded still lives (numbers are used again)."""
        try:
            pid, _, mark = self._mark.read_text(encoding="ascii").strip().partition(" ")
            return int(pid) if mark and started(int(pid)) == mark else None
        except (OSError, ValueError):
            return None


def started(pid: int) -> str | None:
    """A mark that no other process ever has: boot and start time. None for a dead process."""
    try:
        # The name in parentheses may contain anything, so read behind the last one.
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return None
    state, start = fields[0], fields[19]
    return None if state in "ZX" else f"{boot}:{start}"


def send(pid: int, number: signal.Signals, *, group: bool = False) -> None:
    """Signal a process, or all that it leads; one that is gone is no error."""
    with suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(pid, number)


def end(pid: int, number: signal.Signals, *, within: float) -> None:
    """Ask a process that is not our child to stop; after *within* seconds end its whole group."""
    mark = started(pid)
    send(pid, number)
    deadline = time.monotonic() + within
    while mark and started(pid) == mark and time.monotonic() < deadline:
        time.sleep(0.02)
    send(pid, signal.SIGKILL, group=True)
    while mark and started(pid) == mark and time.monotonic() < deadline + 2:
        time.sleep(0.02)
