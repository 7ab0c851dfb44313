"""The empty page: a Flask app that renders ten lines of Jinja under our own server and settings."""

from __future__ import annotations

import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from flask import Flask, render_template
from jinja2 import DictLoader

from tests.benchmarks.forks import meanwhile
from tests.wait import wait_until
from treffpunkt.web_server import serve

PAGE = """<!doctype html>
<html lang="de">
<head><title>{{ title }}</title></head>
<body>
<h1>{{ title }}</h1>
{% for line in lines %}
<p>{{ line }}</p>
{% endfor %}
</body>
</html>
"""


def create_app() -> Flask:
    """An app without anything of ours in it."""
    app = Flask(__name__)
    app.jinja_loader = DictLoader({"page.html": PAGE})  # compiled once, as a file would be

    @app.get("/")
    def page() -> str:
        return render_template("page.html", title="Guten Tag", lines=["eins", "zwei", "drei"])

    return app


@contextmanager
def empty_page() -> Iterator[int]:
    """The port on which it is served while the block lasts."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listening:
        port = int(listening.getsockname()[1])
        work = partial(
            serve,
            create_app(),
            f"fd://{listening.fileno()}",
            headers={},
            scratch=Path(tempfile.gettempdir()),
        )
        with meanwhile(work):
            wait_until(lambda: _answers(port), within=20)
            yield port


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return connection.recv(20).startswith(b"HTTP/1.1 200")
    except OSError:
        return False
