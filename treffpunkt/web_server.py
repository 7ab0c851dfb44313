"""The web server: gunicorn with threads, configured here and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

if TYPE_CHECKING:
    import socket
    from collections.abc import Mapping

    from _typeshed.wsgi import WSGIApplication

PROCESSES = 2
THREADS = 4  # per process; a browser's idle connection blocks none of them
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn opens an unlinked file there


class _Log(Logger):  # type: ignore[misc]
    """gunicorn's lines as JSON, and without the addresses of requests: these may open a registration."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """What is behind these words is an address and what somebody typed."""
        super().warning(msg.partition(" from ip=")[0], *args, **kwargs)


class _Answering:
    """A connection that puts *lines* into the one answer that is written to it."""

    def __init__(self, connection: socket.socket, lines: bytes) -> None:
        self._connection = connection
        self._lines = lines

    def sendall(self, answer: bytes) -> None:
        status, end, rest = answer.partition(b"\r\n")
        self._connection.sendall(status + end + self._lines + rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


def _worker_with(headers: Mapping[str, str]) -> type[ThreadWorker]:
    """gunicorn's worker; *headers* are on its own answers, too, as to what is no proper request."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()

    class Worker(ThreadWorker):  # type: ignore[misc]
        def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
            super().handle_error(req, _Answering(client, lines), addr, exc)

    return Worker


class _Server(BaseApplication):  # type: ignore[misc]
    def __init__(self, application: WSGIApplication, options: dict[str, Any]) -> None:
        self._application = application
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        return self._application


def serve(
    application: WSGIApplication,
    bind: str,
    *,
    scratch: Path,
    headers: Mapping[str, str],
    processes: int = PROCESSES,
    threads: int = THREADS,
) -> None:
    """Serve *application* on *bind* (host:port or fd://number) until TERM.

    *scratch* is a writable folder; *headers* go with answers that do not come from the application.
    """
    options = {
        "bind": bind,
        "workers": processes,
        "threads": threads,
        "worker_class": _worker_with(headers),
        "preload_app": True,
        "control_socket_disable": True,  # it would be opened in the home folder
        # The heartbeat file must not wait for a disk.
        "worker_tmp_dir": str(SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else scratch),
        "timeout": 60,
        "graceful_timeout": 3,
        "keepalive": 75,  # longer than a proxy's, so that it never writes into a closing connection
        "loglevel": "warning",
        "errorlog": None,  # by our own handler, as everything
        "logger_class": _Log,
        "forwarded_allow_ips": "*",  # what to trust is decided in the app, by the number of proxies
        "forwarder_headers": "",  # nobody but us says where the application begins
        "limit_request_line": 4094,
        "limit_request_fields": 60,
    }
    _Server(application, options).run()
