"""Keeps the children alive: starts them, starts them anew when they die, stops them in order."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import click

from treffpunkt.embedded.processes import SUPERVISED, PidFile, Task, fork, send
from treffpunkt.errors import Refusal

STABLE = 10.0  # seconds after which a death is a new story
LONGEST_PAUSE = 5.0  # seconds between two starts of a process that dies again and again
FORK_AGAIN = 1.0  # seconds until a start is tried again for which no process was free
STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


class Stopped(Exception):  # noqa: N818 - a wish, not an error
    """Somebody asked the stack to stop."""


@dataclass(frozen=True)
class Run:
    """A task that was started once."""

    task: Task
    pid: int


@dataclass(eq=False)
class _Child:
    task: Task
    pid: int = 0
    started: float = 0.0
    due: float = 0.0  # when to start it, while it waits
    deaths: int = 0  # in a row, each within STABLE seconds of its start


@dataclass
class Supervisor:
    """The parent of all processes; single-threaded, waits for signals and sleeps otherwise."""

    pid_folder: Path
    private: Sequence[int] = ()  # descriptors that no child keeps
    hourly: Callable[[], None] = lambda: None
    hour: float = 3600.0  # seconds
    _children: dict[int, _Child] = field(default_factory=dict)
    _waiting: list[_Child] = field(default_factory=list)
    _finished: dict[int, int] = field(default_factory=dict)  # exit status of tasks run once
    _once: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Blocked here, taken by sigtimedwait: no handler interrupts anything at a bad moment.
        # What the caller ignores (nohup, a job in the background of a script) stays ignored; but the kernel
        # takes dead children away unseen where SIGCHLD is, and nothing could stop the stack without TERM.
        for number in (signal.SIGCHLD, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._watched = {s for s in SUPERVISED if signal.getsignal(s) is not signal.SIG_IGN}
        signal.pthread_sigmask(signal.SIG_BLOCK, self._watched)

    def start(self, task: Task) -> None:
        """Start *task* and keep it alive from now on."""
        self._launch(_Child(task))

    def begin(self, task: Task) -> Run:
        """Start *task* once; ``finish`` waits for it."""
        run = Run(task, fork(task, close=self.private))
        self._once.add(run.pid)
        return run

    def finish(self, run: Run, *, within: float) -> None:
        """Wait for what ``begin`` started. Refusal with the end of its log if it failed."""
        name, log = run.task.name, run.task.log
        if not self.wait_until(lambda: run.pid in self._finished, within=within):
            send(run.pid, signal.SIGKILL, group=True)
            raise Refusal(f"{name} took longer than {within:.0f} seconds; see {log}")
        if self._finished.pop(run.pid):
            raise Refusal(f"{name} failed; see {log}\n{tail(log)}")

    def complete(self, task: Task, *, within: float = 120) -> None:
        """Run *task* once, to its end."""
        self.finish(self.begin(task), within=within)

    def wait_until(self, condition: Callable[[], bool], *, within: float) -> bool:
        """Look after the children until *condition* holds; False when time is up."""
        deadline = time.monotonic() + within
        while not condition():
            if time.monotonic() > deadline:
                return False
            self._attend(0.03)
        return True

    def run(self) -> None:
        """Look after the children until somebody asks to stop."""
        next_hour = time.monotonic() + self.hour
        while True:
            now = time.monotonic()
            if now >= next_hour:
                with suppress(OSError):  # a full disk must not end the stack; in an hour, again
                    self.hourly()
                next_hour = now + self.hour
            due = min((child.due for child in self._waiting), default=next_hour)
            self._attend(max(min(due, next_hour) - now, 0.0))

    def stop(self, names: Sequence[str], *, within: float) -> None:
        """Ask these children to stop, all at once; end what still lives after *within* seconds."""
        chosen = {p: c for p, c in self._children.items() if c.task.name in names}
        self._waiting = [c for c in self._waiting if c.task.name not in names]
        for pid, child in chosen.items():
            send(pid, child.task.stop_signal)
        self._outlive(chosen, within)
        for pid in chosen:
            send(pid, signal.SIGKILL, group=True)
        self._outlive(chosen, 2.0)
        for name in names:
            PidFile(self.pid_folder, name).remove()

    def stop_all(self, order: Sequence[Sequence[str]]) -> None:
        """Stop everything, group by group, and whatever was run once."""
        for pid in self._once:
            send(pid, signal.SIGTERM, group=True)
        for names in order:
            self.stop(names, within=3.5)

    def deaths(self, name: str) -> int:
        """How often in a row *name* died soon after its start."""
        children = (*self._children.values(), *self._waiting)
        return max((child.deaths for child in children if child.task.name == name), default=0)

    def living(self) -> dict[str, int]:
        """Pids by name."""
        return {child.task.name: pid for pid, child in self._children.items()}

    def _launch(self, child: _Child) -> None:
        try:
            child.pid = fork(child.task, close=self.private)
        except OSError:  # no process or no memory is free
            self._put_off(child, FORK_AGAIN)
            return
        child.started = time.monotonic()
        self._children[child.pid] = child
        # Without it only the next `up` misses something, should this one be killed.
        with suppress(OSError):
            self._pid_file(child).write(child.pid)

    def _pid_file(self, child: _Child) -> PidFile:
        return PidFile(self.pid_folder, child.task.name)

    def _attend(self, timeout: float) -> None:
        got = signal.sigtimedwait(self._watched, timeout)
        if got is not None and got.si_signo in STOPPING:
            raise Stopped
        for child in self._reap():
            self._schedule(child)
        present = time.monotonic()
        for child in [c for c in self._waiting if c.due <= present]:
            self._waiting.remove(child)
            self._launch(child)

    def _schedule(self, child: _Child) -> None:
        lived = time.monotonic() - child.started
        child.deaths = 1 if lived > STABLE else child.deaths + 1
        pause = min(0.1 * 2 ** (child.deaths - 2), LONGEST_PAUSE) if child.deaths > 1 else 0.0
        self._put_off(child, pause)
        with suppress(OSError):  # the terminal is closed, or the disk of the log is full
            click.echo(f"{child.task.name} ended, starting it again", err=True)

    def _put_off(self, child: _Child, pause: float) -> None:
        child.due = time.monotonic() + pause
        self._waiting.append(child)

    def _reap(self) -> list[_Child]:
        """Children that ended since the last call, their leftovers ended too."""
        dead: list[_Child] = []
        while (ended := self._next_dead()) is not None:
            pid, status = ended
            if pid in self._once:
                self._once.discard(pid)
                self._finished[pid] = status
            elif child := self._children.pop(pid, None):
                dead.append(child)
        return dead

    @staticmethod
    def _next_dead() -> tuple[int, int] | None:
        try:
            # Looked at before it is reaped: while the dead leader is there, nobody else can
            # get its number, so its orphaned group (web workers of a killed master) is ended safely.
            info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if info is None:
                return None
            send(info.si_pid, signal.SIGKILL, group=True)
            pid, status = os.waitpid(info.si_pid, 0)
        except ChildProcessError:
            return None
        return pid, status

    def _outlive(self, chosen: dict[int, _Child], within: float) -> None:
        deadline = time.monotonic() + within
        while chosen.keys() & self._children.keys() and time.monotonic() < deadline:
            signal.sigtimedwait({signal.SIGCHLD}, 0.05)
            for child in self._reap():
                if child.task.name not in {c.task.name for c in chosen.values()}:
                    self._schedule(child)


def tail(log: Path, lines: int = 12) -> str:
    """The last lines of a log, for a message about what went wrong."""
    try:
        return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
    except OSError:
        return ""
