"""Clients in plain Python: several processes, raw sockets, each client one story after the other.

A story is a generator: it yields the bytes of a request, is sent the answer, and ends when it is told.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from tests.benchmarks.forks import side_by_side
from tests.benchmarks.load.report import Report, total
from tests.benchmarks.rounds import percentile

PROCESSES = 2
HEADERS_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Unexpected(Exception):  # noqa: N818 - says what it is
    """An answer that the story has no use for."""


@dataclass(frozen=True)
class Answer:
    """One response."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """The value of a header, or an empty string."""
        found = re.search(rb"\r\n" + name.encode() + rb": *([^\r]*)", self.head, re.IGNORECASE)
        return found.group(1).decode() if found else ""

    def expect(self, *statuses: int) -> Answer:
        """Itself. Unexpected if it has another status."""
        if self.status not in statuses:
            raise Unexpected(f"{self.status} {self.body[:300].decode(errors='replace')}")
        return self


Story = Generator[bytes, Answer, None]
MakeStory = Callable[[int], Story]  # gets a number that no other story of this run has


def request(
    method: str, path: str, body: bytes = b"", *, kind: str = "", more: Iterable[str] = ()
) -> bytes:
    """The bytes of a request on a kept connection."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", *more]
    if kind:
        lines += [f"Content-Type: {kind}", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + HEADERS_END + body


def once(method: str, path: str, *, status: int = 200, more: Iterable[str] = ()) -> MakeStory:
    """The story of one request without a body."""
    ready = request(method, path, more=more)

    def story(_number: int) -> Story:
        (yield ready).expect(status)

    return story


@dataclass
class _Client:
    port: int
    socket: socket.socket = field(init=False)
    story: Story | None = None
    begun: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def begin(self, story: Story) -> None:
        self.story, self.begun = story, time.monotonic()
        self.socket.sendall(next(story))

    def take(self) -> Answer | None:
        """The answer, once it is whole. Unexpected if the server hung up."""
        data = self.socket.recv(262144)
        if not data:
            raise Unexpected("connection closed")
        self.received += data
        end = self.received.find(HEADERS_END)
        if end < 0:
            return None
        head = bytes(self.received[: end + 2])
        length = _LENGTH.search(head)
        whole = end + 4 + (int(length.group(1)) if length else 0)
        if len(self.received) < whole:
            return None
        answer = Answer(int(head[9:12]), head, bytes(self.received[end + 4 : whole]))
        del self.received[:whole]
        return answer

    def close(self) -> None:
        with suppress(OSError):
            self.socket.close()


@dataclass
class _Crowd:
    """The clients of one process."""

    port: int
    make: MakeStory
    number: int
    step: int
    deadline: float = 0.0
    right: int = 0
    wrong: int = 0
    sample: str = ""
    times: list[float] = field(default_factory=list)
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    def run(self, clients: int, seconds: float) -> Report:
        begin = time.monotonic()
        self.deadline = begin + seconds
        for _ in range(clients):
            self._join()
        while self.selector.get_map():
            for key, _ in self.selector.select(timeout=20) or self._give_up():
                self._advance(key.data)
        took = time.monotonic() - begin
        p99 = percentile(self.times, 0.99) * 1e3 if self.times else 0.0
        return Report(self.right, self.wrong, took, self.sample, p99)

    def _join(self) -> None:
        client = _Client(self.port)
        self.selector.register(client.socket, selectors.EVENT_READ, client)
        client.begin(self._next_story())

    def _next_story(self) -> Story:
        self.number += self.step
        return self.make(self.number)

    def _advance(self, client: _Client) -> None:
        try:
            answer = client.take()
            if answer is not None:
                self._go_on(client, answer)
        except (Unexpected, OSError) as error:
            self._fail(client, str(error))

    def _go_on(self, client: _Client, answer: Answer) -> None:
        assert client.story is not None
        try:
            client.socket.sendall(client.story.send(answer))
        except StopIteration:
            self.right += 1
            self.times.append(time.monotonic() - client.begun)
            if time.monotonic() < self.deadline:
                client.begin(self._next_story())
            else:
                self._leave(client)

    def _fail(self, client: _Client, reason: str) -> None:
        self.wrong += 1
        self.sample = self.sample or reason
        self._leave(client)
        if time.monotonic() < self.deadline:
            self._join()

    def _leave(self, client: _Client) -> None:
        self.selector.unregister(client.socket)
        client.close()

    def _give_up(self) -> list[tuple[selectors.SelectorKey, int]]:
        for key in list(self.selector.get_map().values()):
            self._fail(key.data, "no answer in 20 seconds")
        return []


def hammer(port: int, make: MakeStory, *, clients: int = 16, seconds: float = 2.0) -> Report:
    """Let *clients* tell stories to the server on *port* for *seconds*; each ends the story it is in."""
    first = time.time_ns() // 1000 * PROCESSES  # never the numbers of an earlier run
    crowds = [_Crowd(port, make, first + i, PROCESSES) for i in range(PROCESSES)]
    share = [clients // PROCESSES + (i < clients % PROCESSES) for i in range(PROCESSES)]
    return total(
        side_by_side(
            [partial(crowd.run, share[i], seconds) for i, crowd in enumerate(crowds) if share[i]]
        )
    )
