"""The web server: gunicorn with threads, configured here and nowhere else."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

PROCESSES = 2
THREADS = 4  # per process; a browser's idle connection blocks none of them
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn opens an unlinked file there


class _Log(Logger):  # type: ignore[misc]
    """gunicorn's lines as JSON, and without the addresses of requests: these may open a registration."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.propagate = True


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
    processes: int = PROCESSES,
    threads: int = THREADS,
) -> None:
    """Serve *application* on *bind* (host:port or fd://number) until TERM; *scratch* is writable."""
    options = {
        "bind": bind,
        "workers": processes,
        "threads": threads,
        "worker_class": "gthread",
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
        "limit_request_line": 4094,
        "limit_request_fields": 60,
    }
    _Server(application, options).run()
