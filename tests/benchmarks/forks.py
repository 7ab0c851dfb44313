"""Runs work in several forked processes at the same time, and a server for as long as a block lasts."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, TypeVar

R = TypeVar("R")

_context = multiprocessing.get_context("fork")


def side_by_side(works: Sequence[Callable[[], R]]) -> list[R]:
    """What each of *works* returned, every one in a process of its own. RuntimeError if one failed."""
    pipes = [_context.Pipe(duplex=False) for _ in works]
    processes = [
        _context.Process(target=_answer, args=(work, sender), daemon=True)
        for work, (_, sender) in zip(works, pipes, strict=True)
    ]
    for process in processes:
        process.start()
    for _, sender in pipes:
        sender.close()
    results = [_received(receiver) for receiver, _ in pipes]
    for process in processes:
        process.join()
    return results


def _answer(work: Callable[[], Any], sender: Connection) -> None:
    try:
        sender.send((work(), ""))
    except Exception as error:  # noqa: BLE001 - told to the parent
        sender.send((None, f"{type(error).__name__}: {error}"))


def _received(receiver: Connection) -> Any:
    try:
        result, problem = receiver.recv()
    except EOFError:
        result, problem = None, "ended without an answer"
    if problem:
        raise RuntimeError(problem)
    return result


@contextmanager
def meanwhile(work: Callable[[], object]) -> Iterator[int]:
    """*work* runs in a process of its own while the block lasts; its pid."""
    process = _context.Process(target=_alone, args=(work,))
    process.start()
    assert process.pid is not None
    try:
        yield process.pid
    finally:
        process.terminate()
        process.join(10)
        if process.is_alive():
            os.killpg(process.pid, signal.SIGKILL)


def _alone(work: Callable[[], object]) -> None:
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    work()
