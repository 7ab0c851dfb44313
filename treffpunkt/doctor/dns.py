"""TXT records by one plain question to the system's name server; the standard library has no call for it."""

from __future__ import annotations

import secrets
import socket
import struct
from pathlib import Path

TEXT, INTERNET = 16, 1
PORT = 53
TIMEOUT = 3.0
LARGEST = 4096
NO_SUCH_NAME = 3


class LookupFailed(Exception):  # noqa: N818 - what happened, not what broke
    """Nobody answered, or not in a usable way."""


def text_records(name: str) -> list[str]:
    """The TXT records of *name*; empty if it has none. Raises LookupFailed."""
    server = _name_server()
    number = secrets.randbelow(1 << 16)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect((server, PORT))
            connection.send(question(number, name))
            answer = connection.recv(LARGEST)
    except OSError as error:
        raise LookupFailed(f"name server {server}: {error}") from error
    return read_answer(number, answer)


def question(number: int, name: str) -> bytes:
    """The packet that asks for the TXT records of *name*, with room for a long answer (EDNS)."""
    labels = b"".join(bytes([len(p)]) + p for p in name.encode("idna").split(b"."))
    head = struct.pack("!6H", number, 0x0100, 1, 0, 0, 1)
    extension = b"\0" + struct.pack("!HHIH", 41, LARGEST, 0, 0)
    return head + labels + b"\0" + struct.pack("!HH", TEXT, INTERNET) + extension


def read_answer(number: int, packet: bytes) -> list[str]:
    """The TXT records in *packet*. Raises LookupFailed unless it answers question *number*."""
    try:
        got, flags, questions, answers = struct.unpack_from("!4H", packet)
        code = flags & 0xF
        if got != number or flags & 0x0200 or code not in {0, NO_SUCH_NAME}:
            raise LookupFailed(f"answer with code {code} is not usable")
        at = 12
        for _ in range(questions):
            at = _behind_name(packet, at) + 4
        return _read_records(packet, at, answers)
    except (struct.error, IndexError) as error:
        raise LookupFailed("the answer is malformed") from error


def _read_records(packet: bytes, at: int, count: int) -> list[str]:
    records = []
    for _ in range(count):
        at = _behind_name(packet, at)
        kind, _, _, length = struct.unpack_from("!HHIH", packet, at)
        at += 10
        if kind == TEXT:
            records.append(_joined(packet[at : at + length]))
        at += length
    return records


def _joined(data: bytes) -> str:
    text = b""
    while data:
        text, data = text + data[1 : 1 + data[0]], data[1 + data[0] :]
    return text.decode("utf-8", errors="replace")


def _behind_name(packet: bytes, at: int) -> int:
    while packet[at]:
        if packet[at] >= 0xC0:  # noqa: PLR2004 - a pointer ends the name
            return at + 2
        at += 1 + packet[at]
    return at + 1


def _name_server() -> str:
    try:
        lines = Path("/etc/resolv.conf").read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    words = (line.split() for line in lines)
    servers = [word[1] for word in words if len(word) > 1 and word[0] == "nameserver"]
    if not servers:
        raise LookupFailed("this machine names no name server")
    return servers[0]
