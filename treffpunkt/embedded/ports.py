"""Listening sockets: opened by the parent, inherited by children, so that a restart refuses nobody."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

from treffpunkt.embedded.folder import DataFolder, read_json, write_json
from treffpunkt.errors import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOPBACK = "127.0.0.1"
BACKLOG = 1024  # connections that wait while a web process starts anew


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Refusal that says why not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else error
        raise Refusal(f"cannot listen on {host}:{port}: {reason}; choose another --port") from error


def listen_kept(folder: DataFolder, name: str, *, prefer: Iterable[int] = ()) -> socket.socket:
    """A listening socket on the loopback, on the port of the last time wherever that is free."""
    for candidate in (_kept(folder, name), *prefer):
        if candidate:
            try:
                found = listen(LOOPBACK, candidate)
            except Refusal:
                continue
            return _keep(folder, name, found)
    return _keep(folder, name, listen(LOOPBACK, 0))


def kept_port(folder: DataFolder, name: str) -> int:
    """A free port of the loopback for a program that opens it itself."""
    with listen_kept(folder, name) as found:
        return port_of(found)


def port_of(listening: socket.socket) -> int:
    """The number the system gave."""
    return int(listening.getsockname()[1])


def _kept(folder: DataFolder, name: str) -> int:
    return int(read_json(folder.path / "ports.json").get(name, 0))


def _keep(folder: DataFolder, name: str, found: socket.socket) -> socket.socket:
    path = folder.path / "ports.json"
    write_json(path, {**read_json(path), name: port_of(found)})
    return found
