"""The mailbox process: an SMTP server and its web page, on sockets that the parent opened."""

from __future__ import annotations

import asyncio
import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aiosmtpd.smtp import SMTP
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from treffpunkt.mailbox.pages import create_app
from treffpunkt.mailbox.store import Store

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from aiosmtpd.smtp import Envelope, Session
    from flask import Flask

LARGEST_MAIL = 32 * 1024 * 1024
HOSTS = ("localhost", "127.0.0.1", "[::1]")


class _Taker:
    """Takes every mail, for whomever it is."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        content = envelope.original_content or b""
        name = self._store.add(envelope.mail_from or "", envelope.rcpt_tos, content)
        return f"250 2.0.0 kept as {name}"


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A line per request would say who reads which mail."""


def process(
    folder: Path,
    smtp: socket.socket,
    web: socket.socket,
    *,
    language: str,
    time_zone: ZoneInfo,
    hosts: tuple[str, ...] = HOSTS,
) -> Callable[[], None]:
    """What serves both until TERM or INT. Made before a fork, it shares memory."""
    store = Store(folder)
    app = create_app(store, language=language, time_zone=time_zone, hosts=hosts)

    def run() -> None:
        pages = _web_server(app, web)
        threading.Thread(target=pages.serve_forever, name="pages", daemon=True).start()
        # The summaries of what is there already, so that the first page is quick.
        threading.Thread(target=store.summaries, name="summaries", daemon=True).start()
        asyncio.run(_take_mails(store, smtp))

    return run


def _web_server(app: Flask, listening: socket.socket) -> BaseWSGIServer:
    host, port = listening.getsockname()[:2]
    return make_server(
        host,
        port,
        app,
        threaded=True,
        request_handler=_Quiet,
        fd=listening.fileno(),
    )


async def _take_mails(store: Store, listening: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)

    def session() -> SMTP:
        return SMTP(
            _Taker(store),
            data_size_limit=LARGEST_MAIL,
            enable_SMTPUTF8=True,
            hostname="mailbox.localhost",
            ident="Treffpunkt mailbox",
        )

    server = await loop.create_server(session, sock=listening)
    await stopped.wait()
    server.close()
