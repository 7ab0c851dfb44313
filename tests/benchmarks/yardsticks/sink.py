"""An SMTP server that takes everything at once, and writes down what came when."""

from __future__ import annotations

import re
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.benchmarks.forks import meanwhile

_HEADERS = re.compile(rb"^X-Treffpunkt-(Kind|Registration): *(\S+)\r$", re.MULTILINE)
END = b"\r\n.\r\n"
REPLIES = {
    b"EHLO": b"250-sink\r\n250 8BITMIME\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}


@dataclass(frozen=True)
class Arrival:
    """A mail that was taken; *at* is of the monotonic clock."""

    at: float
    kind: str
    registration: str


@dataclass
class Sink:
    """The sink as its reader sees it."""

    port: int
    folder: Path
    _read: int = 0
    arrivals: list[Arrival] = field(default_factory=list)

    @property
    def url(self) -> str:
        """For TREFFPUNKT_SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def look(self) -> list[Arrival]:
        """All mails so far."""
        with (self.folder / "arrivals").open("rb") as stream:
            stream.seek(self._read)
            news = stream.read()
        whole = news[: news.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode().splitlines():
            at, kind, registration = line.split(" ")
            self.arrivals.append(Arrival(float(at), kind, registration))
        return self.arrivals

    def sample(self, kind: str) -> bytes:
        """The last mail of a kind."""
        return (self.folder / f"{kind}.eml").read_bytes()


@contextmanager
def sink() -> Iterator[Sink]:
    """A sink in a process of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="treffpunkt-sink-") as name,
        socket.create_server(("127.0.0.1", 0)) as listening,
    ):
        folder = Path(name)
        (folder / "arrivals").touch()
        with meanwhile(partial(_serve, listening, folder)):
            yield Sink(int(listening.getsockname()[1]), folder)


def _serve(listening: socket.socket, folder: Path) -> None:
    with (folder / "arrivals").open("ab", buffering=0) as log:
        while True:
            connection, _ = listening.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            talk = partial(_talk, connection, folder, log.write)
            threading.Thread(target=talk, daemon=True).start()


def _talk(connection: socket.socket, folder: Path, write: object) -> None:
    connection.sendall(b"220 sink\r\n")
    received = b""
    in_data = False
    while data := connection.recv(262144):
        received += data
        while (end := received.find(END if in_data else b"\r\n")) >= 0:
            if in_data:
                _keep(received[:end], folder, write)
                received = received[end + len(END) :]
                connection.sendall(b"250 taken\r\n")
                in_data = False
                continue
            word = received[:4].upper()
            received = received[end + 2 :]
            connection.sendall(REPLIES.get(word, b"250 ok\r\n"))
            in_data = word == b"DATA"


def _keep(message: bytes, folder: Path, write: object) -> None:
    at = time.monotonic()
    found = {name: value.decode() for name, value in _HEADERS.findall(message[:4000])}
    kind = found.get(b"Kind", "-")
    sample = folder / f"{kind}.eml"
    if not sample.exists():
        sample.write_bytes(message + b"\r\n")
    assert callable(write)
    write(f"{at:.6f} {kind} {found.get(b'Registration', '-')}\n".encode())
