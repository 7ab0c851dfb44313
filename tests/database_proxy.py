"""A TCP proxy in front of PostgreSQL that cuts the connection at a chosen round trip."""

from __future__ import annotations

import select
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs, urlsplit

BEFORE, AFTER = (
    "before",
    "after",
)  # the command arrives not at all; or it is done and its answer is lost
CHUNK = 1 << 20
PATIENCE = 10  # seconds


class DatabaseProxy(socketserver.ThreadingTCPServer):
    """Passes everything on until told to cut."""

    daemon_threads = True

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Link)
        parts = urlsplit(url)
        folder = parse_qs(parts.query)["host"][0]
        self.target = f"{folder}/.s.PGSQL.5432"
        port = self.server_address[1]
        self.url = f"postgresql://{parts.username}@127.0.0.1:{port}{parts.path}"
        self._left = 0  # round trips until the cut
        self._when = BEFORE
        self.has_cut = False

    def cut(self, number: int, when: str) -> None:
        """Cut at the *number*-th round trip from now."""
        self._left, self._when, self.has_cut = number, when, False

    def what_to_do(self) -> str:
        """With the command that has just come: an empty string for passing it on."""
        if self._left == 0:
            return ""
        self._left -= 1
        self.has_cut = self._left == 0
        return self._when if self.has_cut else ""


class _Link(socketserver.BaseRequestHandler):
    server: DatabaseProxy

    def handle(self) -> None:
        client: socket.socket = self.request
        with socket.socket(socket.AF_UNIX) as database, suppress(OSError):
            database.connect(self.server.target)
            while True:
                ready, _, _ = select.select([client, database], [], [])
                if database in ready and not _carry(database, client):
                    return
                if client in ready and not self._obeys(client, database):
                    return

    def _obeys(self, client: socket.socket, database: socket.socket) -> bool:
        todo = self.server.what_to_do()
        if todo == BEFORE:
            return False
        alive = _carry(client, database)
        if todo == AFTER:
            # What is answered is done; committed, if it was the end of a transaction.
            select.select([database], [], [], PATIENCE)
            return False
        return alive


def _carry(source: socket.socket, target: socket.socket) -> bool:
    data = source.recv(CHUNK)
    target.sendall(data)
    return bool(data)


@contextmanager
def database_proxy(url: str) -> Iterator[DatabaseProxy]:
    """A proxy at work."""
    with DatabaseProxy(url) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield proxy
        proxy.shutdown()
        thread.join()
