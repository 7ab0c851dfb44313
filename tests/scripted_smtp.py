"""An SMTP server that does in each phase what the test says: answers, cuts, or waits."""

from __future__ import annotations

import socket
import socketserver
import ssl
import struct
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CUT = "cut"
# In the order of a conversation; "dot" is the answer to the whole message.
PHASES = ("greeting", "ehlo", "mail", "rcpt", "data", "dot")
REPLIES = {
    "greeting": "220 ready",
    "starttls": "220 go ahead",
    "auth": "235 welcome",
    "data": "354 go ahead",
    "dot": "250 2.0.0 kept",
}
PATIENCE = 30  # seconds; longer than any test


@dataclass
class Pause:
    """Something the server waits for before it goes on as usual (or as told)."""

    then: str = ""
    reached: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """What the server does."""
        self.reached.set()
        self.over.wait(PATIENCE)


class ScriptedServer(socketserver.ThreadingTCPServer):
    """Takes mails. ``script["rcpt"].append("450 later")`` changes the next answer to RCPT, and so on."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self, certificate: ssl.SSLContext | None = None, *, implicit: bool = False
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.certificate = certificate  # offers STARTTLS with it
        self.implicit = implicit  # speaks TLS from the first byte
        self.script: dict[str, list[str | Pause]] = defaultdict(list)
        self.received: list[bytes] = []  # whole messages, also those that were not acknowledged
        self.heard: list[str] = []  # the verbs, in the order they came
        self.heard_in_the_clear: list[str] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def next(self, phase: str) -> str:
        """What to do now; waits first where the script says so."""
        todo = self.script[phase].pop(0) if self.script[phase] else ""
        if isinstance(todo, Pause):
            todo.wait()
            todo = todo.then
        return todo or REPLIES.get(phase, "250 OK")


class _Conversation(socketserver.StreamRequestHandler):
    server: ScriptedServer

    def handle(self) -> None:
        # The client may hang up, or refuse the certificate, whenever it likes.
        with suppress(OSError, ssl.SSLError):
            if self.server.implicit:
                self._encrypt()
            if self._answers("greeting"):
                while (line := self.rfile.readline()) and self._obeys(line):
                    pass

    def finish(self) -> None:
        """The framework closes the plain socket, not the encrypted one around it."""
        super().finish()
        self.rfile.close()
        self.connection.close()

    def _obeys(self, line: bytes) -> bool:
        verb = line.split()[0].decode("ascii", "replace").lower() if line.strip() else ""
        self._note(verb)
        if verb == "starttls":
            return self._turn_secret()
        if verb == "data":
            return self._takes_message()
        if verb in {"ehlo", "helo"} and not self.server.script["ehlo"]:
            # A password is welcome at any time: whoever strips STARTTLS wants it too.
            offers = ["scripted", *["STARTTLS"] * self._offers_tls(), "AUTH PLAIN"]
            return self._says("\r\n".join(f"250-{offer}" for offer in offers) + "\r\n250 OK")
        return self._answers(verb)

    def _note(self, verb: str) -> None:
        self.server.heard.append(verb)
        if not isinstance(self.connection, ssl.SSLSocket):
            self.server.heard_in_the_clear.append(verb)

    def _offers_tls(self) -> bool:
        return self.server.certificate is not None and not isinstance(
            self.connection, ssl.SSLSocket
        )

    def _turn_secret(self) -> bool:
        before = len(self.server.script["starttls"])
        if not self._answers("starttls"):
            return False
        if not before:
            self._encrypt()
        return True

    def _encrypt(self) -> None:
        assert self.server.certificate is not None
        self.connection = self.server.certificate.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")

    def _takes_message(self) -> bool:
        before = len(self.server.script["data"])
        if not self._answers("data"):
            return False
        if before and self.last.startswith(("4", "5")):
            return True
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if line == b"":
            return False
        self.server.received.append(b"".join(lines))
        return self._answers("dot")

    last = ""

    def _answers(self, phase: str) -> bool:
        todo = self.server.next(phase)
        return self._says(todo) and not todo.startswith("421")

    def _says(self, todo: str) -> bool:
        self.last = todo
        if todo == CUT:
            # A reset, not a polite end.
            reset = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            self.connection.close()
            return False
        self.connection.sendall(todo.encode() + b"\r\n")
        return True


@contextmanager
def serving(
    certificate: ssl.SSLContext | None = None, *, implicit: bool = False
) -> Iterator[ScriptedServer]:
    """A server at work."""
    with ScriptedServer(certificate, implicit=implicit) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        for todos in server.script.values():
            for todo in todos:
                if isinstance(todo, Pause):
                    todo.over.set()
        server.shutdown()
        thread.join()
